#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

// PINGs in a row are BH01, too.
std::vector<std::string> connection_findings(const Conversation& conversation, const Limits& limits = {}) {
  return of("CN", findings(conversation, limits));
}

TEST(Cn13, OneAcknowledgementEach) {
  EXPECT_EQ(connection_findings(greeted().client(ping('p'), ping('q')).server(ping_ack('p'), ping_ack('q'))), nothing());
  EXPECT_EQ(connection_findings(greeted().client(ping('p')).server(ping('p')).client(ping_ack('p')).server(ping_ack('p'))),
            nothing());
  // No clause orders them.
  EXPECT_EQ(connection_findings(greeted().client(ping('p'), ping('q')).server(ping_ack('q'), ping_ack('p'))), nothing());
}

TEST(Cn13, LateOrMissingIsAWarning) {
  EXPECT_EQ(connection_findings(greeted().client(ping('p')).later(9s).server(ping_ack('p'))), nothing());
  const auto delivered = [] { return greeted().client(ping('p')).server(window_update(0)).later(11s); };
  EXPECT_EQ(connection_findings(delivered().server(ping_ack('p'))), only("CN13 warning"));
  EXPECT_EQ(connection_findings(delivered().server_acks()), only("CN13 warning"));
}

// What was written before stands in the queue of TCP where the network is slow, or the peer does not read.
TEST(Cn13, WhoWasSendingMayHaveAnsweredInTime) {
  const auto sending = [] {
    Conversation c = greeted();
    c.client(ping('p'));
    for (int i = 0; i < 4; ++i) c.server(window_update(0)).later(4s);
    return c;
  };
  EXPECT_EQ(connection_findings(sending().server(ping_ack('p'))), only("CN13 info"));
  EXPECT_EQ(connection_findings(sending().server_acks()), only("CN13 info"));
  EXPECT_EQ(connection_findings(sending().later(7s).server(ping_ack('p'))), only("CN13 warning"));
  EXPECT_EQ(connection_findings(sending().later(7s).server(window_update(0)).server(ping_ack('p'))), only("CN13 warning"));
  Conversation newer = greeted();
  newer.client(ping('p'), ping('q')).server(ping_ack('q')).later(6s).server(window_update(0)).later(6s).server(ping_ack('p'));
  EXPECT_EQ(connection_findings(newer), only("CN13 info"));
}

// A host that is gone, or a network that is slow, is not its receiver.
TEST(Cn13, WhatMayNotHaveArrivedIsNotHeldAgainstTheReceiver) {
  EXPECT_EQ(connection_findings(greeted().client(ping('p')).later(11s).server(ping_ack('p'))), nothing());
  for (Conversation gone : {greeted().client(ping('p')).later(20s).client_closes(),
                            greeted().client(ping('p')).later(1s).crossing().server(window_update(0)).later(20s).client_closes()}) {
    EXPECT_EQ(connection_findings(gone), of("CN16", findings(gone)));
    EXPECT_EQ(outcome(gone, "CN13"), "not-observed");  // it would be a warning at most, on which no verdict hangs
  }
}

TEST(Cn13, TooEarlyToTell) {
  EXPECT_EQ(connection_findings(greeted().client(ping('p'))), nothing());
  EXPECT_EQ(outcome(greeted().client(ping('p')), "CN13"), "not-observed");
}

TEST(Cn13, SomethingNewerAcknowledgedMakesItAnError) {
  Conversation late = greeted();
  late.client(ping('p'), ping('q')).server(ping_ack('q')).later(11s).server(ping_ack('p'));
  EXPECT_EQ(connection_findings(late), only("CN13 error"));
  Conversation missing = greeted();
  missing.client(ping('p'), settings()).server(settings_ack()).later(11s).server_acks();
  EXPECT_EQ(connection_findings(missing), only("CN13 error"));
}

TEST(Cn13, WhatWasSentAfterAnAcknowledgementOfSomethingNewer) {
  Conversation c = greeted();
  c.client(ping('p'), ping('q')).server(ping_ack('q')).client(ping('r')).server(ping_ack('r'));
  EXPECT_EQ(connection_findings(c), only("CN13 error"));
  EXPECT_EQ(connection_findings(c.server(ping_ack('p'))), only("CN13 error"));
}

// gRPC C-core writes the ACK of SETTINGS first, then those of PING.
TEST(Cn13, TheAcknowledgementOfSettingsMayOvertake) {
  EXPECT_EQ(connection_findings(greeted().client(ping('p'), settings()).server(settings_ack(), ping_ack('p'))), nothing());
}

TEST(Cn13, AnUnsolicitedOneIsAWarning) {
  EXPECT_EQ(connection_findings(greeted().client(ping('p')).server(ping_ack('q'), ping_ack('p'))), only("CN13 warning"));
  EXPECT_EQ(connection_findings(greeted().client(ping('p')).server(ping_ack('p'), ping_ack('p'))), only("CN13 warning"));
  Conversation unseen = greeted();
  unseen.acking(1000).server(ping_ack('p'));
  EXPECT_EQ(connection_findings(unseen), nothing());
  EXPECT_EQ(outcome(unseen, "CN13"), "not-judgeable");
}

TEST(Cn13, SeveralThatLookAlike) {
  Conversation c = greeted();
  c.client(ping('0')).server(ping_ack('0')).client(ping('0'), ping('0')).server(ping_ack('0'), ping_ack('0'));
  EXPECT_EQ(connection_findings(c), nothing());
}

// Cn10: PING → lost: CN13 for it.
TEST(Cn13, AMalformedPingIsNotWaitedFor) {
  Conversation c = greeted();
  c.client(frame(http2::FrameType::Ping, 0, 0, "short")).server(ping_ack('p')).later(20s).server_acks();
  EXPECT_EQ(connection_findings(c), only("CN10 error"));
  EXPECT_EQ(outcome(c, "CN13"), "not-judgeable");
}

TEST(Cn13, AFloodOfPingsIsNotJudgeable) {
  Limits limits;
  limits.pending_settings_max = 10;
  Conversation c = greeted();
  for (int i = 0; i < 20; ++i) c.client(ping('p'));
  for (int i = 0; i < 20; ++i) c.server(ping_ack('p'));
  EXPECT_EQ(connection_findings(c), nothing());
  EXPECT_EQ(connection_findings(c, limits), nothing());
  EXPECT_EQ(outcome(c, "CN13", limits), "not-judgeable");
}

}  // namespace
}  // namespace testigo::check
