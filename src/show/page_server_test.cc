#include "show/page_server.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/environment_error.h"
#include "report/page.h"

namespace testigo::show {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kPatience = 30s;  // until what should happen at once is called missing
constexpr std::size_t kMegabyte = std::size_t{1} << 20;

class Sample : public Pages {
 public:
  std::shared_ptr<const std::string> document() override { return std::make_shared<std::string>(R"({"format":"testigo-page"})"); }
  std::optional<std::string> detail(const CallName& name) override {
    if (name.row == 7) return R"({"row":7})";
    if (name.connection == 2 && name.stream == 5) return R"({"stream":5})";
    if (name.id == "client1/p/1") return R"({"id":true})";
    return std::nullopt;
  }
};

struct Reply {
  int status = 0;
  std::map<std::string, std::string> fields = {};
  std::string body = {};
};

// A client of HTTP/1.1 that may send whatever it likes.
class Caller {
 public:
  // `reads_ahead`: octets that the kernel takes for it before it reads, 0 for as many as it likes.
  Caller(const std::string& host, const std::string& port, int reads_ahead = 0) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) throw EnvironmentError("no such host: " + host);
    for (const addrinfo* at = found; at != nullptr && socket_ < 0; at = at->ai_next) {
      socket_ = ::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (reads_ahead > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &reads_ahead, sizeof reads_ahead);
      if (::connect(socket_, at->ai_addr, at->ai_addrlen) != 0) ::close(std::exchange(socket_, -1));
    }
    ::freeaddrinfo(found);
    const timeval patience{.tv_sec = std::chrono::seconds(kPatience).count(), .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Caller() { ::close(socket_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  // What the other side no longer takes is lost.
  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent < 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // More of what comes; false when there is no more, or nothing came for a long time.
  bool hear() {
    const ssize_t size = ::recv(socket_, more_.data(), more_.size(), 0);
    if (size > 0) heard_.append(more_.data(), static_cast<std::size_t>(size));
    hung_up_ = size == 0 || (size < 0 && errno != EAGAIN);
    return size > 0;
  }
  // All that came until and with this text, and takes it away; empty when it never came.
  std::string until(std::string_view text) {
    while (heard_.find(text) == std::string::npos) {
      if (!hear()) return {};
    }
    std::string all = heard_.substr(0, heard_.find(text) + text.size());
    heard_.erase(0, all.size());
    return all;
  }
  // All that came until the other side hung up; whether it did, `hung_up` tells.
  std::string rest() {
    while (hear()) {
    }
    return std::exchange(heard_, {});
  }
  bool hung_up() const { return hung_up_; }

  // The next answer, with its body where it says how long that is.
  Reply reply(bool has_body = true) {
    Reply reply;
    const std::string head = until("\r\n\r\n");
    if (head.size() < 12) return reply;
    reply.status = std::stoi(head.substr(9, 3));
    for (std::size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
      const std::size_t end = head.find("\r\n", at), colon = head.find(": ", at);
      reply.fields[head.substr(at, colon - at)] = head.substr(colon + 2, end - colon - 2);
      at = end + 2;
    }
    const std::size_t size = has_body && reply.fields.contains("Content-Length") ? std::stoul(reply.fields["Content-Length"]) : 0;
    while (heard_.size() < size && hear()) {
    }
    reply.body = heard_.substr(0, size);
    heard_.erase(0, reply.body.size());
    return reply;
  }

 private:
  int socket_ = -1;
  std::array<char, 65536> more_;
  std::string heard_;
  bool hung_up_ = false;
};

using Fields = std::map<std::string, std::string>;

std::string request(const std::string& path, const std::string& host, const Fields& fields = {}) {
  std::string text = "GET " + path + " HTTP/1.1\r\n" + (fields.contains("Host") ? "" : "Host: " + host + "\r\n");
  for (const auto& [name, value] : fields) text.append(name).append(": ").append(value).append("\r\n");
  return text + "\r\n";
}

struct Served {
  explicit Served(const Listen& listen = {}) : server(listen, sample, hub) {}
  Served(const Listen& listen, Pages& pages, std::size_t hub_bytes_max) : hub(hub_bytes_max), server(listen, pages, hub) {}
  std::string address() const { return server.url().substr(0, server.url().find_last_of('/')); }
  std::string port() const { return address().substr(address().rfind(':') + 1); }
  std::string host() const { return address().substr(7); }

  Caller caller(int reads_ahead = 0) const { return Caller("127.0.0.1", port(), reads_ahead); }
  Reply get(const std::string& path, const Fields& fields = {}) const {
    Caller one = caller();
    one.send(request(path, host(), fields));
    return one.reply();
  }
  // Follows events, and has heard that they come.
  std::unique_ptr<Caller> follower(const std::string& query = "", int reads_ahead = 0) const {
    auto one = std::make_unique<Caller>("127.0.0.1", port(), reads_ahead);
    one->send(request("/events" + query, host()));
    EXPECT_EQ(one->reply().status, 200);
    EXPECT_NE(one->until(": here it comes\n\n"), "");
    return one;
  }
  // Until there is room for one more who follows.
  bool has_room() const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (get("/events").status != 200) {
      if (std::chrono::steady_clock::now() > deadline) return false;
    }
    return true;
  }

  Sample sample;
  EventHub hub;
  PageServer server;
};

TEST(PageServer, ServesThePageAndItsDocument) {
  const Served served;
  const Reply page = served.get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, report::page_template());
  EXPECT_THAT(page.fields.at("Content-Type"), StartsWith("text/html"));
  EXPECT_EQ(served.get("/data").body, R"({"format":"testigo-page"})");
  EXPECT_EQ(served.get("/call?row=7").body, R"({"row":7})");
  EXPECT_EQ(served.get("/call?connection=2&stream=5").body, R"({"stream":5})");
  EXPECT_EQ(served.get("/call?id=client1%2Fp%2F1").body, R"({"id":true})");
  EXPECT_EQ(served.get("/call?row=8").status, 404);
  EXPECT_EQ(served.get("/call?row=-7x").status, 404);
  EXPECT_EQ(served.get("/etc/passwd").status, 404);
  EXPECT_EQ(served.get("/data?" + std::string(4000, 'x')).status, 414);
}

TEST(PageServer, EverythingHasThePolicy) {
  const Served served;
  for (const char* path : {"/", "/data", "/call?row=7", "/call?row=8", "/nothing", "/events"}) {
    Reply reply = served.get(path);
    EXPECT_THAT(reply.fields["Content-Security-Policy"], HasSubstr("default-src 'none'")) << path;
    EXPECT_THAT(reply.fields["Content-Security-Policy"], HasSubstr("frame-ancestors 'none'")) << path;
    EXPECT_THAT(reply.fields["Content-Security-Policy"], Not(HasSubstr("unsafe"))) << path;
    EXPECT_EQ(reply.fields["X-Content-Type-Options"], "nosniff") << path;
    EXPECT_EQ(reply.fields["Cache-Control"], "no-store") << path;
    EXPECT_EQ(reply.fields["Referrer-Policy"], "no-referrer") << path;
    EXPECT_EQ(reply.fields["Cross-Origin-Resource-Policy"], "same-origin") << path;
    EXPECT_EQ(reply.fields["Cross-Origin-Opener-Policy"], "same-origin") << path;
    EXPECT_FALSE(reply.fields.contains("Access-Control-Allow-Origin")) << path;
  }
}

TEST(PageServer, AnotherOriginsPageReadsNothing) {
  const Served served;
  for (const char* path : {"/", "/data", "/call?row=7", "/events"}) {
    EXPECT_EQ(served.get(path, {{"Origin", "http://evil.example"}}).status, 403) << path;
    EXPECT_EQ(served.get(path, {{"Host", "evil.example:" + served.port()}}).status, 403) << path;
    EXPECT_EQ(served.get(path, {{"Sec-Fetch-Site", "cross-site"}}).status, 403) << path;
  }
  EXPECT_EQ(served.get("/", {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}}).status, 200) << "a link";
  EXPECT_EQ(served.get("/data", {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}}).status, 403);
  EXPECT_EQ(served.get("/data", {{"Origin", served.address()}, {"Sec-Fetch-Site", "same-origin"}}).status, 200);
}

