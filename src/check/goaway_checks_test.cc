#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using http2::FrameType;

Part ask(call::StreamId stream) { return headers(stream, request_fields()); }

Conversation going_away() {
  Conversation c = greeted();
  return c.client(ask(1)).server(goaway(1));
}

TEST(Cn14, NoNewStreamAfterGoaway) {
  EXPECT_EQ(findings(going_away()), nothing());
  EXPECT_EQ(outcome(going_away(), "CN14"), "pass");
  EXPECT_EQ(findings(going_away().client(ask(3))), only("CN14 info"));
  EXPECT_EQ(findings(going_away().client(message(1, "the open call goes on"), end_of_data(1))), nothing());
}

// RULE 1.
TEST(Cn14, WhatCrossesItIsExempt) { EXPECT_EQ(findings(going_away().crossing().client(ask(3))), nothing()); }

TEST(Cn14, WithProofOfProcessingItIsAnError) {
  EXPECT_EQ(findings(going_away().server(ping('p')).client(ping_ack('p'), ask(3))), only("CN14 warning"));
  EXPECT_EQ(findings(going_away().server(settings()).client(settings_ack(), ask(3))), only("CN14 warning"));
  EXPECT_EQ(findings(greeted().server(ping('p'), goaway(0)).client(ping_ack('p'), ask(1))), only("CN14 info"));
  // The ACK may be that of the first of two that look alike.
  EXPECT_EQ(findings(greeted().server(ping('p'), goaway(0), ping('p')).client(ping_ack('p'), ask(1))), only("CN14 info"));
}

// Gracefully: the last stream id is not known yet, and no new stream is to come all the same (9113 6.8).
TEST(Cn14, TheFirstGoawayCounts) {
  const Conversation c =
      greeted().server(goaway(0x7fff'ffff), ping('p')).client(ping_ack('p')).server(goaway(0)).crossing().client(ask(1));
  EXPECT_EQ(findings(c), only("CN14 warning"));
}

// Cn10: GOAWAY → lost: CN14–CN16 for it.
TEST(Cn14, OneThatCannotBeReadForbidsNothing) {
  EXPECT_EQ(findings(greeted().server(frame(FrameType::Goaway, 0, 0, "short")).client(ask(1))), only("CN10 error"));
}

TEST(Cn15, TheLastStreamNeverIncreases) {
  EXPECT_EQ(findings(going_away().server(goaway(1))), nothing());
  EXPECT_EQ(findings(greeted().server(goaway(0x7fff'ffff)).server(goaway(0))), nothing());
  EXPECT_EQ(findings(greeted().server(goaway(3), goaway(5))), only("CN15 error"));
  EXPECT_EQ(findings(greeted().client(goaway(0), goaway(2))), only("CN15 error"));
  EXPECT_EQ(findings(greeted().client(goaway(0)).server(goaway(2))), nothing());
}

}  // namespace
}  // namespace testigo::check
