#include "wire/http2/frame_decoder.h"

#include <gtest/gtest.h>

#include "base/testing/several_ways.h"
#include "wire/http2/frame_encoder.h"
#include "wire/http2/testing/frame_cases.h"

namespace testigo::http2 {
namespace {

// Frames as values that own their octets: what the decoder gave, written again, with where it ended.
struct Seen {
  std::vector<std::pair<std::uint64_t, std::string>> frames;
  std::size_t pending = 0;
  friend bool operator==(const Seen&, const Seen&) = default;
};

void note(Seen& seen, const Frame& frame, std::uint64_t end) {
  std::vector<std::byte> octets;
  encode_frame(frame, octets);
  seen.frames.emplace_back(end, std::to_string(frame.payload.index()) + ":" + to_hex(octets));
}

Seen decode_all(testing::Cuts& cuts) {
  FrameDecoder decoder;
  Seen seen;
  while (const auto piece = cuts.next()) {
    decoder.feed(*piece);
    Frame frame;
    while (decoder.next(frame) == Decoded::Done) note(seen, frame, decoder.end());
    seen.pending = decoder.pending();
  }
  return seen;
}

// The same; every other piece at once.
Seen read_all(testing::Cuts& cuts) {
  FrameDecoder decoder;
  Seen seen;
  for (bool at_once = true; const auto piece = cuts.next(); at_once = !at_once) {
    if (at_once) {
      decoder.read(*piece, [&](const Frame& frame, std::uint64_t end) { note(seen, frame, end); });
    } else {
      Frame frame;
      for (decoder.feed(*piece); decoder.next(frame) == Decoded::Done;) note(seen, frame, decoder.end());
    }
    seen.pending = decoder.pending();
  }
  return seen;
}

TEST(FrameDecoder, ReadsEveryTypeAsAValue) {
  for (const FrameCase& each : all_frame_cases()) {
    FrameDecoder decoder;
    Frame frame;
    decoder.feed(each.octets);
    ASSERT_EQ(decoder.next(frame), Decoded::Done) << each.what;
    EXPECT_TRUE(frame == each.frame) << each.what;
    EXPECT_EQ(frame.header, each.frame.header) << each.what;
    EXPECT_EQ(frame.payload.index(), each.frame.payload.index()) << each.what;
    EXPECT_EQ(decoder.next(frame), Decoded::NeedMore) << each.what;
    EXPECT_EQ(decoder.pending(), 0u) << each.what;
  }
}

TEST(FrameDecoder, GivesTheSameFramesHoweverTheInputIsCut) {
  std::vector<std::byte> octets;
  std::vector<std::uint64_t> ends;
  for (const FrameCase& each : all_frame_cases()) {
    append(octets, each.octets);
    ends.push_back(octets.size());
  }
  const Seen seen = testing::several_ways(octets, decode_all, 50);
  ASSERT_EQ(seen.frames.size(), ends.size());
  for (std::size_t i = 0; i < ends.size(); ++i) EXPECT_EQ(seen.frames[i].first, ends[i]);
  EXPECT_EQ(seen.pending, 0u);
  EXPECT_EQ(testing::several_ways(octets, read_all, 50), seen);
  const Bytes cut = Bytes(octets).first(octets.size() - 3);
  EXPECT_EQ(testing::several_ways(cut, read_all, 50), testing::several_ways(cut, decode_all, 50));
}

TEST(FrameDecoder, SaysHowMuchOfAFrameIsThere) {
  const std::vector<std::byte> octets = from_hex("000000 04 01 00000000  000005 00 00 00000001 0102");
  const Seen seen = testing::several_ways(octets, decode_all);
  EXPECT_EQ(seen.frames.size(), 1u);
  EXPECT_EQ(seen.pending, 11u);
}

TEST(FrameDecoder, CopiesNothingWhereAFrameIsWhole) {
  const std::vector<std::byte> octets = from_hex("000003 00 01 00000001 616263");
  FrameDecoder decoder;
  Frame frame;
  decoder.feed(octets);
  ASSERT_EQ(decoder.next(frame), Decoded::Done);
  EXPECT_EQ(std::get<DataFrame>(frame.payload).data.data(), octets.data() + kFrameHeaderBytes);
}

TEST(FrameDecoder, KeepsWhatItGaveUntilItIsAskedAgain) {
  const std::vector<std::byte> octets = from_hex("000003 00 01 00000001 616263");
  FrameDecoder decoder;
  Frame frame;
  decoder.feed(Bytes(octets).first(10));
  ASSERT_EQ(decoder.next(frame), Decoded::NeedMore);
  decoder.feed(Bytes(octets).subspan(10));
  ASSERT_EQ(decoder.next(frame), Decoded::Done);
  EXPECT_EQ(decoder.pending(), 0u);
  EXPECT_EQ(as_text(std::get<DataFrame>(frame.payload).data), "abc");
}

TEST(FrameDecoder, ReadsTheLargestFrame) {
  std::vector<std::byte> octets((std::size_t{1} << 24) - 1 + kFrameHeaderBytes, std::byte{1});
  std::ranges::copy(from_hex("ffffff 00 00 00000001"), octets.begin());
  for (const std::size_t cut : {std::size_t{0}, std::size_t{5}, std::size_t{9}, std::size_t{1'000'000}, octets.size() - 1}) {
    FrameDecoder decoder;
    Frame frame;
    decoder.feed(Bytes(octets).first(cut));
    ASSERT_EQ(decoder.next(frame), Decoded::NeedMore);
    decoder.feed(Bytes(octets).subspan(cut));
    ASSERT_EQ(decoder.next(frame), Decoded::Done);
    EXPECT_EQ(std::get<DataFrame>(frame.payload).data.size(), octets.size() - kFrameHeaderBytes);
    EXPECT_EQ(decoder.next(frame), Decoded::NeedMore);
  }
}

TEST(FrameDecoder, StopsAtNothing) {
  // A text of HTTP/1.1 is a frame of an unknown type and an enormous length; zeros are DATA frames on stream 0.
  const Seen text = [] {
    testing::Cuts cuts(as_octets("GET / HTTP/1.1\r\n\r\n"), 0);
    return decode_all(cuts);
  }();
  EXPECT_TRUE(text.frames.empty());
  EXPECT_EQ(text.pending, 18u);
  const std::vector<std::byte> zeros(90);
  EXPECT_EQ(testing::several_ways(zeros, decode_all).frames.size(), 10u);
}

}  // namespace
}  // namespace testigo::http2
