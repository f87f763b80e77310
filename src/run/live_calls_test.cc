#include "run/live_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace testigo::run {
namespace {

using namespace std::chrono_literals;
using report::PageCall;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Time kBegan{std::chrono::seconds(1'700'000'000)};

class LiveCallsTest : public ::testing::Test {
 protected:
  static statement::Start start(statement::Witness witness, const std::string& name) {
    statement::Start start;
    start.witness = witness;
    start.name = name;
    start.process = "p";
    start.address = "127.0.0.1:50051";
    return start;
  }
  void say(const statement::Start& by, const statement::Body& body, Duration at = {}) {
    const statement::Statement said{kBegan + at, at, body};
    calls.hear({by, said});
  }
  void client_says(const statement::Body& body, Duration at = {}) { say(client, body, at); }
  void server_says(const statement::Body& body, Duration at = {}) { say(server, body, at); }
  void begin() {
    client_says(client);
    server_says(server);
  }
  statement::Ended ended(std::uint64_t number, int status = 0) {
    statement::Ended ended;
    ended.id = id(number);
    ended.status = status;
    ended.latency = 5ms;
    ended.requests = ended.replies = 1;
    return ended;
  }
  static statement::CallId id(std::uint64_t number) { return {"client1", "p", number}; }
  void wire_says(std::uint64_t number, int status = 0, std::optional<statement::Reply> reply = {}) {
    verdict::WireStream stream;
    stream.id = id(number);
    stream.reply = std::move(reply);
    call::Call call;
    call.place = {7, 1, static_cast<call::StreamId>(2 * number - 1)};
    call.started = kBegan + 11ms;
    call.ended = kBegan + 14ms;
    call.ending = call::Ending::Trailers;
    call.status = status;
    call.path = "/a.B/C";
    call.path_known = http2::Known::Exact;
    call::ConnectionView view;
    view.number = 1;
    view.client = {"10.0.0.1", 40000};
    view.server = {"127.0.0.1", 50051};
    calls.hear({view, call}, number == 0 ? nullptr : &stream);
  }

  statement::Start client = start(statement::Witness::Client, "client1"), server = start(statement::Witness::Server, "server");
  report::PageNames names;
  std::vector<PageCall> told;
  LiveCalls calls{names, [this](const PageCall& call) { told.push_back(call); }};
};

TEST_F(LiveCallsTest, PutsThreeWitnessesTogether) {
  begin();
  client_says(statement::Started{id(1), "/a.B/C", statement::Kind::Unary}, 10ms);
  server_says(statement::Received{id(1), "/a.B/C", statement::Kind::Unary, "ipv4:10.0.0.1:40000"}, 12ms);
  server_says(ended(1), 13ms);
  wire_says(1);
  EXPECT_THAT(told, IsEmpty());
  client_says(ended(1), 15ms);
  ASSERT_THAT(told, SizeIs(1));
  const PageCall& call = told[0];
  EXPECT_EQ(call.client_status, 0);
  EXPECT_EQ(call.wire_status, 0);
  EXPECT_EQ(call.server_status, 0);
  EXPECT_EQ(call.start_ns, 11e6) << "by the wire's clock";
  EXPECT_EQ(call.wire_latency_ns, 3e6);
  EXPECT_EQ(call.client_latency_ns, 5e6);
  EXPECT_EQ(call.number, 1u);
  EXPECT_EQ(call.stream, 1u);
  EXPECT_EQ(call.flags, 0);
  nlohmann::ordered_json lists;
  names.add_to(lists);
  EXPECT_EQ(lists["clients"][call.client]["name"], "client1");
  EXPECT_EQ(lists["clients"][call.client]["address"], "10.0.0.1");
  EXPECT_EQ(lists["servers"][call.server]["name"], "server");
  EXPECT_EQ(lists["methods"][call.method], "/a.B/C");
  EXPECT_EQ(lists["clients"].size(), 1u);
  EXPECT_EQ(lists["servers"].size(), 1u);
}

TEST_F(LiveCallsTest, WaitsForAWitnessThatIsSlowButNotForEver) {
  begin();
  wire_says(9);
  told.clear();
  client_says(statement::Started{id(1), "/a.B/C", statement::Kind::Unary});
  calls.settle(10s);
  EXPECT_THAT(told, IsEmpty()) << "it may take as long as it wants";
  client_says(ended(1, 14));
  calls.settle(20s);
  calls.settle(21s);
  told.clear();
  calls.settle(23s);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].client_status, 14);
  EXPECT_EQ(told[0].server_status, PageCall::kSaysNothing);
  wire_says(1);
  EXPECT_THAT(told, SizeIs(1)) << "a call is told once";
}

TEST_F(LiveCallsTest, WithoutAWitnessNobodyWaitsForIt) {
  client_says(client);
  client_says(statement::Started{id(1), "/a.B/C", statement::Kind::Bidi});
  client_says(ended(1));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].kind, 3);
  EXPECT_EQ(told[0].wire_status, PageCall::kSaysNothing);
}

TEST_F(LiveCallsTest, MarksWhatIsRemarkable) {
  begin();
  client_says(statement::Started{id(1), "/a.B/C", statement::Kind::Unary});
  server_says(statement::Received{id(1), "/a.B/C", statement::Kind::Unary, "peer"});
  server_says(ended(1));
  check::Finding finding;
  finding.severity = check::Severity::Warning;
  finding.spot.place = {7, 1, 1};
  calls.hear(finding);
  wire_says(1, 5, statement::Reply{"client2", 1, "server"});
  client_says(ended(1, 5));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].flags, PageCall::kWarning | PageCall::kWrongReply | PageCall::kDiffers);
}

TEST_F(LiveCallsTest, AFindingThatComesBehindItsCallMarksItAsLongAsItIsNotTold) {
  begin();
  check::Finding finding;
  finding.severity = check::Severity::Error;
  finding.spot.place = {9, 1, 1};
  client_says(statement::Started{id(1), "/a.B/C", statement::Kind::Unary});
  wire_says(1);
  calls.hear(finding);
  client_says(ended(1));
  server_says(statement::Received{id(1), "/a.B/C", statement::Kind::Unary, "peer"});
  server_says(ended(1));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].flags, PageCall::kError);
  calls.hear(finding);  // nobody waits for it any more
  wire_says(0);
  EXPECT_EQ(told.size(), 2u);
}

TEST_F(LiveCallsTest, ACallWithoutAnIdIsToldAsTheWireSawIt) {
  wire_says(0);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].number, 0u);
  nlohmann::ordered_json lists;
  names.add_to(lists);
  EXPECT_EQ(lists["clients"][told[0].client]["name"], "10.0.0.1");
  EXPECT_EQ(lists["servers"][told[0].server]["name"], "127.0.0.1:50051");
}

TEST_F(LiveCallsTest, AtTheEndWhatIsLeftIsTold) {
  begin();
  client_says(statement::Started{id(1), "/a.B/C", statement::Kind::Unary});
  calls.end();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].client_status, PageCall::kSawNoEnd);
}

}  // namespace
}  // namespace testigo::run
