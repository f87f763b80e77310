#include "wire/tcp/endpoint.h"

#include <gtest/gtest.h>

namespace testigo::tcp {
namespace {

TEST(Endpoint, ReadsAndWritesItsText) {
  for (const char* text : {"127.0.0.1:50051", "[::1]:50051", "localhost:0", ":50050", "[fe80::1%eth0]:1", "a.b:65535"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(to_text(*endpoint), text);
  }
  EXPECT_EQ(parse_endpoint("[::1]:7"), (Endpoint{"::1", 7}));
}

TEST(Endpoint, RefusesWhatIsNone) {
  for (const char* text : {"", "localhost", "localhost:", "localhost:x", "localhost:65536", "localhost:-1", "localhost:1x",
                           "::1:50051", "[::1]", "[::1:50051", "::1]:50051", "[]:1", "[localhost]:1", "[[::1]]:1", "a:1 "}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Address, KeepsBothFamilies) {
  struct Case {
    const char* text;
    const char* again;
    bool v4;
  };
  for (const auto& [text, again, v4] :
       {Case{"127.0.0.1", "127.0.0.1", true}, Case{"::ffff:1.2.3.4", "1.2.3.4", true}, Case{"::1", "::1", false},
        Case{"fe80::1%eth0", "fe80::1", false}, Case{"2001:DB8:0:0::5", "2001:db8::5", false}}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_text(*address), again);
    EXPECT_EQ(address->is_v4(), v4);
  }
  EXPECT_FALSE(parse_address("localhost"));
  EXPECT_FALSE(parse_address("1.2.3"));
  EXPECT_FALSE(parse_address(""));
}

}  // namespace
}  // namespace testigo::tcp
