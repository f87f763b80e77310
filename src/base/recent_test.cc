#include "base/recent.h"

#include <gtest/gtest.h>

namespace testigo {
namespace {

TEST(Recent, FindsWhatWasPutLast) {
  int one = 1, other = 2;
  Recent<int> recent;
  EXPECT_EQ(recent.find(0), nullptr);
  EXPECT_EQ(recent.find(5), nullptr);
  recent.put(5, one);
  EXPECT_EQ(recent.find(5), &one);
  EXPECT_EQ(recent.find(5 + 64), nullptr);
  recent.put(5 + 64, other);
  EXPECT_EQ(recent.find(5), nullptr);
  EXPECT_EQ(recent.find(5 + 64), &other);
}

TEST(Recent, DropsWhatGoesAndNothingElse) {
  int one = 1, other = 2;
  Recent<int> recent;
  recent.put(5, one);
  recent.put(6, other);
  recent.drop(5 + 64);
  EXPECT_EQ(recent.find(5), &one);
  recent.drop(5);
  EXPECT_EQ(recent.find(5), nullptr);
  EXPECT_EQ(recent.find(6), &other);
  recent.clear();
  EXPECT_EQ(recent.find(6), nullptr);
}

}  // namespace
}  // namespace testigo
