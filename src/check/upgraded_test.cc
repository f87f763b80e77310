#include "check/upgraded.h"

#include <gtest/gtest.h>

#include "call/testing/upgrade_conversation.h"
#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

TEST(Upgraded, IsJudgedFromWhereHttp2Begins) {
  const Conversation c = upgraded().call({.stream = 3});
  EXPECT_EQ(findings(c), nothing());
  for (const char* id : {"CN01", "CN02", "CN03", "CN04"}) EXPECT_EQ(outcome(c, id), "pass") << id;
  EXPECT_EQ(tally(c).counts.at("RQ04").reason, kUpgraded);
  EXPECT_EQ(outcome(unary(), "RQ04"), "pass");
}

TEST(Upgraded, FindsWhatIsWrongOnOtherStreams) {
  EXPECT_EQ(findings(upgraded().call({.stream = 3, .request = with(request_fields(), "te", "deflate")})),
            (std::vector<std::string>{"HD05 error", "RQ04 error"}));
}

// Nothing that the client sends of it belongs to HTTP/2's life of a stream.
TEST(Upgraded, LeavesStreamOneAlone) { EXPECT_EQ(findings(upgraded().client(window_update(1), rst_stream(1))), nothing()); }

TEST(Upgraded, ThatIsRefusedBreaksTheRuleOfThePreface) {
  Conversation c;
  c.client(octets("GET / HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAQAA\r\n\r\n")).server(octets("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_EQ(findings(c), only("CN01 error"));
}

}  // namespace
}  // namespace testigo::check
