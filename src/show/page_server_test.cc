#include "show/page_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <future>
#include <thread>
#include <utility>

#include "base/environment_error.h"
#include "report/page.h"

namespace testigo::show {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Sample final : public Pages {
 public:
  std::string document() override { return R"({"format":"testigo-page"})"; }
  std::optional<std::string> detail(const CallName& name) override {
    if (name.row == 7) return R"({"row":7})";
    if (name.connection == 2 && name.stream == 5) return R"({"stream":5})";
    if (name.id == "client1/p/1") return R"({"id":true})";
    return std::nullopt;
  }
};

struct Served {
  explicit Served(const Listen& listen = {}) : server(listen, sample, hub), client(address()) {}
  std::string address() const { return server.url().substr(0, server.url().find_last_of('/')); }
  std::string port() const { return address().substr(address().rfind(':') + 1); }

  Sample sample;
  EventHub hub;
  PageServer server;
  httplib::Client client;
};

TEST(PageServer, ServesThePageAndItsDocument) {
  Served served;
  const auto page = served.client.Get("/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->body, report::page_template());
  EXPECT_THAT(page->get_header_value("Content-Type"), StartsWith("text/html"));
  EXPECT_EQ(served.client.Get("/data")->body, R"({"format":"testigo-page"})");
  EXPECT_EQ(served.client.Get("/call?row=7")->body, R"({"row":7})");
  EXPECT_EQ(served.client.Get("/call?connection=2&stream=5")->body, R"({"stream":5})");
  EXPECT_EQ(served.client.Get("/call?id=client1%2Fp%2F1")->body, R"({"id":true})");
  EXPECT_EQ(served.client.Get("/call?row=8")->status, 404);
  EXPECT_EQ(served.client.Get("/call?row=-7x")->status, 404);
  EXPECT_EQ(served.client.Get("/etc/passwd")->status, 404);
  EXPECT_EQ(served.client.Post("/data", "{}", "application/json")->status, 413) << "nobody writes here";
  EXPECT_EQ(served.client.Get("/data?" + std::string(4000, 'x'))->status, 414);
}

TEST(PageServer, EverythingHasThePolicy) {
  Served served;
  for (const char* path : {"/", "/data", "/call?row=7", "/call?row=8", "/nothing"}) {
    const auto response = served.client.Get(path);
    EXPECT_THAT(response->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'")) << path;
    EXPECT_THAT(response->get_header_value("Content-Security-Policy"), HasSubstr("frame-ancestors 'none'")) << path;
    EXPECT_THAT(response->get_header_value("Content-Security-Policy"), Not(HasSubstr("unsafe"))) << path;
    EXPECT_EQ(response->get_header_value("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(response->get_header_value("Cache-Control"), "no-store") << path;
    EXPECT_FALSE(response->has_header("Access-Control-Allow-Origin")) << path;
  }
}

TEST(PageServer, AnotherOriginsPageReadsNothing) {
  Served served;
  for (const char* path : {"/", "/data", "/call?row=7", "/events"}) {
    EXPECT_EQ(served.client.Get(path, {{"Origin", "http://evil.example"}})->status, 403) << path;
    EXPECT_EQ(served.client.Get(path, {{"Host", "evil.example:" + served.port()}})->status, 403) << path;
    EXPECT_EQ(served.client.Get(path, {{"Sec-Fetch-Site", "cross-site"}})->status, 403) << path;
  }
  EXPECT_EQ(served.client.Get("/", {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}})->status, 200) << "a link";
  EXPECT_EQ(served.client.Get("/data", {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}})->status, 403);
  EXPECT_EQ(served.client.Get("/data", {{"Origin", served.address()}, {"Sec-Fetch-Site", "same-origin"}})->status, 200);
}

TEST(PageServer, ElsewhereThanOnLoopbackATokenIsNeeded) {
  Served served({.host = "0.0.0.0"});
  EXPECT_THAT(served.server.url(), HasSubstr("/?token="));
  const std::string token = served.server.url().substr(served.server.url().find('=') + 1);
  EXPECT_GE(token.size(), 32u);
  httplib::Client client("127.0.0.1", std::stoi(served.port()));
  for (const char* path : {"/", "/data", "/call?row=7", "/events"}) EXPECT_EQ(client.Get(path)->status, 401) << path;
  EXPECT_EQ(client.Get("/data?token=" + token.substr(1))->status, 401);
  const auto opened = client.Get("/?token=" + token);
  EXPECT_EQ(opened->status, 200);
  const std::string cookie = opened->get_header_value("Set-Cookie");
  EXPECT_THAT(cookie, HasSubstr("HttpOnly"));
  EXPECT_THAT(cookie, HasSubstr("SameSite=Strict"));
  EXPECT_EQ(client.Get("/data", {{"Cookie", cookie.substr(0, cookie.find(';'))}})->status, 200);
  EXPECT_THAT(client.Get("/")->body, Not(HasSubstr("script")));
}

TEST(PageServer, FollowsEvents) {
  Served served;
  const std::uint64_t from = served.hub.now();
  served.hub.publish("calls", "1");
  std::string heard;
  std::thread listener([&] {
    served.client.Get("/events?from=" + std::to_string(from), [&](const char* data, std::size_t size) {
      heard.append(data, size);
      if (heard.find("event: calls") != std::string::npos) served.hub.publish("end", "{}"), served.hub.close();
      return true;
    });
  });
  listener.join();
  EXPECT_THAT(heard, HasSubstr("event: calls\ndata: 1\n\n"));
  EXPECT_THAT(heard, HasSubstr("event: end\ndata: {}\n\n"));
}

TEST(PageServer, MoreThanItCanServeAreToldToComeBack) {
  Listen listen;
  listen.viewers = 1;
  Served served(listen);
  std::promise<void> follows;
  std::thread first([&] {
    bool told = false;
    served.client.Get("/events", [&](const char*, std::size_t) {
      if (!std::exchange(told, true)) follows.set_value();
      return true;
    });
  });
  follows.get_future().wait();
  httplib::Client second(served.address());
  const auto refused = second.Get("/events");
  EXPECT_EQ(refused->status, 503);
  EXPECT_TRUE(refused->has_header("Retry-After"));
  EXPECT_EQ(second.Get("/data")->status, 200);
  served.hub.close();
  first.join();
}

TEST(PageServer, SaysWhenItCannotListen) {
  Served served;
  Sample sample;
  EventHub hub;
  const auto port = static_cast<std::uint16_t>(std::stoi(served.port()));
  EXPECT_THROW(PageServer({.port = port}, sample, hub), EnvironmentError);
  EXPECT_THROW(PageServer({.host = "no.such.host.invalid"}, sample, hub), EnvironmentError);
}

}  // namespace
}  // namespace testigo::show
