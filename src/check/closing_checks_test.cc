#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

TEST(Cn16, GoawayComesFirst) {
  EXPECT_EQ(findings(unary().server(goaway(1)).server_closes().client_closes()), nothing());
  EXPECT_EQ(findings(unary().server_closes().client_closes()), only("CN16 warning"));
  EXPECT_EQ(findings(unary().server_closes(tcp::Closing::Reset)), only("CN16 warning"));
  EXPECT_EQ(findings(unary().client(goaway(0)).client_closes()), nothing());
  EXPECT_EQ(outcome(unary(), "CN16"), "not-observed");
}

TEST(Cn16, AClientWithoutOpenStreamsIsARemark) {
  EXPECT_EQ(findings(unary().client_closes()), only("CN16 info"));
  EXPECT_EQ(findings(unary().client(headers(3, request_fields())).client_closes(tcp::Closing::Reset)),
            (std::vector<std::string>{"SD07 info", "CN16 warning"}));
}

// A stream above the last one of the server's GOAWAY was never processed, and is open for nobody.
TEST(Cn16, AStreamThatCrossedTheGoawayIsNotCutOff) {
  Conversation c = unary();
  c.server(goaway(1)).crossing().client(headers(3, request_fields()), end_of_data(3)).client_closes();
  EXPECT_EQ(findings(c), only("CN16 info"));
}

// Who closes after the other has nobody to tell.
TEST(Cn16, TheFirstToCloseIsJudged) { EXPECT_EQ(findings(unary().client(goaway(0)).client_closes().server_closes()), nothing()); }

TEST(Cn16, ThePeerMisbehaved) {
  EXPECT_EQ(findings(unary().client(headers(2, request_fields())).server_closes()),
            (std::vector<std::string>{"ST01 error", "SD07 info"}));
  EXPECT_EQ(outcome(unary().client(headers(2, request_fields())).server_closes(), "CN16"), "pass");
}

TEST(Cn16, WhoHasNotBegunNeedNotTakeLeave) {
  EXPECT_EQ(findings(Conversation().client(preface(), settings()).server_closes()), nothing());
  EXPECT_EQ(findings(Conversation().client_closes()), nothing());
  EXPECT_EQ(findings(Conversation().server_closes(tcp::Closing::Refused)), nothing());
}

TEST(Cn16, AfterAnErrorTheConnectionIsClosed) {
  Conversation c = unary();
  c.server(goaway(1, http2::kProtocolError));
  EXPECT_EQ(findings(c.later(59s).client_acks()), nothing());
  Conversation still_there = c;
  EXPECT_EQ(findings(still_there.later(2s).client_acks()), only("CN16 error"));
  Conversation by_the_other = c;
  EXPECT_EQ(findings(by_the_other.later(2s).client(goaway(0)).client_closes()), only("CN16 error"));
  EXPECT_EQ(findings(c.server_closes().later(61s).client_closes()), nothing());
  EXPECT_EQ(findings(unary().server(goaway(1)).later(61s).client_acks()), nothing());
}

TEST(Cn16, NotJudgeableBehindAGap) {
  const Conversation c = unary().lost(10).server(ping('p')).server_closes();
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "CN16"), "not-judgeable");
}

}  // namespace
}  // namespace testigo::check
