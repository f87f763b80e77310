#include "wire/http2/speaker.h"

#include <gtest/gtest.h>

#include <random>

#include "wire/http2/preface.h"

namespace testigo::http2 {
namespace {

std::optional<Direction> told(const std::string& hex) { return direction_of(from_hex(hex)); }

constexpr auto kClient = Direction::ToServer;
constexpr auto kServer = Direction::ToClient;
const std::string kData = "000007 00 01 00000003 00000000020801";

TEST(Speaker, IsTheClientThatSaysThePreface) {
  EXPECT_EQ(direction_of(as_octets(kPreface)), kClient);
  EXPECT_EQ(direction_of(as_octets(kPreface.substr(0, 23))), std::nullopt);
}

TEST(Speaker, IsToldByTheFieldsOfABlock) {
  EXPECT_EQ(told("000002 01 04 00000001 83be"), kClient);                            // :method POST
  EXPECT_EQ(told("000003 01 05 00000001 4401 2f"), kClient);                         // :path, a literal
  EXPECT_EQ(told("000003 01 04 00000001 01 01 68"), kClient);                        // :authority, without indexing
  EXPECT_EQ(told("000002 01 04 00000001 88be"), kServer);                            // :status 200
  EXPECT_EQ(told("000005 01 05 00000001 48 03 343034"), kServer);                    // :status 404, a literal
  EXPECT_EQ(told("000004 01 04 00000001 3fe11f 88"), kServer);                       // behind a size update
  EXPECT_EQ(told("000008 01 24 00000001 00000000 0f 83 86 be"), kClient);            // behind a priority
  EXPECT_EQ(told("000005 01 0c 00000001 02 83 be 0000"), kClient);                   // padded
  EXPECT_EQ(told("000004 01 04 00000003 c4c383be"), kClient);                        // behind others, which the dynamic table knows
  EXPECT_EQ(told("000009 01 04 00000001 40 05 3a70617468 01 2f"), kClient);          // :path by its name, as gRPC C++ has it
  EXPECT_EQ(told("00000d 01 04 00000001 00 07 3a737461747573 03 323030"), kServer);  // :status by its name
  EXPECT_EQ(told("000008 01 04 00000001 40 04 78743a73 01 2f"), std::nullopt);       // xt:s
  EXPECT_EQ(told("000001 01 05 00000003 be"), std::nullopt);                         // trailers, or anything
  EXPECT_EQ(told("000001 01 05 00000003 8f"), std::nullopt);                         // accept-charset
}

TEST(Speaker, IsNotToldByANameThatIsCoded) {
  std::string value;
  for (int i = 0; i < 130; ++i) value += "61";
  EXPECT_EQ(told("000087 01 04 00000001 40 81 3a 7f03" + value), std::nullopt);
}

TEST(Speaker, IsToldBehindOtherFrames) {
  EXPECT_EQ(told("000004 08 00 00000000 00000001" + kData + "000002 01 04 00000005 88be"), kServer);
  EXPECT_EQ(told("000008 06 01 00000000 0000000000000000"
                 "000001 01 05 00000003 be"
                 "000002 01 04 00000005 83be"),
            kClient);
  EXPECT_EQ(told(kData), std::nullopt);
  EXPECT_EQ(told(kData + "000002 01 04 00000005 83be" + "0000ff"), kClient);
}

TEST(Speaker, IsNotToldByWhatIsNoFrame) {
  EXPECT_EQ(told(""), std::nullopt);
  EXPECT_EQ(told("000002 01 04 00000001 83"), std::nullopt) << "cut";
  EXPECT_EQ(told("000002 01 04 00000002 83be"), std::nullopt) << "a stream that no client opens";
  EXPECT_EQ(told("000002 01 04 80000001 83be"), std::nullopt) << "a reserved bit";
  EXPECT_EQ(told("000002 01 44 00000001 83be"), std::nullopt) << "flags that are not defined";
  EXPECT_EQ(told("000000 01 04 00000001"), std::nullopt);
  EXPECT_EQ(told("000001 01 0c 00000001 05"), std::nullopt) << "more padding than there is";
  EXPECT_EQ(told("000001 01 24 00000001 83"), std::nullopt) << "a priority that is not there";
  EXPECT_EQ(told("000003 08 00 00000000 000001"
                 "000002 01 04 00000001 83be"),
            std::nullopt)
      << "a wrong size";
  EXPECT_EQ(told("000001 20 00 00000000 00"
                 "000002 01 04 00000001 83be"),
            std::nullopt)
      << "a type that nobody knows";
}

TEST(Speaker, SurvivesAnything) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    std::vector<std::byte> octets(random() % 40);
    for (std::byte& octet : octets) octet = static_cast<std::byte>(random() % 4 == 0 ? random() : random() % 10);
    direction_of(octets);
  }
}

}  // namespace
}  // namespace testigo::http2
