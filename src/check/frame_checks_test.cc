#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using http2::FrameType;
using Names = std::vector<std::string>;

constexpr std::uint8_t kAck = http2::kFlagAck;

Conversation asked() {
  Conversation c = greeted();
  return c.client(headers(1, request_fields()));
}

TEST(Cn06, SettingsAreOfSixOctetsEach) {
  EXPECT_EQ(findings(greeted().server(frame(FrameType::Settings, 0, 0, "abc"))), only("CN06 error"));
  EXPECT_EQ(findings(greeted().server(settings({{1, 1}, {2, 0}}))), nothing());
  // An ACK of such a length → CN05.
  EXPECT_EQ(findings(greeted().server(settings()).client(frame(FrameType::Settings, kAck, 0, "abc"))),
            (Names{"CN05 error", "CN06 error"}));
}

TEST(Cn07, WhatConcernsTheConnectionStandsOnStreamZero) {
  EXPECT_EQ(findings(asked().server(frame(FrameType::Settings, 0, 1, ""))), only("CN07 error"));
  EXPECT_EQ(findings(asked().server(frame(FrameType::Ping, 0, 1, "12345678"))), only("CN07 error"));
  EXPECT_EQ(findings(asked().server(frame(FrameType::Goaway, 0, 1, std::string(8, '\0')))), only("CN07 error"));
}

TEST(Cn07, WhatConcernsAStreamDoesNot) {
  for (const FrameType type : {FrameType::Data, FrameType::Priority, FrameType::RstStream, FrameType::PushPromise}) {
    const std::string payload(type == FrameType::RstStream ? 4 : 5, '\0');
    EXPECT_EQ(findings(asked().server(frame(type, http2::kFlagEndHeaders, 0, payload))).front(), "CN07 error");
  }
  EXPECT_EQ(findings(asked().client(data(0, "x"))), only("CN07 error"));
  EXPECT_EQ(findings(asked().client(window_update(0), window_update(1))), nothing());
  EXPECT_EQ(findings(asked().client(frame(static_cast<FrameType>(0x2f), 0, 0, ""))), nothing());  // unknown ones stand anywhere
}

std::string octets_of(std::size_t size) { return std::string(size, 'x'); }

