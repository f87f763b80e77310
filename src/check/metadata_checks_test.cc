#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using Names = std::vector<std::string>;

// Wherever metadata may stand.
std::vector<Names> with_field(const std::string& name, const std::string& value) {
  return {findings(unary({.request = plus(request_fields(), name, value)})),
          findings(unary({.response = plus(response_fields(), name, value)})),
          findings(unary({.trailers = plus(trailer_fields(), name, value)}))};
}

auto all(const Names& names) { return ::testing::Each(::testing::Eq(names)); }

TEST(Rq10, ReservedNames) {
  for (const char* name : {"grpc-user-id", "grpc-", "grpc-statuses", "grpc-server-stats"}) {
    EXPECT_THAT(with_field(name, "YWJj"), all(only("RQ10 warning"))) << name;
  }
  for (const char* name :
       {"grpc-trace-bin", "grpc-tags-bin", "grpc-server-stats-bin", "grpc-message-type", "grpc-accept-encoding", "grpcx"}) {
    EXPECT_THAT(with_field(name, "YWJj"), all(nothing())) << name;
  }
}

TEST(Rq11, NamesOfMetadata) {
  for (const char* name : {"x!", "x~y", "x/y", "x$-bin"})
    EXPECT_THAT(with_field(name, "v"), ::testing::Each(::testing::Contains("RQ11 warning"))) << name;
  EXPECT_THAT(with_field("0-9_a.z", "v"), all(nothing()));
}

TEST(Rq11, ValuesOfMetadata) {
  EXPECT_THAT(with_field("user-name", "Jos\xc3\xa9"), all(only("RQ11 warning")));
  EXPECT_THAT(with_field("user-name", "a\tb"), all(only("RQ11 warning")));
  EXPECT_THAT(with_field("user-name", " ~"), all(only("HD04 warning")));
  EXPECT_THAT(with_field("user-name", ""), all(nothing()));
  EXPECT_EQ(findings(unary({.request = with(request_fields(), "user-agent", "grpc-go/1 \xc3\xa9")})), nothing());
}

TEST(Rq12, BinaryValuesAreBase64) {
  for (const char* good : {"", "YQ", "YWI", "YWJj", "YQ,YWI", "YQ, YWI", "YQ \t,\tYWI", "+/+/"})
    EXPECT_THAT(with_field("x-bin", good), all(nothing())) << good;
  for (const char* padded : {"YQ==", "YWI=", "YWJj,YQ=="})
    EXPECT_THAT(with_field("x-bin", padded), all(only("RQ12 info"))) << padded;
  for (const char* bad : {"Y", "YQ=", "{}", "Y-_j", "YWJj,Y", "YQ, Y", "YQ YQ", "YQ==YQ=="}) {
    EXPECT_THAT(with_field("x-bin", bad), all(only("RQ12 error"))) << bad;
  }
  EXPECT_THAT(with_field("x", "{}"), all(nothing()));
  EXPECT_EQ(outcome(unary(), "RQ12"), "not-observed");
}

// RULE 2, of the value and of the direction.
TEST(Rq12, TrueBinaryMetadata) {
  const std::vector<http2::Setting> announced = {{http2::kSettingGrpcTrueBinaryMetadata, 1}};
  const auto asked = [&](const std::string& value) {
    Conversation c = greeted(announced);
    return findings(c.call({.request = plus(request_fields(), "x-bin", value)}));
  };
  EXPECT_EQ(asked(std::string("\0{},\xff", 5)), nothing());
  EXPECT_EQ(asked("{}"), only("RQ12 error"));
  Conversation answered = greeted(announced);
  answered.call({.trailers = plus(trailer_fields(), "x-bin", std::string("\0a", 2))});
  EXPECT_EQ(findings(answered), (Names{"HD04 error", "RQ12 error"}));
}

// RULE 3: the response has a class of its own, too.
TEST(Rq11, ErrorPagesHaveNoMetadata) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), end_of_data(1));
  c.server(headers(1, {{":status", "502"}, {"content-type", "text/html"}, {"server", "caf\xc3\xa9"}}, EndStream::Yes));
  EXPECT_EQ(findings(c), only("RS01 error"));
}

TEST(Rq, WhatIsNotKnownOfMetadataIsNotJudgeable) {
  Limits limits;
  limits.string_bytes_max = 50;
  const Conversation value = unary({.request = plus(request_fields(), "x", std::string(100, '\xff'))});
  EXPECT_EQ(outcome(value, "RQ11", limits), "not-judgeable");
  EXPECT_EQ(outcome(value, "RQ10", limits), "pass");
  const Conversation binary = unary({.request = plus(request_fields(), "x-bin", std::string(100, '{'))});
  EXPECT_EQ(outcome(binary, "RQ12", limits), "not-judgeable");
  EXPECT_EQ(outcome(unary({.request = plus(request_fields(), "x-bin", "****")}), "RQ12"), "not-judgeable");  // as captures mask it
  const Conversation name = unary({.request = plus(request_fields(), "grpc-" + std::string(100, 'x'), "v")});
  for (const char* id : {"RQ10", "RQ11", "RQ12"}) EXPECT_EQ(outcome(name, id, limits), "not-judgeable") << id;
  for (const Conversation& c : {value, binary, name}) EXPECT_EQ(findings(c, limits), nothing());
}

}  // namespace
}  // namespace testigo::check
