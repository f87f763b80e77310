#include "show/access.h"

#include <gtest/gtest.h>

namespace testigo::show {
namespace {

const Access kOpen;
const Access kWithToken{"secret", "testigo-token", false};

TEST(Access, OnLoopbackNobodyNeedsAToken) {
  for (const char* host : {"127.0.0.1:8080", "127.0.0.1", "127.8.9.1:1", "localhost:8080", "[::1]:8080"}) {
    EXPECT_EQ(admit(kOpen, {.host = host}), Admission::Granted) << host;
  }
}

// A name that resolves to 127.0.0.1 when its owner wants it to.
TEST(Access, ANameOfSomebodyElsesIsForeign) {
  for (const char* host :
       {"evil.example:8080", "127.evil.example", "127.0.0.1.evil.example:80", "", "[fe80::1]:80", "10.0.0.1:80"}) {
    EXPECT_EQ(admit(kOpen, {.host = host}), Admission::Foreign) << host;
  }
}

TEST(Access, AnotherOriginsPageIsForeign) {
  const auto with = [](std::string_view origin, std::string_view site) {
    return admit(kOpen, {.host = "127.0.0.1:8080", .origin = origin, .fetch_site = site});
  };
  EXPECT_EQ(with("http://127.0.0.1:8080", "same-origin"), Admission::Granted);
  EXPECT_EQ(with("", "none"), Admission::Granted);
  EXPECT_EQ(with("http://127.0.0.1:9090", ""), Admission::Foreign) << "another port is another origin";
  EXPECT_EQ(with("https://127.0.0.1:8080", ""), Admission::Foreign);
  EXPECT_EQ(with("null", ""), Admission::Foreign);
  EXPECT_EQ(with("", "cross-site"), Admission::Foreign);
  EXPECT_EQ(with("", "same-site"), Admission::Foreign);
}

TEST(Access, ElsewhereATokenIsAsked) {
  const auto with = [](std::string_view token, std::string_view cookie) {
    return admit(kWithToken, {.host = "box:8080", .cookie = cookie, .token = token});
  };
  EXPECT_EQ(with("", ""), Admission::NoToken);
  EXPECT_EQ(with("secre", ""), Admission::NoToken);
  EXPECT_EQ(with("secret2", ""), Admission::NoToken);
  EXPECT_EQ(with("secret", ""), Admission::GrantedByQuery);
  EXPECT_EQ(with("", "testigo-token=secret"), Admission::Granted);
  EXPECT_EQ(with("", "a=b; testigo-token=secret; c=d"), Admission::Granted);
  EXPECT_EQ(with("", "testigo-token=other"), Admission::NoToken);
  EXPECT_EQ(with("", "x-testigo-token=secret"), Admission::NoToken);
  EXPECT_EQ(cookie_of(kWithToken).substr(0, 20), "testigo-token=secret");
}

}  // namespace
}  // namespace testigo::show