TEST(PageServer, ElsewhereThanOnLoopbackATokenIsNeeded) {
  const Served served({.host = "0.0.0.0"});
  EXPECT_THAT(served.server.url(), HasSubstr("/?token="));
  const std::string token = served.server.url().substr(served.server.url().find('=') + 1);
  EXPECT_GE(token.size(), 32u);
  EXPECT_NE(token, Served({.host = "0.0.0.0"}).server.url().substr(served.server.url().find('=') + 1)) << "each has its own";
  for (const char* path : {"/", "/data", "/call?row=7", "/events"}) EXPECT_EQ(served.get(path).status, 401) << path;
  EXPECT_EQ(served.get("/data?token=" + token.substr(1)).status, 401);
  Reply opened = served.get("/?token=" + token);
  EXPECT_EQ(opened.status, 200);
  const std::string cookie = opened.fields["Set-Cookie"];
  EXPECT_THAT(cookie, HasSubstr("HttpOnly"));
  EXPECT_THAT(cookie, HasSubstr("SameSite=Strict"));
  EXPECT_EQ(served.get("/data", {{"Cookie", cookie.substr(0, cookie.find(';'))}}).status, 200);
  EXPECT_THAT(served.get("/").body, Not(HasSubstr("script")));
}

TEST(PageServer, FollowsEvents) {
  Served served;
  const std::uint64_t from = served.hub.now();
  served.hub.publish("calls", "1");
  const auto follower = served.follower("?from=" + std::to_string(from));
  EXPECT_THAT(follower->until("\n\n"), HasSubstr("event: calls\ndata: 1\n\n"));
  served.hub.publish("calls", "2");
  EXPECT_THAT(follower->until("\n\n"), HasSubstr("event: calls\ndata: 2\n\n"));
  served.hub.publish("end", "{}");
  served.hub.close();
  EXPECT_THAT(follower->rest(), HasSubstr("event: end\ndata: {}\n\n\r\n0\r\n\r\n"));
  EXPECT_TRUE(follower->hung_up());
}

