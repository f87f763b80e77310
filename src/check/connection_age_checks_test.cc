#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

Part retiring(std::string_view last_stream, const std::string& debug = "max_age") {
  return frame(http2::FrameType::Goaway, 0, 0, std::string(last_stream) + std::string(4, '\0') + debug);
}

const std::string kAll = "\x7f\xff\xff\xff";
const std::string kFirst("\0\0\0\1", 4);

TEST(Bh05, TwoGoawaysAndNothingCutOff) {
  Conversation c = unary();
  c.server(retiring(kAll)).server(retiring(kFirst)).server_closes().client_closes();
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "BH05"), "pass");
}

TEST(Bh05, TheFinalStreamAtOnce) {
  EXPECT_EQ(findings(unary().server(retiring(kFirst)).server_closes().client_closes()), only("BH05 info"));
}

TEST(Bh05, NoFinalStream) {
  EXPECT_EQ(findings(unary().server(retiring(kAll, "max_idle")).server_closes().client_closes()), only("BH05 info"));
  EXPECT_EQ(findings(unary().server(retiring(kAll)).client_closes().server_closes()), only("CN16 info"));  // the client was quicker
}

TEST(Bh05, CallsAreCutOff) {
  Conversation c = greeted();
  c.client(headers(1, request_fields())).server(retiring(kAll), retiring(kFirst)).server_closes().client_closes();
  EXPECT_EQ(findings(c), (std::vector<std::string>{"SD07 info", "BH05 info"}));
}

TEST(Bh05, OtherGoawaysAreNotJudged) {
  EXPECT_EQ(outcome(unary().server(goaway(1)).server_closes().client_closes(), "BH05"), "not-observed");
}

}  // namespace
}  // namespace testigo::check
