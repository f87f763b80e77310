#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using Names = std::vector<std::string>;

Names of_trailers(FieldList fields) { return findings(unary({.trailers = std::move(fields)})); }

Names with_message(const std::string& message, const std::string& status = "2") {
  return of_trailers(plus(trailer_fields(status), "grpc-message", message));
}

TEST(Rs05, TheStatusStandsAtTheEnd) {
  EXPECT_EQ(findings(unary({.response = plus(response_fields(), "grpc-status", "0")})), only("RS05 warning"));
  EXPECT_EQ(outcome(unary(), "RS05"), "pass");
}

// "RS04: that block carries grpc-status → RS05".
TEST(Rs05, TrailersThatDoNotEndTheStream) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), end_of_data(1)).server(headers(1, response_fields()), headers(1, trailer_fields()));
  c.server(headers(1, trailer_fields(), EndStream::Yes));
  EXPECT_EQ(findings(c), (Names{"RS04 error", "RS05 warning"}));
}

TEST(Rs07, AMessageIsPercentEncodedUtf8) {
  for (const char* good : {"", "plain text", " sp ", "100%25", "%C3%A9", "~", "%E2%82%AC", "a+b"})
    EXPECT_EQ(with_message(good), nothing()) << good;
  for (const char* bad : {"100%", "100% wrong", "%4", "%zz", "caf\xc3\xa9", "a\tb", "%FF", "%C3", "%ED%A0%80"}) {
    EXPECT_EQ(with_message(bad), only("RS07 error")) << bad;
  }
}

// RFC 9110 section 5.3.
TEST(Rs07, TwoMessagesAreTheSame) {
  const auto twice = [](const char* message, const std::string& again) {
    return unary({.trailers = plus(plus(trailer_fields("3"), "grpc-message", message), "grpc-message", again)});
  };
  EXPECT_EQ(findings(twice("ok", "ok")), nothing());
  EXPECT_EQ(findings(twice("ok", "%zz%ff")), only("RS07 error"));
  EXPECT_EQ(findings(twice("ok", "fine")), only("RS07 error"));
  EXPECT_EQ(findings(twice("%zz", "%zz")), only("RS07 error"));
  Limits limits;
  limits.string_bytes_max = 100;
  EXPECT_EQ(findings(twice("ok", std::string(200, 'x')), limits), nothing());
  EXPECT_EQ(outcome(twice("ok", std::string(200, 'x')), "RS07", limits), "not-judgeable");
}

TEST(Rs07, LowerCaseIsAWarning) {
  EXPECT_EQ(with_message("%c3%a9"), only("RS07 warning"));
  EXPECT_EQ(with_message("%C3%a9"), only("RS07 warning"));
  EXPECT_EQ(with_message("%ff"), only("RS07 error"));
}

// Ruby sends "OK".
TEST(Rs07, AMessageBesideStatusZeroIsARemark) {
  EXPECT_EQ(with_message("OK", "0"), only("RS07 info"));
  EXPECT_EQ(with_message("", "0"), nothing());
}

// code and message of google.rpc.Status in base64.
constexpr const char* kLost5 = "CAUSBGxvc3Q";

Names with_details(const std::string& details, const std::string& status = "5", const std::string& message = "lost") {
  return of_trailers(plus(plus(trailer_fields(status), "grpc-message", message), "grpc-status-details-bin", details));
}

TEST(Rs08, TheDetailsAgree) {
  EXPECT_EQ(with_details(kLost5), nothing());
  EXPECT_EQ(with_details(kLost5, "5", "%6Cost"), nothing());
  EXPECT_EQ(with_details(kLost5, "13"), only("RS08 warning"));
  EXPECT_EQ(with_details(kLost5, "5", "found"), only("RS08 warning"));
  EXPECT_EQ(of_trailers(plus(trailer_fields("5"), "grpc-status-details-bin", kLost5)), only("RS08 warning"));
  EXPECT_EQ(of_trailers(plus(trailer_fields("5"), "grpc-status-details-bin", "CAU")), nothing());
}

TEST(Rs08, TheDetailsAreAStatus) {
  EXPECT_EQ(with_details("aGVsbG8"), only("RS08 warning"));
  EXPECT_EQ(with_details("{}"), (Names{"RQ12 error", "RS08 warning"}));
}

// RS06 → lost the agreement.
TEST(Rs08, AStatusThatIsNoneIsNotCompared) {
  const Conversation c = unary({.trailers = plus(trailer_fields("x"), "grpc-status-details-bin", "CAU")});
  EXPECT_EQ(findings(c), only("RS06 error"));
  EXPECT_EQ(outcome(c, "RS08"), "not-judgeable");
}

// RULE 2.
TEST(Rs08, TrueBinaryDetails) {
  const auto answered = [](const std::string& octets) {
    Conversation c;
    c.client(preface(), settings({{http2::kSettingGrpcTrueBinaryMetadata, 1}}))
        .server(settings(), settings_ack())
        .client(settings_ack());
    return findings(
        c.call({.trailers = plus(plus(trailer_fields("5"), "grpc-message", "lost"), "grpc-status-details-bin", octets)}));
  };
  EXPECT_EQ(answered(std::string("\0\x08\x05\x12\x04lost", 9)), nothing());
  EXPECT_EQ(answered(std::string("\0\x08\x04\x12\x04lost", 9)), only("RS08 warning"));
}

TEST(Rs12, AnErrorBeforeAnyMessageIsTrailersOnly) {
  Conversation late = greeted();
  late.client(headers(1, request_fields()), end_of_data(1))
      .server(headers(1, response_fields()), headers(1, trailer_fields("14"), EndStream::Yes));
  EXPECT_EQ(findings(late), only("RS12 info"));
  Conversation only_trailers = greeted();
  only_trailers.client(headers(1, request_fields()), end_of_data(1)).server(headers(1, trailers_only_fields("14"), EndStream::Yes));
  EXPECT_EQ(findings(only_trailers), nothing());
  EXPECT_EQ(outcome(only_trailers, "RS12"), "pass");
  EXPECT_EQ(outcome(unary({.trailers = trailer_fields("14")}), "RS12"), "not-observed");
}

TEST(Rs, ErrorPagesSayNothingOfAStatus) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), end_of_data(1));
  c.server(headers(1, {{":status", "502"}, {"grpc-status", "14"}, {"grpc-message", "100%"}}), data(1, "down", EndStream::Yes));
  EXPECT_EQ(findings(c), only("RS01 error"));
}

}  // namespace
}  // namespace testigo::check