TEST(PageServer, TellsWhoeverFollowsThatItIsStillThere) {
  const Served served({.patience = {.heartbeat = 1ms}});
  const auto follower = served.follower();
  for (int i = 0; i < 3; ++i) EXPECT_THAT(follower->until("\n\n"), HasSubstr(": still here"));
}

TEST(PageServer, AnOldClientHasNoChunks) {
  Served served;
  Caller old = served.caller();
  old.send("GET /events HTTP/1.0\r\nHost: " + served.host() + "\r\n\r\n");
  EXPECT_FALSE(old.reply().fields.contains("Transfer-Encoding"));
  served.hub.publish("calls", "1");
  EXPECT_EQ(old.until("data: 1\n\n"), ": here it comes\n\nevent: calls\ndata: 1\n\n");
}

TEST(PageServer, MoreThanItCanServeAreToldToComeBack) {
  const Served served;
  std::vector<std::unique_ptr<Caller>> followers;
  for (std::size_t i = 0; i < Listen().viewers; ++i) followers.push_back(served.follower());
  const Reply refused = served.get("/events");
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.fields.contains("Retry-After"));
  EXPECT_EQ(served.get("/data").status, 200) << "whoever only asks is answered";
  followers.pop_back();
  EXPECT_TRUE(served.has_room());
}

