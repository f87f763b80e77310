#include "greeter/address.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace testigo::greeter {
namespace {

TEST(Address, ReadsHostAndPort) {
  EXPECT_EQ(parse_address("127.0.0.1:50051"), (Address{"127.0.0.1", 50051}));
  EXPECT_EQ(parse_address("[::1]:0"), (Address{"::1", 0}));
  EXPECT_EQ(parse_address("localhost:65535"), (Address{"localhost", 65535}));
  for (const char* text : {"127.0.0.1:50051", "[::1]:0", "localhost:65535"}) EXPECT_EQ(to_text(parse_address(text).value()), text);
}

TEST(Address, RefusesWhatIsNone) {
  for (const char* text : {"", ":", ":1", "host", "host:", "host:x", "host:-1", "host:65536", "::1:50051", "[]:1", "[host]:1",
                           "[::1]", "a b:1", "http://host:1", "host:1:2", "host: 1"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Address, SaysWhyNobodyCanListen) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&where), size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&where), &size), 0);
  const Address taken{"127.0.0.1", ntohs(where.sin_port)};
  EXPECT_EQ(why_not_listening(taken), "Address already in use");
  ::close(listener);
  EXPECT_EQ(why_not_listening(taken), std::nullopt);
  EXPECT_TRUE(why_not_listening({"no-such-host.invalid", 0}));
}

}  // namespace
}  // namespace testigo::greeter
