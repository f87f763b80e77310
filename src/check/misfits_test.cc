#include "check/misfits.h"

#include <gtest/gtest.h>

namespace testigo::check {
namespace {

call::Place place(std::uint64_t packet, call::StreamId stream = 1) { return {packet, 7, stream, false}; }

TEST(Misfits, TellTheFirstOfEachMethodAndDirection) {
  Misfits misfits;
  misfits.add("/a/B", Direction::ToServer, place(1), "first");
  misfits.add("/a/B", Direction::ToServer, place(2), "second");
  misfits.add("/a/B", Direction::ToClient, place(3), "third");
  misfits.add("/a/C", Direction::ToClient, place(4), "fourth");
  ASSERT_EQ(misfits.all().size(), 3u);
  EXPECT_EQ(misfits.all()[0].why, "first");
  EXPECT_EQ(misfits.all()[0].times, 2u);
  EXPECT_EQ(misfits.all()[0].places, (std::vector{place(1), place(2)}));
  EXPECT_EQ(misfits.all()[2].path, "/a/C");
}

TEST(Misfits, OnlyARequestIsAnswered) {
  Misfits misfits;
  misfits.add("/a/B", Direction::ToServer, place(1, 1), "request");
  misfits.add("/a/B", Direction::ToClient, place(3, 3), "reply");
  for (const call::Place& other : {place(9, 3), call::Place{9, 8, 1, false}, call::Place{9, 7, 1, true}}) {
    misfits.answered_internal(other);
    EXPECT_FALSE(misfits.all()[0].answered_internal || misfits.all()[1].answered_internal);
  }
  misfits.answered_internal(place(9, 1));
  EXPECT_TRUE(misfits.all()[0].answered_internal);
}

TEST(Misfits, AreBounded) {
  Misfits misfits;
  for (std::uint64_t i = 0; i < 100; ++i) {
    misfits.add("/a/B", Direction::ToServer, place(i), "why");
    misfits.add("/a/" + std::to_string(i), Direction::ToServer, place(i), "why");
  }
  EXPECT_EQ(misfits.all().size(), Misfits::kKept);
  EXPECT_EQ(misfits.all()[0].times, 100u);
  EXPECT_EQ(misfits.all()[0].places.size(), Misfits::kPlacesKept);
}

}  // namespace
}  // namespace testigo::check