TEST(PageServer, BeyondItsLimitItHangsUpAtOnce) {
  Listen listen;
  listen.viewers = 5, listen.askers = 2;
  const Served served(listen);
  const auto follower = served.follower();
  std::vector<std::unique_ptr<Caller>> idle;
  for (int i = 0; i < 2; ++i) idle.push_back(std::make_unique<Caller>("127.0.0.1", served.port()));
  Caller another = served.caller();
  EXPECT_EQ(another.rest(), "");
  EXPECT_TRUE(another.hung_up());
  idle[0]->send(request("/data", served.host()));
  EXPECT_EQ(idle[0]->reply().status, 200);
}

TEST(PageServer, OneConnectionAsksTimeAndAgain) {
  const Served served;
  Caller caller = served.caller();
  caller.send(request("/data", served.host()) + request("/call?row=7", served.host()) + request("/nothing", served.host()));
  EXPECT_EQ(caller.reply().body, R"({"format":"testigo-page"})");
  EXPECT_EQ(caller.reply().body, R"({"row":7})");
  EXPECT_EQ(caller.reply().status, 404);
  caller.send(request("/data", served.host(), {{"Connection", "close"}}));
  EXPECT_EQ(caller.reply().fields["Connection"], "close");
  EXPECT_EQ(caller.rest(), "");
  EXPECT_TRUE(caller.hung_up());
}

TEST(PageServer, AHeadIsAnAnswerWithoutItsBody) {
  const Served served;
  Caller caller = served.caller();
  const std::string fields = " HTTP/1.1\r\nHost: " + served.host() + "\r\n\r\n";
  caller.send("HEAD /data" + fields + "HEAD /" + fields + "GET /call?row=7" + fields + "HEAD /events" + fields);
  EXPECT_EQ(caller.reply(false).fields["Content-Length"], "25");
  EXPECT_EQ(caller.reply(false).fields["Content-Length"], std::to_string(report::page_template().size()));
  EXPECT_EQ(caller.reply().body, R"({"row":7})");
  EXPECT_EQ(caller.reply(false).fields["Content-Type"], "text/event-stream");
  EXPECT_EQ(caller.rest(), "");
  EXPECT_TRUE(caller.hung_up());
}

TEST(PageServer, NobodyWritesHere) {
  const Served served;
  const std::string head = "POST /data HTTP/1.1\r\nHost: " + served.host() + "\r\n";
  for (const std::string& body :
       {std::string("Content-Length: 2\r\n\r\n{}"), "Content-Length: 300000\r\n\r\n" + std::string(300'000, 'x'),
        std::string("Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")}) {
    Caller caller = served.caller();
    caller.send(head + body + request("/data", served.host()));
    EXPECT_EQ(caller.reply().status, 413) << body.substr(0, 40);
    EXPECT_EQ(caller.rest(), "") << "what is behind a body is no request";
    EXPECT_TRUE(caller.hung_up());
  }
  Caller caller = served.caller();
  caller.send(head + "\r\n");
  const Reply refused = caller.reply();
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.fields.at("Allow"), "GET, HEAD");
}

