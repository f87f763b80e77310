#include "wire/tls/hello.h"

#include <gtest/gtest.h>

namespace testigo::tls {
namespace {

const std::string kRandom(64, '0');

// Version, random, no session id, a suite, no compression; and these extensions.
std::vector<std::byte> client(const std::string& extensions) {
  return from_hex("0303" + kRandom + "00 0002 1301 01 00" + extensions);
}
std::vector<std::byte> server(const std::string& extensions) { return from_hex("0303" + kRandom + "00 c02f 00" + extensions); }

TEST(ClientHello, OffersVersionsSuitesProtocolsAndAName) {
  const auto hello =
      read_client_hello(client("0027 0000 0008 0006 00 0003 612e62  0010 000e 000c 02 6832 08 687474702f312e31  "
                               "002b 0005 04 0304 0303"));
  ASSERT_TRUE(hello);
  EXPECT_EQ(*hello, (ClientHello{{0x0304, 0x0303}, {0x1301}, {"h2", "http/1.1"}, "a.b"}));
  EXPECT_TRUE(hello->offers("h2"));
  EXPECT_FALSE(hello->offers("h2c"));
}

TEST(ClientHello, NeedsNoExtension) {
  EXPECT_EQ(read_client_hello(client("")), (ClientHello{{kTls12}, {0x1301}, {}, {}}));
  EXPECT_EQ(read_client_hello(client("0000")), read_client_hello(client("")));
}

TEST(ClientHello, IsBoundedInWhatIsKept) {
  Limits limits;
  limits.tls_offers_kept = 1;
  limits.text_bytes_kept = 2;
  const auto hello = read_client_hello(
      client("0021 0000 0008 0006 00 0003 612e62  0010 0008 0006 02 6832 02 6833  002b 0005 04 0304 0303"), limits);
  EXPECT_EQ(hello, (ClientHello{{0x0304}, {0x1301}, {"h2"}, "a."}));
}

TEST(ClientHello, IsMalformedWhenALengthLies) {
  const std::vector<std::byte> whole = client("000c 0010 0008 0006 02 6832 02 6833");
  ASSERT_TRUE(read_client_hello(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const bool before_extensions = size == whole.size() - 14;
    EXPECT_EQ(read_client_hello(Bytes(whole).first(size)).has_value(), before_extensions) << size;
  }
  for (const char* wrong : {"000c 0010 0008 0006 02 6832 03 6833", "000c 0010 0008 0005 02 6832 02 6833",
                            "0008 002b 0004 04 0304 03", "000c 0010 0008 0006 02 6832 02 6833 00", "0007 0000 0003 0001 00"}) {
    EXPECT_FALSE(read_client_hello(client(wrong))) << wrong;
  }
}

TEST(ServerHello, ChoosesAVersionASuiteAndAProtocol) {
  EXPECT_EQ(read_server_hello(server("0009 0010 0005 0003 02 6832")), (ServerHello{kTls12, 0xc02f, "h2", false}));
  EXPECT_EQ(read_server_hello(server("")), (ServerHello{kTls12, 0xc02f, {}, false}));
  EXPECT_EQ(read_server_hello(server("0006 002b 0002 0304")), (ServerHello{kTls13, 0xc02f, {}, false}));
  EXPECT_FALSE(read_server_hello(server("000c 0010 0008 0006 02 6832 02 6833")));  // two
  EXPECT_FALSE(read_server_hello(server("0006 0010 0002 0000")));                  // none
  EXPECT_FALSE(read_server_hello(server("0007 002b 0003 030400")));
}

TEST(ServerHello, MayAskForARetry) {
  const std::string retry = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
  const auto hello = read_server_hello(from_hex("0303" + retry + "00 1301 00 0006 002b 0002 0304"));
  EXPECT_EQ(hello, (ServerHello{kTls13, 0x1301, {}, true}));
}

}  // namespace
}  // namespace testigo::tls
