#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

using Names = std::vector<std::string>;

Conversation asked(const char* timeout = "1S") {
  FieldList fields = request_fields();
  fields.emplace(fields.begin() + 4, "grpc-timeout", timeout);
  Conversation c = greeted();
  c.client(headers(1, fields), message(1, "x", EndStream::Yes)).server(headers(1, response_fields()));
  return c;
}

// At one witness both fall together: neither did the client cancel, nor the server end the call.
TEST(Sd03, ACallThatIsOpenLongAfterItsDeadline) {
  const Names both = {"SD03 warning", "SD04 warning"};
  EXPECT_EQ(findings(asked().later(2500ms).client(rst_stream(1))), both);
  EXPECT_EQ(findings(asked().later(2500ms).server(message(1, "late"), headers(1, trailer_fields(), EndStream::Yes))), both);
  EXPECT_EQ(findings(asked().later(2500ms).client(ping('p')).server(ping_ack('p'))), both);
}

TEST(Sd03, SoonAfterTheDeadline) {
  for (Conversation c : {asked().later(1050ms).client(rst_stream(1)),
                         asked().later(1900ms).server(headers(1, trailer_fields("4"), EndStream::Yes))}) {
    EXPECT_EQ(graver(findings(c)), nothing());
    for (const char* id : {"SD03", "SD04"}) EXPECT_EQ(outcome(c, id), "pass") << id;
  }
}

TEST(Sd03, BeforeTheDeadlineThereIsNothingToJudge) {
  for (Conversation c :
       {asked().later(900ms).client(rst_stream(1)), asked(), asked("99999999H").later(9000h).client(rst_stream(1))}) {
    EXPECT_EQ(findings(c), nothing());
    for (const char* id : {"SD03", "SD04"}) EXPECT_EQ(outcome(c, id), "not-observed") << id;
  }
}

// RFC 9113 section 6.8: the server ignores a stream above the last one, and for the client it was never created.
TEST(Sd03, NobodyHasACallThatWasRefused) {
  FieldList fields = request_fields();
  fields.emplace(fields.begin() + 4, "grpc-timeout", "1S");
  Conversation crossed = greeted();
  crossed.server(goaway(0)).crossing().client(headers(1, fields), message(1, "x", EndStream::Yes));
  crossed.later(5s).server_closes().client_closes();
  Conversation refused = greeted();
  refused.client(headers(1, fields), message(1, "x", EndStream::Yes)).later(5s).server(rst_stream(1, http2::kRefusedStream));
  for (const Conversation& c : {crossed, refused}) {
    EXPECT_EQ(findings(c), nothing());
    for (const char* id : {"SD03", "SD04"}) EXPECT_EQ(outcome(c, id), "not-observed") << id;
  }
}

TEST(Sd03, WhereOctetsAreMissingNobodyCanTell) {
  EXPECT_EQ(findings(asked().later(2500ms).lost().client(ping('p'))), nothing());
  EXPECT_EQ(findings(asked().later(2500ms).lost().server(ping('p'))), nothing());
}

TEST(Sd03, ATimeoutThatIsNotKnown) {
  Limits limits;
  limits.string_bytes_max = 50;
  EXPECT_EQ(outcome(asked(std::string(100, '1').c_str()), "SD03", limits), "not-judgeable");
}

}  // namespace
}  // namespace testigo::check
