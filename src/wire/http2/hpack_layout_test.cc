#include "wire/http2/hpack_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace testigo::http2 {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Extent> extents(std::string_view hex) { return field_extents(from_hex(hex)); }

TEST(HpackLayout, FindsEachField) {
  EXPECT_THAT(extents(""), IsEmpty());
  EXPECT_THAT(extents("82 86 be"), ElementsAre(Extent{0, 1}, Extent{1, 2}, Extent{2, 3}));
  EXPECT_THAT(extents("82 04 03 2f6162 40 01 61 01 62 ff00"),
              ElementsAre(Extent{0, 1}, Extent{1, 6}, Extent{6, 11}, Extent{11, 13}));
  EXPECT_THAT(extents("10 01 61 00 0f 00 02 6869"), ElementsAre(Extent{0, 4}, Extent{4, 9}));
}

TEST(HpackLayout, ASizeUpdateIsNoField) { EXPECT_THAT(extents("20 3f e1 1f 82"), ElementsAre(Extent{4, 5})); }

TEST(HpackLayout, EndsBeforeWhatCannotBeRead) {
  EXPECT_THAT(extents("82 40 05 61"), ElementsAre(Extent{0, 1}));
  EXPECT_THAT(extents("82 ff ff ff ff ff ff"), ElementsAre(Extent{0, 1}));
  EXPECT_THAT(extents("44"), IsEmpty());
}

}  // namespace
}  // namespace testigo::http2
