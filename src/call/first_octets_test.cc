#include "call/first_octets.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace testigo::call {
namespace {

TEST(FirstOctets, TellWhatAProtocolIsKnownByAndNothingElse) {
  EXPECT_EQ(first_octets_text("GET /login?token=hunter2 HTTP/1.1\r\n"), "\"GET\" and 32 octets more");
  EXPECT_EQ(first_octets_text("AUTH hunter2\r\n"), "\"AUTH\" and 10 octets more");
  EXPECT_EQ(first_octets_text("HTTP/1.1 401 hunter2\r\nSet-Cookie: hunter2"), "\"HTTP/1.1 401\" and 29 octets more");
  EXPECT_EQ(first_octets_text("HTTP/1.1 hunter2"), "\"HTTP/1.\" and 9 octets more");
  EXPECT_EQ(first_octets_text("HTTP/1.0 hu"), "\"HTTP/1.\" and 4 octets more");
  EXPECT_EQ(first_octets_text("PRI * HTTP/2.1\r\n\r\nSM"), "\"PRI * HTTP/2.1\" and 6 octets more");
  EXPECT_EQ(first_octets_text(as_text(from_hex("160301020001000001"))), "\"\\x16\\x03\\x01\\x02\\x00\" and 4 octets more");
  EXPECT_EQ(first_octets_text("hunter2"), "7 octets of another protocol");
  EXPECT_EQ(first_octets_text("HELO"), "4 octets of another protocol");
  EXPECT_EQ(first_octets_text("?"), "1 octet of another protocol");
  EXPECT_EQ(first_octets_text(std::string(64, 'x')), "64 octets or more of another protocol");
  EXPECT_EQ(first_octets_text("GET /" + std::string(59, 'x')), "\"GET\" and 61 octets or more");
  EXPECT_EQ(first_octets_text("HTTP/1.1 200"), "\"HTTP/1.1 200\"");
}

TEST(FirstOctets, AreHexadecimalDigitsToo) {
  EXPECT_EQ(first_octets_hex("GET /hunter2"), "474554");
  EXPECT_EQ(first_octets_hex("hunter2"), "");
}

}  // namespace
}  // namespace testigo::call
