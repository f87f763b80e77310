#include "wire/rpc/message_decoder.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace testigo::rpc {
namespace {

struct Kept {
  int flag;
  std::uint32_t length;
  std::string octets;
  friend bool operator==(const Kept&, const Kept&) = default;
};

// Feeds `octets` in pieces of `cut` octets (0: whole) and collects what comes out.
std::vector<Kept> decode(Bytes octets, std::size_t cut, std::uint64_t* pending = nullptr, Limits limits = {}) {
  MessageBytes held;
  MessageDecoder decoder(limits, held);
  std::vector<Kept> messages;
  for (std::size_t at = 0; at < octets.size();) {
    const std::size_t size = cut == 0 ? octets.size() : std::min(cut, octets.size() - at);
    decoder.feed(octets.subspan(at, size));
    Message message;
    while (decoder.next(message) == Decoded::Done) {
      messages.push_back({message.flag, message.length, std::string(as_text(message.octets))});
    }
    at += size;
  }
  if (pending != nullptr) *pending = decoder.pending();
  return messages;
}

TEST(MessageDecoder, ReadsMessagesHoweverTheyAreCut) {
  const auto octets = from_hex(
      "00 00000000"         // empty
      "00 00000003 616263"  // abc
      "01 00000001 7a"      // compressed
      "07 00000002 7879"    // a flag that the specification does not know is kept
      "00 00000004 70");    // not whole
  const std::vector<Kept> expected = {{0, 0, ""}, {0, 3, "abc"}, {1, 1, "z"}, {7, 2, "xy"}};
  for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
    std::uint64_t pending = 0;
    EXPECT_EQ(decode(octets, cut, &pending), expected) << "cut " << cut;
    EXPECT_EQ(pending, 6u) << "cut " << cut;
  }
}

TEST(MessageDecoder, KeepsTheFirstOctetsAndCountsTheRest) {
  std::vector<std::byte> octets = from_hex("00 00000064");
  octets.resize(octets.size() + 100, std::byte{'x'});
  append(octets, from_hex("00 00000001 79"));
  Limits limits;
  limits.message_bytes_kept = 10;
  const std::vector<Kept> expected = {{0, 100, "xxxxxxxxxx"}, {0, 1, "y"}};
  for (const std::size_t cut : {0u, 1u, 3u, 7u, 104u, 105u, 106u}) EXPECT_EQ(decode(octets, cut, nullptr, limits), expected) << cut;
}

TEST(MessageDecoder, KeepsMoreOfCompressedOnes) {
  std::vector<std::byte> octets = from_hex("01 00000064");
  octets.resize(octets.size() + 100, std::byte{'x'});
  append(octets, from_hex("00 0000000b 7979797979797979797979"));
  Limits limits;
  limits.message_bytes_kept = 10;
  for (const std::size_t kept : {5u, 99u, 100u}) {
    limits.whole_message_bytes_kept = kept;
    const std::vector<Kept> expected = {{1, 100, std::string(std::max<std::size_t>(kept, 10), 'x')}, {0, 11, std::string(10, 'y')}};
    for (const std::size_t cut : {0u, 1u, 3u, 7u, 104u, 105u, 106u})
      EXPECT_EQ(decode(octets, cut, nullptr, limits), expected) << cut;
  }
}

TEST(MessageDecoder, WhatAllHoldTogetherIsBounded) {
  Limits limits;
  limits.message_bytes_kept_all = 30;
  MessageBytes all;
  const auto begin = [&](MessageDecoder& decoder) {
    static const auto kHalf = from_hex("00 00000014 0102030405060708090a");
    Message message;
    decoder.feed(kHalf);
    EXPECT_EQ(decoder.next(message), Decoded::NeedMore);
    all.counted = all.held;
  };
  const auto end = [&](MessageDecoder& decoder) {
    static const auto kHalf = from_hex("0b0c0d0e0f1011121314");
    Message message;
    decoder.feed(kHalf);
    EXPECT_EQ(decoder.next(message), Decoded::Done);
    EXPECT_EQ(message.length, 20u);
    EXPECT_EQ(message.crowded_out, !message.whole());
    all.counted = all.held;
    return message.octets.size();
  };
  {
    MessageDecoder first(limits, all), second(limits, all);
    begin(first);
    begin(second);
    EXPECT_EQ(all.held, 30u);
    EXPECT_EQ(end(first), 10u);
    EXPECT_EQ(end(second), 10u);
    begin(first);  // what it held is its own
    EXPECT_EQ(end(first), 10u);
    EXPECT_EQ(all.held, 30u);
  }
  EXPECT_EQ(all.held, 0u);
  all.counted = 0;
  MessageDecoder alone(limits, all);
  begin(alone);
  EXPECT_EQ(end(alone), 20u);
}

TEST(MessageDecoder, ALengthOfFourGigabytesAllocatesNothing) {
  std::uint64_t pending = 0;
  EXPECT_TRUE(decode(from_hex("00 ffffffff 6162"), 0, &pending).empty());
  EXPECT_EQ(pending, 7u);
}

TEST(MessageDecoder, OctetsThatWereNotSeenCutTheirMessageOnly) {
  MessageBytes held;
  MessageDecoder decoder({}, held);
  Message message;
  const auto feed = [&](std::string_view digits) {
    static std::vector<std::byte> octets;
    octets = from_hex(digits);
    decoder.feed(octets);
    return decoder.next(message);
  };
  EXPECT_FALSE(decoder.lose(1));  // a prefix would be among them
  EXPECT_EQ(feed("00 00000006 6162"), Decoded::NeedMore);
  EXPECT_FALSE(decoder.lose(5));
  EXPECT_TRUE(decoder.lose(3));
  EXPECT_EQ(decoder.next(message), Decoded::NeedMore);
  EXPECT_EQ(feed("66 00 00000001 7a"), Decoded::Done);
  EXPECT_EQ(message.lost, 3u);
  EXPECT_EQ(as_text(message.octets), "ab");
  EXPECT_FALSE(message.whole());
  EXPECT_EQ(decoder.next(message), Decoded::Done);
  EXPECT_EQ(message.lost, 0u);
  EXPECT_EQ(as_text(message.octets), "z");
  EXPECT_EQ(feed("00 00000002"), Decoded::NeedMore);
  EXPECT_TRUE(decoder.lose(2));  // all of it
  EXPECT_EQ(decoder.next(message), Decoded::Done);
  EXPECT_EQ(message.lost, 2u);
  EXPECT_EQ(message.length, 2u);
}

}  // namespace
}  // namespace testigo::rpc
