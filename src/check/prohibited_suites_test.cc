#include "check/prohibited_suites.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace testigo::check {
namespace {

TEST(ProhibitedSuites, AreThoseOfTheAppendix) {
  // TLS_NULL_WITH_NULL_NULL, TLS_RSA_WITH_AES_128_CBC_SHA, TLS_RSA_WITH_AES_128_GCM_SHA256,
  // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, TLS_DHE_RSA_WITH_AES_256_CBC_SHA, TLS_PSK_WITH_AES_256_CCM_8
  for (const int suite : {0x0000, 0x002f, 0x009c, 0xc027, 0x0039, 0xc0a9})
    EXPECT_TRUE(is_prohibited_suite(static_cast<std::uint16_t>(suite))) << suite;
}

// Ephemeral keys with GCM, CCM or ChaCha20, and all of TLS 1.3.
TEST(ProhibitedSuites, AreNoneOfThoseWithEphemeralKeysAndAuthenticatedEncryption) {
  for (const int suite : {0x009e, 0x009f, 0x00a2, 0x00aa, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xc052, 0xc07c,
                          0xc086, 0xc09e, 0xc0a2, 0xc0a6, 0xc0ac, 0xcca8, 0xccaa, 0x1301, 0x1303, 0xd001}) {
    EXPECT_FALSE(is_prohibited_suite(static_cast<std::uint16_t>(suite))) << suite;
  }
}

}  // namespace
}  // namespace testigo::check