TEST(Cn09, SixteenThousandUntilAnnouncedOtherwise) {
  EXPECT_EQ(findings(asked().client(data(1, octets_of(16'384)))), nothing());
  EXPECT_EQ(findings(asked().client(data(1, octets_of(16'385)))), only("CN09 error"));
  EXPECT_EQ(findings(asked().server(frame(FrameType::Goaway, 0, 0, std::string(20'000, '\0')))), only("CN09 error"));
}

Conversation with_frames_of(std::uint32_t octets) {
  Conversation c = greeted({{http2::kSettingMaxFrameSize, octets}});
  return c.client(headers(1, request_fields()));
}

// gRPC C-core announces 4 MiB in its first SETTINGS.
TEST(Cn09, TheLimitIsTheReceivers) {
  EXPECT_EQ(findings(with_frames_of(4'194'303).client(data(1, octets_of(40'000)))), nothing());
  EXPECT_EQ(findings(with_frames_of(4'194'303).server(frame(static_cast<FrameType>(0x2f), 0, 0, octets_of(40'000)))),
            only("CN09 error"));
}

// RULE 1.
TEST(Cn09, RaisingCountsFromReceiptAndLoweringFromTheAcknowledgement) {
  Conversation raised = asked();
  raised.server(settings({{http2::kSettingMaxFrameSize, 20'000}})).client(data(1, octets_of(20'000)), settings_ack());
  EXPECT_EQ(findings(raised), nothing());
  Conversation lowered = with_frames_of(20'000);
  lowered.server(settings({{http2::kSettingMaxFrameSize, 16'384}})).client(data(1, octets_of(20'000)), settings_ack());
  EXPECT_EQ(findings(lowered), nothing());
  EXPECT_EQ(findings(lowered.client(data(1, octets_of(20'000)))), only("CN09 error"));
}

TEST(Cn09, NotJudgeable) {
  Conversation unseen = asked();
  unseen.acking(1000).client(data(1, octets_of(20'000)));
  EXPECT_EQ(findings(unseen), nothing());
  EXPECT_EQ(outcome(unseen, "CN09"), "not-judgeable");
  Conversation late = asked();
  late.not_from_start().client(data(1, octets_of(20'000)));
  EXPECT_EQ(findings(late), nothing());
  Conversation unreadable = asked();
  unreadable.server(frame(FrameType::Settings, 0, 0, "abc")).client(data(1, octets_of(20'000)));
  EXPECT_EQ(findings(unreadable), only("CN06 error"));
  EXPECT_EQ(outcome(unreadable, "CN09"), "not-judgeable");
}

TEST(Cn10, FixedSizes) {
  EXPECT_EQ(findings(asked().client(frame(FrameType::Priority, 0, 1, "1234"))), only("CN10 error"));
  EXPECT_EQ(of("CN", findings(asked().client(frame(FrameType::RstStream, 0, 1, "123")))), only("CN10 error"));  // SD02, too
  EXPECT_EQ(findings(asked().client(frame(FrameType::Ping, 0, 0, "1234567"))), only("CN10 error"));
  EXPECT_EQ(findings(asked().client(frame(FrameType::WindowUpdate, 0, 1, "12345"))), only("CN10 error"));
  EXPECT_EQ(findings(asked().client(frame(FrameType::Goaway, 0, 0, "1234567"))), only("CN10 error"));
  EXPECT_EQ(findings(asked().client(priority(1), ping('p'), window_update(1), rst_stream(1)).server(ping_ack('p'))), nothing());
}

// Section 4.2: "too small to contain mandatory frame data".
TEST(Cn10, TooShortForItsFields) {
  EXPECT_EQ(findings(asked().client(frame(FrameType::Data, http2::kFlagPadded, 1, ""))), only("CN10 error"));
  EXPECT_EQ(findings(asked().server(frame(FrameType::PushPromise, http2::kFlagEndHeaders, 1, "123"))), only("CN10 error"));
}

TEST(Cn11, PaddingFits) {
  EXPECT_EQ(findings(asked().client(frame(FrameType::Data, http2::kFlagPadded, 1, std::string("\3x\0\0\0", 5)))), nothing());
  EXPECT_EQ(findings(asked().client(frame(FrameType::Data, http2::kFlagPadded, 1, std::string("\3\0\0\0", 4)))), nothing());
  EXPECT_EQ(findings(asked().client(frame(FrameType::Data, http2::kFlagPadded, 1, std::string("\4\0\0\0", 4)))),
            only("CN11 error"));
}

TEST(Cn11, PaddingThatIsNotZeroIsAWarning) {
  EXPECT_EQ(findings(asked().client(frame(FrameType::Data, http2::kFlagPadded, 1, std::string("\3x\0y\0", 5)))),
            only("CN11 warning"));
}

TEST(Cn12, UnusedFlags) {
  EXPECT_EQ(findings(asked().client(frame(FrameType::Data, 0x02, 1, "x"))), only("CN12 warning"));
  EXPECT_EQ(findings(asked().client(frame(FrameType::WindowUpdate, 0x01, 1, std::string("\0\0\0\1", 4)))), only("CN12 warning"));
  EXPECT_EQ(findings(asked().client(frame(static_cast<FrameType>(0x2f), 0xff, 1, "x"))), nothing());
}

TEST(Cn12, TheReservedBit) {
  EXPECT_EQ(findings(asked().client(octets(std::string("\0\0\1\0\0\x80\0\0\1x", 10)))), only("CN12 warning"));
}

TEST(St08, AHeaderBlockIsNotInterrupted) {
  EXPECT_EQ(findings(greeted().client(headers_in_pieces(1, request_fields()))), nothing());
  EXPECT_EQ(findings(greeted().client(headers_begun(1, request_fields()), ping('p')).server(ping_ack('p'))), only("ST08 error"));
  EXPECT_EQ(findings(greeted().client(headers_begun(1, request_fields()), frame(FrameType::Continuation, 0x04, 3, ""))),
            only("ST08 error"));
  // Frames of the other direction do not interrupt it.
  Conversation both = greeted();
  both.client(headers_begun(1, request_fields())).server(ping('p')).client(frame(FrameType::Continuation, 0x04, 1, ""));
  EXPECT_EQ(findings(both), nothing());
}

TEST(St08, WhatIsLeftOfABrokenBlockIsNotToldAgain) {
  Conversation c = greeted();
  c.client(headers_begun(1, request_fields()), ping('p')).server(ping_ack('p'));
  c.client(frame(FrameType::Continuation, 0, 1, "x"), frame(FrameType::Continuation, 0x04, 1, "y"));
  EXPECT_EQ(findings(c), only("ST08 error"));
  EXPECT_EQ(findings(c.client(frame(FrameType::Continuation, 0x04, 1, "z"))), (Names{"ST08 error", "ST08 error"}));
}

TEST(St08, AnOrphan) {
  EXPECT_EQ(findings(asked().client(frame(FrameType::Continuation, 0x04, 1, ""))), only("ST08 error"));
  Conversation gap = asked();
  gap.lost(10).client(frame(FrameType::Continuation, 0x04, 1, ""));
  EXPECT_EQ(findings(gap), nothing());
}

}  // namespace
}  // namespace testigo::check
