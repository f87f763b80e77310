#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

TEST(Hd06, TheLengthIsThatOfTheData) {
  const auto asked = [](const char* length) {
    return findings(unary({.request = plus(request_fields(), "content-length", length)}));
  };
  EXPECT_EQ(asked("9"), nothing());
  EXPECT_EQ(asked("0000000000000000000000000000000000000000000000000000000000000009"), nothing());
  EXPECT_EQ(asked("0000000000000000000000000000000000000000000000000000000000000000"), only("HD06 error"));
  for (const char* wrong : {"8", "10", "0", "", "nine", "9 ", "-9", "+9", "99999999999999999999"}) {
    EXPECT_THAT(asked(wrong), ::testing::Contains("HD06 error")) << wrong;
  }
  EXPECT_EQ(findings(unary({.response = plus(response_fields(), "content-length", "9")})), nothing());
  EXPECT_EQ(findings(unary({.response = plus(response_fields(), "content-length", "10")})), only("HD06 error"));
  EXPECT_EQ(outcome(unary(), "HD06"), "not-observed");
  EXPECT_EQ(outcome(unary({.request = plus(request_fields(), "content-length", "*")}), "HD06"), "not-judgeable");  // masked
}

// RFC 9110 section 5.3.
TEST(Hd06, TwoLengthsAreTheSame) {
  const auto asked = [](const char* length, const std::string& again) {
    return unary({.request = plus(plus(request_fields(), "content-length", length), "content-length", again)});
  };
  EXPECT_EQ(findings(asked("9", "9")), nothing());
  EXPECT_EQ(findings(asked("9", "99")), only("HD06 error"));
  EXPECT_EQ(findings(asked("99", "9")), only("HD06 error"));
  EXPECT_EQ(findings(asked("99", "99")), only("HD06 error"));
  Limits limits;
  limits.string_bytes_max = 100;
  EXPECT_EQ(findings(asked("9", std::string(200, '9')), limits), nothing());
  EXPECT_EQ(outcome(asked("9", std::string(200, '9')), "HD06", limits), "not-judgeable");
}

TEST(Hd06, PaddingDoesNotCount) {
  Conversation c = greeted();
  c.client(headers(1, plus(request_fields(), "content-length", "6")));
  c.client(frame(http2::FrameType::Data, http2::kFlagPadded | http2::kFlagEndStream, 1, std::string("\2\0\0\0\0\1x\0\0", 9)));
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "HD06"), "pass");
}

TEST(Hd06, AResetIsNoEnd) {
  EXPECT_EQ(outcome(greeted().client(headers(1, plus(request_fields(), "content-length", "6")), rst_stream(1)), "HD06"),
            "not-observed");
}

FieldList request_of(const char* method) { return {{":method", method}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}}; }

TEST(Hd06, AnswersWithoutABodyMayNameOne) {
  const auto answered = [](const char* method, const char* status, bool body) {
    Conversation c = greeted();
    c.client(headers(1, request_of(method), EndStream::Yes));
    const FieldList answer = {{":status", status}, {"content-length", "100"}};
    if (!body) return findings(c.server(headers(1, answer, EndStream::Yes)));
    return findings(c.server(headers(1, answer), data(1, "x", EndStream::Yes)));
  };
  EXPECT_EQ(answered("HEAD", "200", false), nothing());
  EXPECT_EQ(answered("GET", "304", false), nothing());
  EXPECT_EQ(answered("GET", "200", false), only("HD06 error"));
  EXPECT_EQ(answered("HEAD", "200", true), only("HD06 error"));
}

// It was HEAD, of which nobody knows any more.
TEST(Hd06, WhereARequestWasForgottenNoAnswerNeedHaveItsBody) {
  Limits limits;
  limits.streams_remembered = 1;
  Conversation c = greeted();
  c.client(headers(1, plus(request_fields(), "content-length", "0")));
  c.client(headers(3, with(request_fields(), ":method", "HEAD"), EndStream::Yes));
  c.client(end_of_data(1)).server(headers(1, {{":status", "204"}}, EndStream::Yes));
  c.server(headers(3, {{":status", "200"}, {"content-length", "100"}}, EndStream::Yes));
  EXPECT_EQ(of("HD06", findings(c, limits)), nothing());
  EXPECT_EQ(outcome(c, "HD06", limits), "not-judgeable");
}

// CN11 → lost HD06 of that side of the stream.
TEST(Hd06, BehindDataThatCannotBeReadIsNotJudgeable) {
  Conversation c = greeted();
  c.client(headers(1, plus(request_fields(), "content-length", "6")), frame(http2::FrameType::Data, 0x09, 1, "\xff"));
  EXPECT_EQ(findings(c), only("CN11 error"));
  EXPECT_EQ(outcome(c, "HD06"), "not-judgeable");
}

}  // namespace
}  // namespace testigo::check
