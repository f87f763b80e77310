#include "wire/http2/frame_resync.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/testing/several_ways.h"
#include "wire/http2/frame_encoder.h"

namespace testigo::http2 {
namespace {

using Octets = std::vector<std::byte>;

Octets frame(FrameType type, std::uint8_t flags, StreamId stream, std::size_t length, std::byte fill = std::byte{0x82}) {
  Octets octets;
  append_number(octets, length, 3);
  append_number(octets, static_cast<std::uint64_t>(type), 1);
  append_number(octets, flags, 1);
  append_number(octets, stream, 4);
  octets.insert(octets.end(), length, fill);
  return octets;
}

Octets call(StreamId stream) {
  Octets octets = frame(FrameType::Headers, kFlagEndHeaders, stream, 20, std::byte{0xbe});
  append(octets, frame(FrameType::Data, kFlagEndStream, stream, 15, std::byte{'x'}));
  return octets;
}

Octets calls(StreamId first, int count) {
  Octets octets;
  for (int i = 0; i < count; ++i) append(octets, call(first + 2 * static_cast<StreamId>(i)));
  return octets;
}

struct Found {
  bool found = false;
  std::uint64_t offset = 0;
  FrameResync::PassedOver passed;
  friend bool operator==(const Found&, const Found&) = default;
};

Found find(Bytes octets, const FrameResync::Rules& rules = {}, const Limits& limits = {}) {
  const auto feed = [&](testing::Cuts& cuts) {
    FrameResync resync(rules, limits);
    std::size_t fed = 0;
    while (const auto piece = cuts.next()) {
      fed += piece->size();
      if (!resync.feed(*piece)) continue;
      const std::size_t from = std::min<std::size_t>(resync.offset(), fed);
      EXPECT_EQ(resync.octets(), octets.subspan(from, fed - from));
      EXPECT_EQ(resync.fed(), fed);
      return Found{true, resync.offset(), resync.passed_over()};
    }
    return Found{};
  };
  return testing::several_ways(octets, feed, 4);
}

constexpr FrameResync::Rules kSmall{100, 0};

TEST(FrameResync, FindsTheFirstFrameThatAllChainsHaveInCommon) {
  Octets octets(40, std::byte{'p'});  // the rest of a payload
  append(octets, calls(1, 20));
  const Found found = find(octets, kSmall);
  ASSERT_TRUE(found.found);
  EXPECT_GT(found.offset, 108u);  // before it, another payload might reach so far
  EXPECT_EQ((found.offset - 40) % 53 % 29, 0u);
  EXPECT_LT(found.offset, 250u);
  EXPECT_TRUE(found.passed.known);
  EXPECT_EQ(found.passed.begin, 40u);
  EXPECT_EQ(found.passed.insertions, 0u);
}

// The payload that was cut holds whole frames, up to its end or not: none of them is ever given.
TEST(FrameResync, FramesInsideAPayloadAreNone) {
  for (const std::size_t cut : {0u, 1u, 9u, 10u, 30u}) {
    Octets octets = calls(101, 2);  // 106 octets, of a payload of 108 at most
    octets.erase(octets.end() - static_cast<std::ptrdiff_t>(cut), octets.end());
    const std::size_t truth = octets.size();
    append(octets, calls(1, 20));
    const Found found = find(octets, {108, 0});
    ASSERT_TRUE(found.found) << cut;
    EXPECT_GE(found.offset, truth) << cut;
    EXPECT_EQ((found.offset - truth) % 53 % 29, 0u) << cut;
  }
}

TEST(FrameResync, HostilePayloadsNeverGiveAFrameOfTheirs) {
  std::mt19937 random(1);
  for (int run = 0; run < 200; ++run) {
    Octets inner;
    while (inner.size() < 300) {
      append(inner, random() % 3 == 0 ? frame(static_cast<FrameType>(random() % 10), random() % 256, random() % 4, random() % 12)
                                      : call(1 + 2 * (random() % 100)));
    }
    const std::size_t from = random() % 200;
    Octets octets(inner.begin() + static_cast<std::ptrdiff_t>(from), inner.end());
    std::vector<std::uint64_t> truth;
    for (int i = 0; i < 40; ++i) {
      truth.push_back(octets.size());
      const Octets data = frame(FrameType::Data, 0, 7, random() % 300, static_cast<std::byte>(random() % 3));
      append(octets, data);
    }
    const Found found = find(octets, {300, 0});
    if (found.found) {
      EXPECT_TRUE(std::ranges::binary_search(truth, found.offset) || found.offset >= octets.size()) << run << " " << found.offset;
    }
  }
}

TEST(FrameResync, SomebodyMayKnowThatAFrameBeganBefore) {
  const Octets octets = calls(1, 40);
  FrameResync resync({.even_streams = false, .opened_before = 0}, {});
  EXPECT_FALSE(resync.feed(octets));
  EXPECT_FALSE(resync.answered({120, {1, 3}, 29, 14}));  // both may have been lost
  EXPECT_TRUE(resync.answered({120, {1, 3}, 13, 14}));   // one may, if it was cut: its block may be what looks like the other one
  EXPECT_EQ(resync.offset(), 53u);
  EXPECT_EQ(resync.octets(), Bytes(octets).subspan(53));
  EXPECT_EQ(resync.passed_over().begin, 0u);
}

// Truths that fill the gap to its last octet: requests as small as they can be, and a frame that was cut, whose payload forges
// calls.
struct Forgery {
  FrameHeader cut;
  std::size_t header_lost = kFrameHeaderBytes;  // octets of its header that stood in the gap
};

Octets forged(const Forgery& forgery, std::size_t requests, StreamId first, std::vector<std::uint64_t>& truth) {
  Octets payload = calls(first, static_cast<int>(requests) + 2);
  if (carries_field_block(forgery.cut)) payload.insert(payload.begin(), std::byte{0xff});  // no frames from its first octet on
  Octets octets = frame(static_cast<FrameType>(forgery.cut.type), forgery.cut.flags, forgery.cut.stream, payload.size());
  std::ranges::copy(payload, octets.begin() + kFrameHeaderBytes);
  octets.erase(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(forgery.header_lost));
  for (int i = 0; i < 40; ++i) {
    const StreamId stream = first + 2 * static_cast<StreamId>(requests) + 2 * static_cast<StreamId>(i);
    truth.push_back(octets.size());
    append(octets, frame(FrameType::Headers, kFlagEndHeaders, stream, 20, std::byte{0xbe}));
    truth.push_back(octets.size());
    append(octets, frame(FrameType::Data, kFlagEndStream, stream, 15, std::byte{'x'}));
  }
  return octets;
}

TEST(FrameResync, AnswersNeverRefuteWhatFillsTheGapToItsLastOctet) {
  constexpr std::uint64_t kRequestBytes = 14;
  constexpr StreamId kFirst = 103;
  const FrameHeader unknown{.type = 0xb, .stream = 101}, data{.type = 0, .stream = 101},
      headers{.type = 1, .flags = 4, .stream = 107};
  const Forgery forgeries[] = {{unknown, 4}, {unknown, 5}, {unknown, 8}, {unknown, 9}, {data, 1},    {data, 2},
                               {data, 3},    {data, 4},    {data, 9},    {headers, 9}, {headers, 8}, {headers, 5}};
  for (const Forgery& forgery : forgeries) {
    for (std::size_t requests = 1; requests <= 3; ++requests) {
      Forgery of = forgery;
      const bool block = carries_field_block(of.cut);
      if (block) of.cut.stream = kFirst + 2 * static_cast<StreamId>(requests) - 2;  // the last of the requests
      const std::uint64_t room = (requests - (block ? 1 : 0)) * kRequestBytes + of.header_lost;
      std::vector<std::uint64_t> truth;
      const Octets octets = forged(of, requests, kFirst, truth);
      FrameResync resync({.even_streams = false, .opened_before = kFirst - 2}, {});
      bool found = resync.feed(octets);
      std::set<StreamId> answered;
      for (std::size_t i = 0; i < requests + 30 && !found; ++i) {
        answered.insert(kFirst + 2 * static_cast<StreamId>(i));
        const std::size_t end = i < requests ? truth[0] : truth[2 * (i - requests) + 1];
        found = resync.answered({end, answered, room, kRequestBytes});
      }
      const auto what = ::testing::Message() << "type " << +of.cut.type << ", " << of.header_lost << " octets, " << requests;
      ASSERT_TRUE(found) << what;
      EXPECT_TRUE(std::ranges::binary_search(truth, resync.offset())) << what << ": " << resync.offset();
      EXPECT_LT(resync.offset(), truth[16]) << what;
      const auto passed = resync.passed_over();
      const auto is_true = [&](const FrameResync::Beginning& each) {
        return each.opens == kFirst + 2 * requests && (block ? each.tail >= truth[0] : each.header_octets <= of.header_lost);
      };
      EXPECT_TRUE(std::ranges::any_of(passed.beginnings, is_true)) << what;
    }
  }
}

// A field value that holds a whole request, frame by frame from the end of the gap on, is the one thing that is not believed.
TEST(FrameResync, WhereARequestFollowsTheGapNoBlockWasCutBehindIt) {
  for (const bool request : {true, false}) {
    Octets octets = frame(FrameType::WindowUpdate, 0, 1, 4, std::byte{0});
    Octets headers = frame(FrameType::Headers, kFlagEndHeaders, 3, 3);
    std::ranges::copy(from_hex(request ? "83 86 be" : "be bf c0"), headers.begin() + kFrameHeaderBytes);
    append(octets, headers);
    append(octets, calls(5, 40));
    FrameResync resync({.even_streams = false, .opened_before = 1}, {});
    EXPECT_FALSE(resync.feed(octets));
    ASSERT_TRUE(resync.answered({500, {3, 5, 7, 9}, 27, 14}));
    std::uint64_t longest = 0;
    for (const FrameResync::Beginning& each : resync.passed_over().beginnings) longest = std::max(longest, each.tail);
    EXPECT_EQ(longest >= 25, !request) << longest;
  }
}

TEST(FrameResync, ContinuationIsOfItsBlock) {
  EXPECT_TRUE(is_plausible({.length = 4, .type = 8, .stream = 0}, 100));
  EXPECT_FALSE(is_plausible({.length = 5, .type = 8, .stream = 0}, 100));
  EXPECT_FALSE(is_plausible({.length = 0, .type = 0, .stream = 0}, 100));
  EXPECT_FALSE(is_plausible({.length = 0, .type = 4, .stream = 1}, 100));
  EXPECT_FALSE(is_plausible({.length = 101, .type = 0, .stream = 1}, 100));
  EXPECT_TRUE(is_plausible({.length = 7, .type = 0x2f, .stream = 9}, 100));
  Octets octets(109, std::byte{'p'});
  append(octets, frame(FrameType::Headers, 0, 1, 5));
  append(octets, frame(FrameType::Continuation, kFlagEndHeaders, 1, 5));
  append(octets, calls(3, 5));
  EXPECT_TRUE(find(octets, kSmall).found);
}

// What is no HTTP/2 is not taken for it.
TEST(FrameResync, RandomOctetsAreNotRecognised) {
  std::mt19937 random(7);
  Octets octets(300'000);
  for (std::byte& octet : octets) octet = static_cast<std::byte>(random());
  FrameResync resync({16'384, 8}, {});
  EXPECT_FALSE(resync.feed(octets));
}

TEST(FrameResync, WithoutAChainTheGapGoesOn) {
  Octets octets(300, std::byte{'p'});  // longer than a frame may be
  append(octets, calls(1, 40));
  const Found found = find(octets, kSmall);
  ASSERT_TRUE(found.found);
  EXPECT_EQ((found.offset - 300) % 53 % 29, 0u);
  EXPECT_FALSE(found.passed.known);
}

TEST(FrameResync, ChainsAreBounded) {
  Limits limits;
  limits.resync_chains_max = 0;
  EXPECT_FALSE(find(calls(1, 40), kSmall, limits).found);
}

TEST(FrameResync, CountsWhatMayHaveBeenInserted) {
  Octets octets;
  for (int i = 0; i < 20; ++i) {
    Octets headers = frame(FrameType::Headers, kFlagEndHeaders, 1 + 2 * static_cast<StreamId>(i), 6);
    std::ranges::copy(from_hex("44 01 2f 7e 01 31"), headers.begin() + 9);
    append(octets, headers);
  }
  const Found found = find(octets, kSmall);
  ASSERT_TRUE(found.found);
  EXPECT_EQ(found.passed.insertions, 2 * found.offset / 15);
  EXPECT_EQ(found.passed.octets, 6 * found.offset / 15);
}

}  // namespace
}  // namespace testigo::http2
