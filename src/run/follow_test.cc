#include "run/follow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/testing/conversation.h"

namespace testigo::run {
namespace {

using call::testing::Conversation;
using call::testing::unary;
using ::testing::HasSubstr;

TEST(Follow, ReadsAConnectionAndAStream) {
  ASSERT_TRUE(parse_followed("2/5"));
  EXPECT_EQ(parse_followed("2/5")->connection, 2u);
  EXPECT_EQ(parse_followed("2/5")->stream, 5u);
  for (const char* text : {"", "2", "2/", "/5", "0/1", "1/0", "1/x", "1/5x", "x1/5", "1/99999999999"}) {
    EXPECT_FALSE(parse_followed(text)) << text;
  }
}

TEST(Follow, GathersOneStream) {
  const capture::SecretNames secrets;
  Conversation both = unary();
  both.call({.stream = 3});
  Follow follow({1, 1}, secrets);
  both.play(follow);
  const report::Sequence& sequence = follow.sequence();
  ASSERT_GE(sequence.arrows.size(), 4u);
  EXPECT_THAT(sequence.arrows.front().text, HasSubstr("HEADERS stream 1"));
  EXPECT_THAT(sequence.arrows.front().notes, ::testing::Contains(HasSubstr(":path: ")));
  for (const report::Arrow& arrow : sequence.arrows) EXPECT_THAT(arrow.text, HasSubstr("stream 1"));
  ASSERT_EQ(sequence.ending.size(), 1u);
  EXPECT_THAT(sequence.ending[0], HasSubstr("OK after"));
  Follow other({1, 7}, secrets);
  both.play(other);
  EXPECT_TRUE(other.sequence().arrows.empty());
}

}  // namespace
}  // namespace testigo::run
