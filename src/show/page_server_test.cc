#include "show/page_server.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include "base/environment_error.h"
#include "report/page.h"
#include "show/testing/served_page.h"

namespace testigo::show {
namespace {

using namespace std::chrono_literals;
using testing::Caller;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using testing::request;
using testing::Sample;
using testing::Served;
using ::testing::StartsWith;

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
