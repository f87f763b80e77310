#include "run/test_certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/environment_error.h"
#include "base/file.h"

namespace testigo::run {
namespace {

using ::testing::StartsWith;

constexpr std::size_t kFileBytesMax = 1 << 16;

TEST(TestCertificates, AreReadableUntilForgottenAndHaveNoName) {
  TestCertificates certificates;
  EXPECT_THAT(read_file(certificates.authority(), kFileBytesMax), StartsWith("-----BEGIN CERTIFICATE-----"));
  EXPECT_THAT(read_file(certificates.certificate(), kFileBytesMax), StartsWith("-----BEGIN CERTIFICATE-----"));
  const std::filesystem::path key = certificates.key();
  EXPECT_THAT(read_file(key, kFileBytesMax), StartsWith("-----BEGIN PRIVATE KEY-----"));
  EXPECT_THAT(std::filesystem::read_symlink(key).string(), StartsWith("/memfd:"));
  certificates.forget_key();
  EXPECT_THROW(read_file(key, kFileBytesMax), EnvironmentError);
}

}  // namespace
}  // namespace testigo::run
