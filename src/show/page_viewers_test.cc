// Who looks at the page: how many may, how slow, and that nobody waits for another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <vector>

#include "show/page_server.h"
#include "show/testing/served_page.h"

namespace testigo::show {
namespace {

using namespace std::chrono_literals;
using testing::Caller;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::kMegabyte;
using testing::kPatience;
using testing::Reply;
using testing::request;
using testing::Sample;
using testing::Served;

TEST(PageViewers, MoreThanItCanServeAreToldToComeBack) {
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

TEST(PageViewers, BeyondItsLimitItHangsUpAtOnce) {
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

TEST(PageViewers, WhoeverIsSlowToAskIsHungUpOn) {
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

TEST(PageViewers, AViewerThatDoesNotReadIsHungUpOn) {
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

TEST(PageViewers, AViewerThatIsSlowMissesTheOldest) {
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

TEST(PageViewers, NobodyWaitsForSomebodyElsesDocument) {
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

TEST(PageViewers, WhoeverLeavesBeforeTheDocumentIsReadyTakesNothingAlong) {
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

TEST(PageViewers, EndsAtOnceWhoeverIsThere) {
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

}  // namespace
}  // namespace testigo::show
