#include "wire/http2/preface.h"

#include <gtest/gtest.h>

#include <random>

namespace testigo::http2 {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string_view octets;
  Opening opening;
};

// Once decided, more octets never change it, and fewer only leave it open.
void expect_opening(Opening (*open)(Bytes), const Case& each, std::size_t decided_by) {
  EXPECT_EQ(open(as_octets(each.octets)), each.opening) << each.octets;
  for (std::size_t size = 0; size < each.octets.size(); ++size) {
    const Opening early = open(as_octets(each.octets.substr(0, size)));
    EXPECT_TRUE(early == each.opening || (early == Opening::NeedMore && size < decided_by)) << each.octets << " at " << size;
  }
}

TEST(ClientOpening, IsRecognisedHoweverMuchIsThere) {
  constexpr Case kCases[] = {
      {kPreface, Opening::Http2},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nand more", Opening::Http2},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\rX", Opening::Other},
      {"PRI * HTTP/1.1\r\n\r\n", Opening::Other},
      {"PRI /x HTTP/1.1\r\nHost: a\r\n", Opening::Other},
      {"GET / HTTP/1.1\r\nHost: a\r\n", Opening::Http1},
      {"POST /testigo.greeter.v1.Greeter/Greet HTTP/1.1\r\n", Opening::Http1},
      {"PRINT /x HTTP/1.1\r\n", Opening::Http1},
      {"OPTIONS * HTTP/1.1\r\n", Opening::Http1},
      {"CONNECT a:443 HTTP/1.1\r\n", Opening::Http1},
      {"M-SEARCH * HTTP/1.1\r\n", Opening::Http1},
      {"GET  / HTTP/1.1\r\n", Opening::Other},
      {"GET \r\n", Opening::Other},
      {" GET / HTTP/1.1", Opening::Other},
      {"ANAMETHATISLONGERTHANTHEPREFACE / HTTP/1.1\r\n", Opening::Other},
      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"sv, Opening::Tls},
      {"\x15\x03\x03\x00\x02\x02\x28"sv, Opening::Tls},
      {"\x16\x04\x01"sv, Opening::Other},
      {"\x16\x03\x05"sv, Opening::Other},
      {"\x17\x03\x03"sv, Opening::Other},
      {"\x00\x00\x00\x04\x00\x00\x00\x00\x00"sv, Opening::Other},
      {"SSH-2.0-OpenSSH_9.2p1 Debian\r\n", Opening::Other},
  };
  for (const Case& each : kCases) expect_opening(client_opening, each, kPreface.size());
}

TEST(ClientOpening, NeedsMoreOfEveryBeginning) {
  for (std::size_t size = 0; size < kPreface.size(); ++size) {
    EXPECT_EQ(client_opening(as_octets(kPreface.substr(0, size))), Opening::NeedMore) << size;
  }
  EXPECT_EQ(client_opening(as_octets("DELETE")), Opening::NeedMore);
  EXPECT_EQ(client_opening(as_octets("\x16\x03")), Opening::NeedMore);
}

TEST(ClientOpening, NamesEveryOctetThatBreaksThePreface) {
  for (std::size_t at = 4; at < kPreface.size(); ++at) {
    std::string broken(kPreface);
    broken[at] = static_cast<char>(broken[at] ^ 1);
    EXPECT_EQ(client_opening(as_octets(broken)), Opening::Other) << at;
  }
}

TEST(ServerOpening, IsRecognisedHoweverMuchIsThere) {
  constexpr Case kCases[] = {
      {"\x00\x00\x12\x04\x00\x00\x00\x00\x00more"sv, Opening::Http2},
      {"\x00\x00\x00\x04\x01\x00\x00\x00\x00"sv, Opening::Http2},
      {"\x00\x00\x08\x07\x00\x00\x00\x00\x00"sv, Opening::Http2},
      {"\x00\x40\x00\x00\x00\x00\x00\x00\x01"sv, Opening::Http2},
      {"\x00\x40\x01\x00\x00\x00\x00\x00\x01"sv, Opening::Other},
      {"\x00\x00\x08\x0a\x00\x00\x00\x00\x00"sv, Opening::Other},
      {"HTTP/1.1 505 HTTP Version Not Supported\r\n", Opening::Http1},
      {"HTTP/1.0 400 Bad Request\r\n", Opening::Http1},
      {"HTTP/2 200\r\n", Opening::Other},
      {"\x15\x03\x03\x00\x02\x02\x28"sv, Opening::Tls},
      {"\x16\x03\x03\x00\x7a\x02"sv, Opening::Tls},
      {"SSH-2.0-OpenSSH_9.2p1 Debian\r\n", Opening::Other},
      {"\x4a\x00\x00\x00\x0a"sv, Opening::Other},
  };
  for (const Case& each : kCases) expect_opening(server_opening, each, 9);
}

TEST(ServerOpening, NeedsMoreOfEveryBeginning) {
  EXPECT_EQ(server_opening({}), Opening::NeedMore);
  EXPECT_EQ(server_opening(as_octets("HTTP/1")), Opening::NeedMore);
  EXPECT_EQ(server_opening(as_octets("\x00\x00\x12\x04\x00\x00\x00\x00"sv)), Opening::NeedMore);
}

TEST(Openings, StayWhatTheyAre) {
  std::mt19937 random(7);
  const std::string_view alphabet("PRI GET*/HTTP.12\x00\x04\x03\x15\x16\r\n", 23);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (int i = 0; i < 30; ++i) text += alphabet[random() % alphabet.size()];
    for (const auto open : {client_opening, server_opening}) {
      const Opening last = open(as_octets(text));
      ASSERT_NE(last, Opening::NeedMore);
      for (std::size_t size = 0; size < text.size(); ++size) {
        const Opening early = open(as_octets(text).first(size));
        ASSERT_TRUE(early == last || early == Opening::NeedMore) << text << " at " << size;
      }
    }
  }
}

}  // namespace
}  // namespace testigo::http2
