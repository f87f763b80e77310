#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

std::vector<std::string> with_attempts(const std::string& value) {
  return findings(unary({.request = plus(request_fields(), "grpc-previous-rpc-attempts", value)}));
}

TEST(Rq14, AttemptsAreCountedFromOne) {
  for (const char* good : {"1", "4"}) EXPECT_EQ(with_attempts(good), nothing()) << good;
  for (const char* bad : {"0", "", "-1", "one", "1.0", "1x"}) EXPECT_EQ(with_attempts(bad), only("RQ14 warning")) << bad;
}

TEST(Rt01, FiveAttemptsAreTheMost) {
  EXPECT_EQ(with_attempts("5"), only("RT01 info"));
  EXPECT_EQ(outcome(unary(), "RT01"), "not-observed");
}

TEST(Rs14, APushbackIsAWholeNumber) {
  const auto with_pushback = [](const std::string& value) {
    return findings(unary({.trailers = plus(trailer_fields("14"), "grpc-retry-pushback-ms", value)}));
  };
  for (const char* good : {"0", "1", "-1", "5000", "2147483647", "-2147483648"}) EXPECT_EQ(with_pushback(good), nothing()) << good;
  for (const char* bad : {"", "01", "-01", "00", "+1", "1.5", "5s", "2147483648", "-", "never"}) {
    EXPECT_EQ(with_pushback(bad), only("RS14 warning")) << bad;
  }
}

TEST(Rt, WhatIsNotKnownIsNotJudgeable) {
  Limits limits;
  limits.string_bytes_max = 50;
  const Conversation c = unary({.request = plus(request_fields(), "grpc-previous-rpc-attempts", std::string(100, '1')),
                                .trailers = plus(trailer_fields("14"), "grpc-retry-pushback-ms", std::string(100, '1'))});
  EXPECT_EQ(findings(c, limits), nothing());
  for (const char* id : {"RQ14", "RT01", "RS14"}) EXPECT_EQ(outcome(c, id, limits), "not-judgeable") << id;
}

}  // namespace
}  // namespace testigo::check
