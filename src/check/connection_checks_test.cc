#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

using Names = std::vector<std::string>;

constexpr std::uint8_t kAck = http2::kFlagAck;

TEST(Cn01, ThePreface) {
  EXPECT_EQ(findings(greeted()), nothing());
  EXPECT_EQ(findings(Conversation().client(octets("GET / HTTP/1.1\r\n\r\n"))), only("CN01 error"));
  EXPECT_EQ(findings(Conversation().client(octets("PRI * HTTP/2.0\r\n\r\nSM\r\n\nx"), settings())), only("CN01 error"));
  EXPECT_EQ(outcome(Conversation().client(octets("PRI * HTTP")), "CN01"), "not-observed");
}

TEST(Cn01, EverythingElseIsLost) {
  Conversation c;
  c.client(octets("GET / HTTP/1.1\r\n\r\n")).server(goaway(0), settings_ack()).server_closes();
  EXPECT_EQ(findings(c), only("CN01 error"));
  EXPECT_EQ(outcome(c, "CN03"), "not-judgeable");
  EXPECT_EQ(tally(c).findings[0].text, "the client's first octets are \"GET\" and 15 octets more");
}

TEST(Cn02, TheClientBeginsWithSettings) {
  Conversation c;
  c.client(preface(), window_update(0), settings()).server(settings(), settings_ack()).client(settings_ack());
  EXPECT_EQ(findings(c), only("CN02 error"));
  Conversation on_stream;
  on_stream.client(preface(), frame(http2::FrameType::Settings, 0, 1, ""))
      .server(settings(), settings_ack())
      .client(settings_ack());
  EXPECT_EQ(findings(on_stream), (Names{"CN02 error", "CN07 error"}));
  Conversation ack;
  ack.server(settings()).client(preface(), settings_ack(), settings()).server(settings_ack());
  EXPECT_EQ(findings(ack), only("CN02 error"));
}

TEST(Cn03, TheServerBeginsWithSettings) {
  Conversation c;
  c.client(preface(), settings()).server(settings_ack(), settings()).client(settings_ack());
  EXPECT_EQ(findings(c), only("CN03 error"));
  Conversation early;
  early.server(settings()).client(preface(), settings(), settings_ack()).server(settings_ack());
  EXPECT_EQ(findings(early), nothing());
}

TEST(Cn03, SomethingElseIsNoHttp2) {
  for (const std::string_view text : {"HTTP/1.1 400 Bad Request\r\n\r\n", "\x15\x03\x01\x00\x02\x02\x46", "SSH-2.0-OpenSSH\r\n"}) {
    Conversation c;
    c.client(preface(), settings()).later(11s).server(octets(text)).later(11s).server_closes();
    EXPECT_EQ(findings(c), only("CN03 error")) << text;
    EXPECT_EQ(outcome(c, "CN04"), "not-judgeable") << text;
  }
}

TEST(Cn04, LateOrMissingIsAWarning) {
  const auto acknowledged_after = [](Duration wait) {
    Conversation c = greeted();
    return c.server(settings()).client(window_update(0)).later(wait).client(settings_ack());
  };
  EXPECT_EQ(findings(acknowledged_after(9s)), nothing());
  EXPECT_EQ(findings(acknowledged_after(11s)), only("CN04 warning"));
  EXPECT_EQ(findings(greeted().server(settings()).client(window_update(0)).later(11s).client_acks()), only("CN04 warning"));
}

TEST(Cn04, WhoWasSendingMayHaveAnsweredInTime) {
  Conversation c = greeted().server(settings());
  for (int i = 0; i < 4; ++i) c.client(window_update(0)).later(4s);
  Conversation never = c;
  EXPECT_EQ(findings(c.client(settings_ack())), only("CN04 info"));
  EXPECT_EQ(findings(never.client_acks()), only("CN04 info"));
}

// A host that is gone, or a network that is slow, is not its receiver.
TEST(Cn04, WhatMayNotHaveArrivedIsNotHeldAgainstTheReceiver) {
  EXPECT_EQ(findings(greeted().server(settings()).later(11s).client(settings_ack())), nothing());
  const Conversation gone = greeted().server(settings()).later(20s).server(goaway(1)).server_closes();
  EXPECT_EQ(findings(gone), nothing());
  EXPECT_EQ(outcome(gone, "CN04"), "pass");  // of the others: it would be a warning at most, on which no verdict hangs
}

