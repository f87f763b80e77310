#include "wire/rpc/base64.h"

#include <gtest/gtest.h>

namespace testigo::rpc {
namespace {

// RFC 4648 section 10.
TEST(Base64, TheVectorsOfTheStandard) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""}, {"Zg", "f"}, {"Zm8", "fo"}, {"Zm9v", "foo"}, {"Zm9vYg", "foob"}, {"Zm9vYmE", "fooba"}, {"Zm9vYmFy", "foobar"}};
  for (const auto& [coded, plain] : vectors) {
    EXPECT_EQ(base64(coded), Base64::Unpadded) << coded;
    EXPECT_EQ(decode_base64(coded), plain) << coded;
  }
  EXPECT_EQ(decode_base64("Zg=="), "f");
  EXPECT_EQ(decode_base64("+/+/"), "\xfb\xff\xbf");
}

TEST(Base64, Padding) {
  for (const char* padded : {"Zg==", "Zm8="}) EXPECT_EQ(base64(padded), Base64::Padded) << padded;
  for (const char* wrong : {"Zg=", "Zm8==", "Zm9v=", "Zm9v====", "=", "==", "Z", "Zm9vY", "Zg===", "Z=g="}) {
    EXPECT_EQ(base64(wrong), Base64::None) << wrong;
    EXPECT_FALSE(decode_base64(wrong)) << wrong;
  }
}

TEST(Base64, OtherCharacters) {
  for (const char* wrong : {"Zm-_", " Zm9v", "Zm9v\n", "{}ab", "caf\xc3\xa9"}) EXPECT_EQ(base64(wrong), Base64::None) << wrong;
}

// RFC 4648 section 3.5.
TEST(Base64, BitsThatAreThrownAwayMayBeAnything) { EXPECT_EQ(decode_base64("Zh"), "f"); }

}  // namespace
}  // namespace testigo::rpc
