#include "report/message_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace testigo::report {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(MessageParts, AreItsFields) {
  EXPECT_THAT(message_parts(from_hex("0a 02 7a7a 10 07"), 14), ElementsAre(Part{14, 18, "1: \"zz\""}, Part{18, 20, "2: 7"}));
  EXPECT_THAT(message_parts(from_hex("0b 10 07 0c"), 0),
              ElementsAre(Part{0, 1, "a group begins"}, Part{1, 3, "2: 7"}, Part{3, 4, "a group ends"}));
  EXPECT_THAT(message_parts({}, 14), IsEmpty());
}

TEST(MessageParts, WhatIsNoFieldIsSaid) {
  EXPECT_THAT(message_parts(from_hex("10 07 0a 05 61"), 5), ElementsAre(Part{5, 7, "2: 7"}, Part{7, 10, "no field"}));
  EXPECT_THAT(message_parts(from_hex("00"), 5), ElementsAre(Part{5, 6, "no field"}));
}

}  // namespace
}  // namespace testigo::report