// Nobody can say so soon that it would not have come.
TEST(Cn04, TooEarlyToTell) {
  Conversation c = greeted();
  c.call().server(settings(), goaway(1)).server_closes();
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "CN04"), "pass");
  EXPECT_EQ(outcome(Conversation().client(preface(), settings()), "CN04"), "not-observed");
}

TEST(Cn04, TwoPingsAcknowledgedOneAfterTheOtherMakeItAnError) {
  const auto asked_twice = [] {
    Conversation c = greeted();
    return c.server(settings(), ping('p')).client(ping_ack('p')).server(ping('q')).client(ping_ack('q'));
  };
  EXPECT_EQ(findings(asked_twice()), only("CN04 error"));
  EXPECT_EQ(findings(asked_twice().client(settings_ack())), only("CN04 error"));
}

// RFC 9113 6.7: PING responses SHOULD be given higher priority than any other frame. So does gRPC C-core.
TEST(Cn04, TheAcknowledgementOfAPingMayOvertake) {
  EXPECT_EQ(findings(greeted().server(settings(), ping('p')).client(settings_ack(), ping_ack('p'))), nothing());
  EXPECT_EQ(findings(greeted().server(settings(), ping('p')).client(ping_ack('p'), settings_ack())), nothing());
  EXPECT_EQ(findings(greeted().server(settings(), ping('p'), ping('q')).client(ping_ack('p'), ping_ack('q'), settings_ack())),
            nothing());
  EXPECT_EQ(
      findings(
          greeted().server(settings(), ping('p')).client(ping_ack('p'), settings_ack()).server(ping('q')).client(ping_ack('q'))),
      nothing());
}

TEST(Cn04, AnOlderPingProvesNothing) {
  EXPECT_EQ(findings(greeted().server(ping('p'), settings()).client(ping_ack('p'))), nothing());
  // The ACK may be that of the first of two that look alike: C-core and grpc-go send zeros.
  EXPECT_EQ(findings(greeted().server(ping('0'), settings(), ping('0')).client(ping_ack('0'))), nothing());
  EXPECT_EQ(findings(greeted().server(ping('0'), settings(), ping('0')).client(ping_ack('0'), ping_ack('0'))), nothing());
  EXPECT_EQ(findings(greeted()
                         .server(ping('0'), settings(), ping('0'))
                         .client(ping_ack('0'), ping_ack('0'))
                         .server(ping('0'))
                         .client(ping_ack('0'))),
            only("CN04 error"));
}

TEST(Cn05, AnAcknowledgementIsEmpty) {
  const Conversation c =
      greeted().server(settings()).client(frame(http2::FrameType::Settings, kAck, 0, std::string("\0\3\0\0\0\1", 6)));
  EXPECT_EQ(findings(c), only("CN05 error"));
  EXPECT_EQ(findings(greeted().server(settings()).client(frame(http2::FrameType::Settings, kAck, 0, "x"))),
            (Names{"CN05 error", "CN06 error"}));
}

TEST(Cn05, AnUnsolicitedOneIsAWarning) {
  EXPECT_EQ(findings(greeted().client(settings_ack())), only("CN05 warning"));
  EXPECT_EQ(findings(greeted().server(settings()).client(settings_ack())), nothing());
}

// RULE 0: what it answers may be among what its sender had received and we had not.
TEST(Cn05, NotJudgedWhileOctetsAreAcknowledgedThatWereNotSeen) {
  const Conversation c = greeted().acking(1000).client(settings_ack());
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "CN05"), "not-judgeable");
}

// Cn06 → lost: CN04 for that frame.
TEST(Cn04, MalformedSettingsAreNotWaitedFor) {
  const Conversation c = greeted().server(frame(http2::FrameType::Settings, 0, 0, "abc")).later(20s).client(settings_ack());
  EXPECT_EQ(findings(c), only("CN06 error"));
  EXPECT_EQ(outcome(c, "CN04"), "not-judgeable");
}

TEST(Cn04, AFloodOfSettingsIsNotJudgeable) {
  Limits limits;
  limits.pending_settings_max = 10;
  Conversation c = greeted();
  for (int i = 0; i < 20; ++i) c.server(settings());
  for (int i = 0; i < 20; ++i) c.client(settings_ack());
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(findings(c, limits), nothing());
  EXPECT_EQ(outcome(c, "CN05", limits), "not-judgeable");
}

}  // namespace
}  // namespace testigo::check
