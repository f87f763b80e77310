#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

using Names = std::vector<std::string>;

Conversation& pinged(Conversation& c) { return c.client(ping('\0')).server(ping_ack('\0')); }  // the payload never decides

TEST(Bh01, PingsAreTenSecondsApart) {
  Conversation c = greeted();
  for (int i = 0; i < 3; ++i) pinged(c).later(5s);
  EXPECT_EQ(of("BH01", findings(c)), nothing());
  EXPECT_EQ(outcome(c, "BH01"), "not-observed");
  EXPECT_EQ(of("BH01", findings(pinged(c))), only("BH01 warning"));
  Conversation slow = greeted();
  pinged(slow).later(10s);
  EXPECT_EQ(findings(pinged(slow)), nothing());
  EXPECT_EQ(outcome(slow, "BH01"), "pass");
}

// "PINGs have other uses": a keepalive timer goes off after the same time.
TEST(Bh01, PingsAtOddTimesAreNoKeepalive) {
  Conversation c = greeted();
  for (const Duration apart : {5s, 1s, 5s, 3s, 8s}) pinged(c).later(apart);
  EXPECT_EQ(of("BH01", findings(pinged(c))), nothing());
}

TEST(Bh01, JitterIsAShareOfTheTime) {
  Conversation odd = greeted(), regular = greeted();
  for (const Duration apart : {10ms, 300ms, 120ms, 450ms, 300ms, 390ms}) pinged(odd).later(apart);
  EXPECT_EQ(of("BH01", findings(pinged(odd))), nothing());
  for (const Duration apart : {300ms, 320ms, 290ms}) pinged(regular).later(apart);
  EXPECT_EQ(of("BH01", findings(pinged(regular))), only("BH01 warning"));
}

TEST(Bh01, ABurstIsNoKeepalive) {
  for (const Duration apart : {0ms, 1ms}) {
    Conversation c = greeted();
    for (int i = 0; i < 50; ++i) pinged(c).later(apart);
    EXPECT_EQ(of("BH01", findings(c)), nothing());
  }
}

// "PINGs have other uses": C-core and grpc-go measure the bandwidth.
TEST(Bh01, WhatWasReceivedExcusesAPing) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), end_of_data(1)).server(headers(1, response_fields()));
  for (int i = 0; i < 5; ++i) pinged(c).server(message(1, "x"));
  EXPECT_EQ(findings(c), nothing());
}

TEST(Bh01, WhatMayHaveBeenReceivedUnseenDoes) {
  Conversation c = greeted();
  pinged(c).acking(100'000);
  EXPECT_EQ(findings(pinged(c)), nothing());
  EXPECT_EQ(outcome(c, "BH01"), "not-judgeable");
}

TEST(Bh01, PingsOfTheServerAreItsOwn) {
  Conversation c = greeted();
  for (int i = 0; i < 5; ++i) c.server(ping('s')).client(ping_ack('s'));
  EXPECT_EQ(findings(c), nothing());
}

// One PING is permitted, three are strikes.
TEST(Bh02, TheThirdStrikeIsForetoldOnce) {
  Conversation c = greeted();
  for (int i = 0; i < 3; ++i) pinged(c).later(20s);
  EXPECT_EQ(findings(c), nothing());
  for (int i = 0; i < 5; ++i) pinged(c).later(20s);
  EXPECT_EQ(findings(c), only("BH02 info"));
}

TEST(Bh02, WhileCallsAreOpenFiveMinutesSuffice) {
  Conversation idle = greeted(), active = greeted();
  active.client(headers(1, request_fields()));
  for (Conversation* c : {&idle, &active}) {
    for (int i = 0; i < 5; ++i) pinged(*c).later(5min);
  }
  EXPECT_EQ(findings(idle), only("BH02 info"));
  EXPECT_EQ(findings(active), nothing());
}

TEST(Bh02, AReplyWipesTheStrikesOut) {
  Conversation c = greeted();
  for (call::StreamId id = 1; id < 21; id += 2) pinged(pinged(c).later(20s)).later(20s).call({.stream = id});
  EXPECT_EQ(findings(c), nothing());
}

Part calm_down() {
  const std::string payload("\0\0\0\0\0\0\0\x0btoo_many_pings", 22);
  return frame(http2::FrameType::Goaway, 0, 0, payload);
}

TEST(Bh03, TheServerClosesAtOnce) {
  Conversation slow = greeted();
  pinged(slow).server(calm_down());
  Conversation soon = slow;
  Conversation patient = slow;
  EXPECT_EQ(findings(slow.later(5s).server_closes()), only("BH03 warning"));
  EXPECT_EQ(findings(patient.later(1002ms).server_closes()), nothing());  // grpc-go
  EXPECT_EQ(findings(soon.server_closes()), nothing());
  EXPECT_EQ(outcome(soon, "BH03"), "pass");
}

TEST(Bh04, ADeadConnectionIsNotUsedOn) {
  Conversation used = greeted();
  used.client(ping('p')).later(25s);
  Conversation closed = used;
  EXPECT_EQ(of("BH", findings(used.client(headers(1, request_fields())))), only("BH04 info"));
  EXPECT_EQ(of("BH", findings(closed.client_closes())), nothing());
}

TEST(Bh04, AnyOctetShowsLife) {
  Conversation c = greeted();
  c.client(ping('p')).server(window_update(0)).later(60s).client(headers(1, request_fields()));
  EXPECT_EQ(of("BH", findings(c)), nothing());
  EXPECT_EQ(outcome(c, "BH04"), "pass");
  Conversation patient = greeted();
  patient.client(ping('p')).later(15s).client(headers(1, request_fields()));
  EXPECT_EQ(of("BH", findings(patient)), nothing());
}

}  // namespace
}  // namespace testigo::check
