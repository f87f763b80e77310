#include "wire/tls/names.h"

#include <gtest/gtest.h>

namespace testigo::tls {
namespace {

TEST(Names, AreThoseOfTheRegistriesOrNumbers) {
  EXPECT_EQ(version_name(0x0304), "TLS 1.3");
  EXPECT_EQ(version_name(0x7f1c), "0x7f1c");
  EXPECT_EQ(suite_name(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  EXPECT_EQ(suite_name(0x002f), "0x002f");
  EXPECT_EQ(alert_name(120), "no_application_protocol");
  EXPECT_EQ(alert_name(255), "255");
}

}  // namespace
}  // namespace testigo::tls
