#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "capture/secret_names.h"
#include "capture/secret_tally.h"

namespace testigo::capture {
namespace {

using http2::HeaderField;
using http2::Known;
using http2::Representation;

HeaderField field(std::string_view name, Representation representation = Representation::WithoutIndexing) {
  return {.name = name, .value = "v", .representation = representation};
}

TEST(SecretNames, AreFourAndThoseThatWereGiven) {
  const SecretNames names({"X-Api-Key"});
  for (const char* name :
       {"authorization", "proxy-authorization", "cookie", "set-cookie", "Authorization", "COOKIE", "x-api-key", "X-API-KEY"}) {
    EXPECT_TRUE(names.is_secret(field(name))) << name;
  }
  for (const char* name : {"", "authorizatio", "authorizations", "x-api-kez", ":path", "testigo-id", "content-type"}) {
    EXPECT_FALSE(names.is_secret(field(name))) << name;
  }
}

TEST(SecretNames, AreAlsoThoseOfWhichTheSenderSaysSo) {
  const SecretNames names;
  EXPECT_TRUE(names.is_secret(field("x-token", Representation::NeverIndexed)));
  for (const char* name :
       {":path", ":authority", "te", "content-type", "user-agent", "grpc-timeout", "grpc-status", "testigo-id"}) {
    EXPECT_FALSE(names.is_secret(field(name, Representation::NeverIndexed))) << name;
  }
}

TEST(SecretNames, AreAlsoUnknownOnes) {
  HeaderField unknown = field("");
  unknown.name_known = Known::Unknown;
  EXPECT_TRUE(SecretNames().is_secret(unknown));
}

TEST(SecretTally, CountsValuesWithoutTellingThem) {
  SecretTally tally, other;
  for (SecretTally* each : {&tally, &other}) {
    each->add("cookie", "one");
    each->add("authorization", "two");
    each->add("authorization", "two");
    each->add("authorization", "one");
    each->add_reference("authorization");
    each->add("", "nameless");
  }
  const auto fields = tally.fields();
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].name, "authorization");
  EXPECT_EQ(fields[0].times, 4u);
  ASSERT_EQ(fields[0].values.size(), 2u);
  EXPECT_EQ(fields[1].name, "cookie");
  EXPECT_EQ(fields[2].name, "unknown");
  EXPECT_EQ(fields[1].values[0], fields[0].values[1]) << "the same value, whatever its name";
  EXPECT_THAT(fields[0].values[0], ::testing::MatchesRegex("[0-9a-f]{16}"));
  EXPECT_NE(fields[0].values[0], other.fields()[0].values[0]) << "each run has its own key";
}

TEST(SecretTally, KeepsAHundredAndSaysThatThereWereMore) {
  SecretTally tally;
  for (int i = 0; i < 150; ++i) tally.add("cookie", std::to_string(i));
  for (int i = 0; i < 150; ++i) tally.add_reference("name" + std::to_string(i));
  const auto fields = tally.fields();
  EXPECT_LE(fields.size(), 101u);
  const auto cookie = std::ranges::find(fields, "cookie", &MaskedField::name);
  EXPECT_EQ(cookie->values.size(), 100u);
  EXPECT_EQ(std::set(cookie->values.begin(), cookie->values.end()).size(), 100u);
  EXPECT_TRUE(cookie->more_values);
  EXPECT_EQ(std::ranges::find(fields, "other names", &MaskedField::name)->times, 51u);
}

}  // namespace
}  // namespace testigo::capture
