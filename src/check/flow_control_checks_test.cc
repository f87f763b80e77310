#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

using call::StreamId;
using http2::FrameType;
using Names = std::vector<std::string>;

Part credit(StreamId stream, std::uint32_t octets) {
  std::vector<std::byte> payload;
  append_number(payload, octets, 4);
  return frame(FrameType::WindowUpdate, 0, stream, std::string(as_text(payload)));
}

Part initial_window(std::uint32_t octets) { return settings({{http2::kSettingInitialWindowSize, octets}}); }

// DATA of so many octets in frames that no receiver refuses.
Part much(StreamId stream, std::size_t octets) {
  return [=](http2::HpackEncoder& encoder, std::vector<std::byte>& out) {
    for (std::size_t left = octets; left > 0;) {
      const std::size_t size = std::min<std::size_t>(left, 16'384);
      data(stream, std::string(size, 'x'))(encoder, out);
      left -= size;
    }
  };
}

// No gRPC: the octets need be no messages.
Part ask(StreamId stream) { return headers(stream, without(with(request_fields(), "content-type", "text/plain"), "te")); }

Conversation asked(std::uint32_t server_window = 65'535) {
  Conversation c = greeted({{http2::kSettingInitialWindowSize, server_window}});
  return c.client(ask(1), ask(3));
}

constexpr std::uint32_t kPlenty = 10'000'000;

TEST(Fc01, TheWindowOfAStream) {
  EXPECT_EQ(findings(asked().server(credit(0, kPlenty)).client(much(1, 65'535))), nothing());
  EXPECT_EQ(findings(asked().server(credit(0, kPlenty)).client(much(1, 65'535), data(1, "x"))), only("FC01 error"));
  EXPECT_EQ(findings(asked().server(credit(0, kPlenty), credit(1, 1)).client(much(1, 65'535), data(1, "x"))), nothing());
  EXPECT_EQ(findings(asked().server(credit(0, kPlenty), credit(3, 1)).client(much(1, 65'535), data(1, "x"))), only("FC01 error"));
  EXPECT_EQ(findings(asked(10).client(data(1, "0123456789"))), nothing());
  EXPECT_EQ(findings(asked(10).client(data(1, "0123456789a"))), only("FC01 error"));
}

TEST(Fc01, EachDirectionHasItsOwn) {
  Conversation c = greeted({{http2::kSettingInitialWindowSize, 1}});
  c.client(ask(1), data(1, "x")).server(headers(1, response_fields()), data(1, "much more"));
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(findings(c.client(data(1, "y"))), only("FC01 error"));
}

TEST(Fc01, PaddingCounts) {
  EXPECT_EQ(findings(asked(4).client(frame(FrameType::Data, http2::kFlagPadded, 1, std::string("\3\0\0\0", 4)))), nothing());
  EXPECT_EQ(findings(asked(3).client(frame(FrameType::Data, http2::kFlagPadded, 1, std::string("\3\0\0\0", 4)))),
            only("FC01 error"));
}

TEST(Fc01, AnEmptyEndIsExempt) {
  EXPECT_EQ(findings(asked(1).client(data(1, "x"), end_of_data(1))), nothing());
  // 6.9.2: a negative window; "MUST NOT send new flow-controlled frames".
  Conversation negative = asked(5);
  negative.client(data(1, "12345")).server(initial_window(1)).client(settings_ack(), end_of_data(1));
  EXPECT_EQ(findings(negative), nothing());
  Conversation empty = asked(5);
  empty.client(data(1, "12345")).server(initial_window(1)).client(settings_ack(), data(1, ""));
  EXPECT_EQ(findings(empty), only("FC01 error"));
}

// RULE 1. .NET uses new credit before its SETTINGS ACK goes out.
TEST(Fc01, RaisingCountsFromReceipt) {
  EXPECT_EQ(findings(asked(1).server(initial_window(9)).client(data(1, "123456789"), settings_ack())), nothing());
}

TEST(Fc01, LoweringBindsFromTheAcknowledgement) {
  EXPECT_EQ(findings(asked(9).server(initial_window(1)).client(data(1, "123456789"), settings_ack())), nothing());
  EXPECT_EQ(findings(asked(9).server(initial_window(1)).client(settings_ack(), data(1, "12"))), only("FC01 error"));
}

// Section 6.9.2: the change applies to the streams that are open, by its difference.
TEST(Fc01, SettingsChangeOpenStreams) {
  Conversation c = asked(5);
  c.client(data(1, "12345")).server(initial_window(8)).client(settings_ack(), data(1, "678"));
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(findings(c.client(data(1, "9"))), only("FC01 error"));
}

TEST(Fc01, NotJudgeable) {
  EXPECT_EQ(findings(asked(1).acking(5000).client(data(1, "123"))), nothing());
  EXPECT_EQ(outcome(asked(1).acking(5000).client(data(1, "123")), "FC01"), "not-judgeable");
  const Conversation unreadable = asked(1).server(frame(FrameType::WindowUpdate, 0, 1, "x")).client(data(1, "123"));
  EXPECT_EQ(findings(unreadable), only("CN10 error"));
  for (const std::string_view id : {"FC01", "FC02"}) EXPECT_EQ(outcome(unreadable, id), "not-judgeable");
  const Conversation unknown = asked(1).server(initial_window(0xffff'ffff)).client(data(1, "123"));
  EXPECT_EQ(findings(unknown), (Names{"CN08 error", "FC04 error"}));
  EXPECT_EQ(outcome(unknown, "FC01"), "not-judgeable");
}

// What crosses a RST_STREAM goes to the window of the connection alone.
TEST(Fc01, ClosedStreamsHaveNoWindow) {
  Conversation c = asked(1);
  c.server(rst_stream(1)).crossing().client(data(1, "x"), data(1, "y"));
  EXPECT_EQ(findings(c), nothing());
  c.server(credit(1, 5)).client(rst_stream(3)).server(credit(3, 5));
  EXPECT_EQ(findings(c), only("ST06 warning"));
}

TEST(Fc02, TheWindowOfTheConnection) {
  EXPECT_EQ(findings(asked(kPlenty).client(much(1, 40'000), much(3, 25'535))), nothing());
  EXPECT_EQ(findings(asked(kPlenty).client(much(1, 40'000), much(3, 25'536))), only("FC02 error"));
  EXPECT_EQ(findings(asked(kPlenty).server(credit(0, 1)).client(much(1, 40'000), much(3, 25'536))), nothing());
  EXPECT_EQ(findings(asked(kPlenty).client(much(1, 65'535), end_of_data(1))), nothing());
}

TEST(Fc02, ClosedStreamsCountToo) {
  Conversation c = asked(kPlenty);
  c.client(much(1, 60'000)).server(rst_stream(1)).crossing().client(much(1, 5'535)).client(data(3, "x"));
  EXPECT_EQ(findings(c), only("FC02 error"));
}

TEST(Fc03, AtLeastOne) {
  EXPECT_EQ(findings(asked().server(credit(1, 0))), only("FC03 error"));
  EXPECT_EQ(findings(asked().server(credit(0, 0))), only("FC03 error"));
  EXPECT_EQ(findings(asked().server(credit(1, 1))), nothing());
}

// The client goes on, so that it has got what was sent, and ends its side.
Conversation goes_on(Conversation c) { return c.client(data(1, "x", EndStream::Yes), data(3, "x", EndStream::Yes)); }

TEST(Fc04, NoWindowOverflows) {
  EXPECT_EQ(findings(goes_on(asked().server(credit(0, 0x7fff'ffff - 65'535), credit(1, 0x7fff'ffff - 65'535)))), nothing());
  EXPECT_EQ(findings(goes_on(asked().server(credit(1, 0x7fff'ffff - 65'533)))), only("FC04 error"));
  EXPECT_EQ(findings(goes_on(asked().server(credit(0, 0x7fff'ffff - 65'530))).client_closes()), only("FC04 error"));
  // Credit for what came.
  const Conversation taken = asked(0x7fff'ffff).client(data(1, "12345"));
  EXPECT_EQ(findings(goes_on(Conversation(taken).server(credit(1, 5)))), nothing());
  EXPECT_EQ(findings(goes_on(Conversation(taken).server(credit(1, 7)))), only("FC04 error"));
}

TEST(Fc04, BySettings) {
  const Conversation raised = asked().server(credit(1, 1)).server(initial_window(0x7fff'ffff));
  EXPECT_EQ(findings(Conversation(raised).client(settings_ack())), only("FC04 error")) << "though no DATA follows";
  EXPECT_EQ(findings(Conversation(raised).client(settings_ack(), data(1, "x"))), only("FC04 error"));
  EXPECT_EQ(findings(asked().server(initial_window(0x7fff'ffff)).client(settings_ack(), data(1, "x"))), nothing());
  // Of a stream that the client has ended no window is left.
  EXPECT_EQ(findings(asked()
                         .client(data(1, "", EndStream::Yes))
                         .server(credit(1, 1))
                         .server(initial_window(0x7fff'ffff))
                         .client(settings_ack())),
            nothing());
}

// RFC 9113 section 6.9.1 speaks of the window of its sender, who may have sent DATA already that the other side had not got.
TEST(Fc04, WhatWasOnItsWayMakesRoom) {
  const auto crossed = [](Conversation c) { return c.acking(0).client(data(1, "12345")); };
  EXPECT_EQ(findings(crossed(asked(0x7fff'ffff).server(credit(1, 5)))), nothing());
  EXPECT_EQ(outcome(crossed(asked(0x7fff'ffff).server(credit(1, 5))), "FC04"), "pass");
  EXPECT_EQ(findings(goes_on(crossed(asked(0x7fff'ffff).server(credit(1, 7))))), only("FC04 error"));
  EXPECT_EQ(findings(crossed(asked().server(credit(1, 5)).server(initial_window(0x7fff'ffff))).client(settings_ack())), nothing());
  EXPECT_EQ(findings(crossed(asked().server(credit(1, 6)).server(initial_window(0x7fff'ffff))).client(settings_ack())),
            only("FC04 error"));
}

TEST(Fc04, NotJudgeableWhereDataMayHaveCrossed) {
  const Conversation c = asked(0x7fff'ffff).server(credit(1, 5));
  for (const Conversation& open : {c, Conversation(c).client(data(1, "12345")), Conversation(c).client(rst_stream(1))}) {
    EXPECT_EQ(findings(open), nothing());
    EXPECT_EQ(outcome(open, "FC04"), "not-judgeable");
  }
}

// FC04 → lost: FC01 or FC02 for that window.
TEST(Fc04, AnOverflownWindowLimitsNothing) {
  Conversation c = asked();
  c.server(credit(0, 0x7fff'ffff)).server(settings()).client(settings_ack(), much(1, 30'000));
  EXPECT_EQ(findings(c), only("FC04 error"));
  EXPECT_EQ(outcome(c, "FC02"), "not-judgeable");
  EXPECT_EQ(outcome(c, "FC01"), "pass");
}

TEST(Fc04, NotJudgeableWhileDataIsUnseen) {
  const Conversation c = asked(0x7fff'ffff).acking(5000).server(credit(1, 5));
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "FC04"), "not-judgeable");
}

TEST(Fc05, WhoseTurnItIs) {
  const auto waiting = [](Duration wait) { return asked(5).client(data(1, "12345")).later(wait).server(credit(1, 5)); };
  EXPECT_EQ(findings(waiting(500ms)), nothing());
  EXPECT_EQ(outcome(waiting(500ms), "FC05"), "pass");
  EXPECT_EQ(findings(waiting(2s)), only("FC05 info"));
  EXPECT_THAT(tally(waiting(2s)).findings[0].text,
              ::testing::HasSubstr("stream 1 was empty for 2 s: it was for the server to give credit"));
}

TEST(Fc05, TheWindowOfTheConnection) {
  Conversation c = asked(kPlenty);
  c.client(much(1, 65'535)).later(2s).server(credit(1, 5)).later(1s).server(credit(0, 5));
  EXPECT_EQ(findings(c), only("FC05 info"));
  EXPECT_THAT(tally(c).findings[0].text, ::testing::HasSubstr("the window of the connection was empty for 3 s"));
}

TEST(Fc05, NeverRelieved) {
  Conversation c = asked(5);
  c.client(data(1, "12345")).later(2s).client_acks();
  EXPECT_EQ(findings(c), only("FC05 info"));
  EXPECT_EQ(findings(asked(5).client(data(1, "12345")).later(2s).client(rst_stream(1))), only("FC05 info"));
}

TEST(Fc05, WhoHasNothingToSayDoesNotWait) {
  EXPECT_EQ(findings(asked(5).client(data(1, "12345", EndStream::Yes)).later(2s).server(credit(1, 5))), nothing());
  EXPECT_EQ(findings(asked(5).client(data(1, "12345"), end_of_data(1)).later(2s).server(credit(1, 5))), nothing());
}

// A call of 1000 octets after the other, of which the server returns so many.
Conversation returning(std::uint32_t octets, int calls) {
  Conversation c = greeted();
  for (int i = 0; i < calls; ++i) {
    const auto id = static_cast<StreamId>(2 * i + 1);
    c.client(ask(id), much(id, 1000), rst_stream(id)).server(credit(0, octets));
  }
  return c;
}

TEST(Fc06, CreditComesBack) {
  EXPECT_EQ(findings(returning(1000, 110)), nothing());
  EXPECT_EQ(outcome(returning(1000, 110), "FC06"), "pass");
  EXPECT_EQ(findings(returning(500, 110)), only("FC06 info"));
}

// Most receivers return credit in portions.
TEST(Fc06, PortionsAreNoDrift) {
  Conversation c = greeted();
  for (int i = 0; i < 200; ++i) {
    const auto id = static_cast<StreamId>(2 * i + 1);
    c.client(ask(id), much(id, 10'000), rst_stream(id));
    if (i % 3 == 2) c.server(credit(0, 30'000));
  }
  EXPECT_EQ(findings(c), nothing());
}

// CN07: it is none.
TEST(FlowControl, StreamZeroIsNotFollowed) {
  Conversation c = greeted();
  c.client(headers(0, request_fields(), EndStream::Yes), rst_stream(0)).call();
  EXPECT_EQ(outcome(c, "FC01"), "pass");
}

TEST(FlowControl, MoreStreamsThanAreFollowed) {
  Limits limits;
  limits.streams_max = 1000;
  Conversation c = greeted();
  for (StreamId id = 1; id < 5000; id += 2) c.client(ask(id), data(id, "x"));
  EXPECT_EQ(findings(c, limits), nothing());
  EXPECT_EQ(outcome(c, "FC01", limits), "not-judgeable");
}

}  // namespace
}  // namespace testigo::check
