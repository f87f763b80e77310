#include "base/edit_distance.h"

#include <gtest/gtest.h>

namespace testigo {
namespace {

TEST(EditDistance, CountsWhatIsPutInTakenOutChangedOrSwapped) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("for", "for"), 0u);
  EXPECT_EQ(edit_distance("", "for"), 3u);
  EXPECT_EQ(edit_distance("fro", "for"), 1u);
  EXPECT_EQ(edit_distance("abcd", "badc"), 2u);
  EXPECT_EQ(edit_distance("port", "for"), 2u);
  EXPECT_EQ(edit_distance("lissten", "listen"), 1u);
  EXPECT_EQ(edit_distance("verfy", "verify"), 1u);
  EXPECT_EQ(edit_distance("tolerence", "tolerance"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

}  // namespace
}  // namespace testigo