TEST(PageServer, WhatIsNoRequestIsToldSo) {
  const Served served;
  const std::string begin = "GET /data HTTP/1.1\r\nHost: " + served.host() + "\r\n";
  const std::vector<std::pair<int, std::string>> cases = {
      {400, "\x16\x03\x01\x02\x01\r\n\r\n"},
      {400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {400, "GET /data\r\n\r\n"},
      {400, begin + "Host: 127.0.0.1\r\n\r\n"},
      {400, begin + "Content-Length: -1\r\n\r\n"},
      {431, begin + "X: " + std::string(17'000, 'x')},
      {431, begin + "X: " + std::string(200'000, 'x') + "\r\n\r\n"},
      {431, "GET /" + std::string(40'000, 'x')},
  };
  for (const auto& [status, text] : cases) {
    Caller caller = served.caller();
    caller.send(text);
    Reply reply = caller.reply();
    EXPECT_EQ(reply.status, status) << text.substr(0, 100);
    EXPECT_EQ(reply.fields["X-Content-Type-Options"], "nosniff");
    caller.rest();
    EXPECT_TRUE(caller.hung_up()) << text.substr(0, 100);
  }
  std::string many = begin;
  while (many.size() < 15'000) many += "X: y\r\n";
  Caller caller = served.caller();
  caller.send(many + "\r\n");
  EXPECT_EQ(caller.reply().status, 200) << "long, and no longer than it may be";
}

TEST(PageServer, WhoeverIsSlowToAskIsHungUpOn) {
  const Served served({.patience = {.request = 50ms}});
  Caller silent = served.caller(), slow = served.caller(), idle = served.caller();
  slow.send("GET /data HTTP/1.1\r\nHo");
  idle.send(request("/data", served.host()));
  EXPECT_EQ(idle.reply().status, 200);
  for (Caller* caller : {&silent, &slow, &idle}) {
    EXPECT_EQ(caller->rest(), "");
    EXPECT_TRUE(caller->hung_up());
  }
  const auto follower = served.follower();
  silent.rest();
  EXPECT_EQ(served.get("/data").status, 200);
}

TEST(PageServer, AViewerThatDoesNotReadIsHungUpOn) {
  Served served({.viewers = 2, .patience = {.progress = 100ms}});
  const auto deaf = served.follower("", 4096), hearing = served.follower();
  for (int i = 0; i < 16; ++i) {
    served.hub.publish("calls", std::string(kMegabyte, 'x'));
    EXPECT_GT(hearing->until("\n\n").size(), kMegabyte) << "nobody waits for who does not read";
  }
  EXPECT_TRUE(served.has_room());
  EXPECT_LT(deaf->rest().size(), 16 * kMegabyte);
  EXPECT_TRUE(deaf->hung_up());
}

TEST(PageServer, AViewerThatIsSlowMissesTheOldest) {
  Sample sample;
  Served served({.patience = {.progress = 2 * kPatience}}, sample, kMegabyte);
  const auto slow = served.follower("", 4096), hearing = served.follower();
  for (int i = 0; i < 40; ++i) {
    served.hub.publish("calls", std::string(kMegabyte, 'x'));
    EXPECT_GT(hearing->until("\n\n").size(), kMegabyte);
  }
  served.hub.publish("end", "{}");
  served.hub.close();
  const std::string heard = slow->rest();
  EXPECT_TRUE(slow->hung_up());
  EXPECT_GT(heard.size(), kMegabyte);
  EXPECT_LT(heard.size(), 20 * kMegabyte);
  EXPECT_THAT(heard, HasSubstr("event: missed\n"));
  EXPECT_THAT(heard, EndsWith("event: end\ndata: {}\n\n\r\n0\r\n\r\n"));
}

// Its document is not ready before it is told to be.
class Slow final : public Sample {
 public:
  std::shared_ptr<const std::string> document() override {
    asked_.test_and_set();
    asked_.notify_all();
    ready_.wait(false);
    return std::make_shared<std::string>(kMegabyte, 'x');
  }
  void wait_until_asked() const { asked_.wait(false); }
  void be_ready() {
    ready_.test_and_set();
    ready_.notify_all();
  }

 private:
  std::atomic_flag asked_, ready_;
};

TEST(PageServer, NobodyWaitsForSomebodyElsesDocument) {
  Slow slow;
  Served served({}, slow, kMegabyte);
  const auto follower = served.follower();
  Caller patient = served.caller();
  patient.send(request("/data", served.host()));
  slow.wait_until_asked();
  EXPECT_EQ(served.get("/").status, 200);
  EXPECT_EQ(served.get("/call?row=7").status, 200);
  served.hub.publish("calls", "1");
  EXPECT_NE(follower->until("data: 1\n\n"), "");
  slow.be_ready();
  EXPECT_EQ(patient.reply().body.size(), kMegabyte);
}

TEST(PageServer, WhoeverLeavesBeforeTheDocumentIsReadyTakesNothingAlong) {
  Slow slow;
  const Served served({}, slow, kMegabyte);
  {
    Caller impatient = served.caller();
    impatient.send(request("/data", served.host()));
    slow.wait_until_asked();
  }
  slow.be_ready();
  EXPECT_EQ(served.get("/").status, 200);
}

TEST(PageServer, EndsAtOnceWhoeverIsThere) {
  Slow slow;
  auto served = std::make_unique<Served>(Listen(), slow, 8 * kMegabyte);
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < 50; ++i) callers.push_back(served->follower("", i % 2 == 0 ? 4096 : 0));
  for (const char* text : {"", "GET /da", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"}) {
    callers.push_back(std::make_unique<Caller>("127.0.0.1", served->port()));
    callers.back()->send(text);
  }
  for (int i = 0; i < 3; ++i) {  // one is being made, and two wait for theirs
    callers.push_back(std::make_unique<Caller>("127.0.0.1", served->port()));
    callers.back()->send(request("/data", served->host()));
  }
  slow.wait_until_asked();
  for (int i = 0; i < 8; ++i) served->hub.publish("calls", std::string(kMegabyte, 'x'));  // more than the deaf take
  const auto begin = std::chrono::steady_clock::now();
  slow.be_ready();
  served.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  for (const auto& caller : callers) {
    caller->rest();
    EXPECT_TRUE(caller->hung_up());
  }
}

std::set<int> open_descriptors() {
  std::set<int> open;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) open.insert(std::stoi(entry.path().filename()));
  std::erase_if(open, [](int descriptor) { return ::fcntl(descriptor, F_GETFD) < 0; });  // of the folder that was read
  return open;
}

TEST(PageServer, NoChildInheritsItsSockets) {
  const std::set<int> before = open_descriptors();
  const Served served;
  const auto follower = served.follower();
  std::size_t sockets = 0;
  for (const int descriptor : open_descriptors()) {
    if (before.contains(descriptor)) continue;
    if (std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor)).native().starts_with("socket:")) ++sockets;
    EXPECT_NE(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0) << descriptor;
  }
  EXPECT_EQ(sockets, 3u) << "that which listens, and both ends of one connection";
}

TEST(PageServer, ListensWhereverItIsTold) {
  const Served named({.host = "localhost"});
  EXPECT_THAT(named.server.url(), StartsWith("http://localhost:"));
  Caller caller("localhost", named.port());
  caller.send(request("/data", named.host()));
  EXPECT_EQ(caller.reply().status, 200);
}

bool has_ipv6() {
  try {
    Sample sample;
    EventHub hub;
    const PageServer server({.host = "::1"}, sample, hub);
    return true;
  } catch (const EnvironmentError&) {
    return false;
  }
}

TEST(PageServer, ListensOnIpv6) {
  if (!has_ipv6()) GTEST_SKIP() << "there is no ::1 here";
  const Served served({.host = "::1"});
  EXPECT_THAT(served.server.url(), StartsWith("http://[::1]:"));
  Caller caller("::1", served.port());
  caller.send(request("/data", served.host()));
  EXPECT_EQ(caller.reply().status, 200);
}

TEST(PageServer, SaysWhenItCannotListen) {
  const Served served;
  Sample sample;
  EventHub hub;
  const auto port = static_cast<std::uint16_t>(std::stoi(served.port()));
  EXPECT_THROW(PageServer({.port = port}, sample, hub), EnvironmentError);
  EXPECT_THROW(PageServer({.host = "no.such.host.invalid"}, sample, hub), EnvironmentError);
}

}  // namespace
}  // namespace testigo::show
