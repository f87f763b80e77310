// Holds what was read of a written direction against what had been planted into it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "capture/testing/planter.h"
#include "wire/http2/frame_decoder.h"
#include "wire/http2/hpack_decoder.h"
#include "wire/http2/hpack_huffman.h"

namespace testigo::capture::testing {

// Frame by frame: header blocks, and message sizes by stream.
struct Read {
  explicit Read(Bytes octets) {
    http2::FrameDecoder frames;
    frames.feed(octets);
    http2::Frame frame;
    std::vector<std::byte> block;
    std::map<http2::StreamId, std::vector<std::byte>> data;
    while (frames.next(frame) == http2::Decoded::Done) {
      if (const auto* headers = std::get_if<http2::HeadersFrame>(&frame.payload)) append(block, headers->fragment);
      if (const auto* more = std::get_if<http2::ContinuationFrame>(&frame.payload)) append(block, more->fragment);
      if (const auto* body = std::get_if<http2::DataFrame>(&frame.payload)) append(data[frame.header.stream], body->data);
      const bool whole = frame.header.is(http2::FrameType::Headers) || frame.header.is(http2::FrameType::Continuation);
      if (whole && frame.header.has(http2::kFlagEndHeaders)) blocks.push_back(std::exchange(block, {}));
      EXPECT_FALSE(std::holds_alternative<http2::MalformedFrame>(frame.payload));
    }
    EXPECT_EQ(frames.pending(), 0u);
    for (const auto& [stream, octets_of_it] : data) {
      for (Bytes rest = octets_of_it; !rest.empty();) {
        const std::size_t size = load_number(rest.data() + 1, 4);
        messages.emplace_back(as_text(rest.subspan(5, size)));
        rest = rest.subspan(5 + size);
      }
    }
  }
  std::vector<std::vector<std::byte>> blocks;
  std::vector<std::string> messages;
};

inline void expect_masked(const Field& read, const Field& planted) {
  EXPECT_EQ(read.name, planted.name);
  EXPECT_EQ(read.value.size(), planted.value.size());
  if (!is_secret(planted)) {
    EXPECT_EQ(read.value, planted.value);
    return;
  }
  EXPECT_NE(read.value, planted.value);
}

inline void expect_same_but_masked(Bytes octets, const Planted& planted, bool payloads) {
  const Read read(octets);
  std::vector<std::string> messages = planted.messages;
  for (std::string& message : messages) {
    if (!payloads) message.assign(message.size(), '\0');
  }
  EXPECT_EQ(read.messages, messages);
  ASSERT_EQ(read.blocks.size(), planted.blocks.size());
  http2::HpackDecoder ours;
  http2::testing::Inflater theirs;
  std::vector<http2::HeaderField> fields;
  for (std::size_t i = 0; i < read.blocks.size(); ++i) {
    const http2::BlockOutcome outcome = ours.decode(read.blocks[i], fields);
    ASSERT_EQ(outcome.fault, http2::HpackFault::None);
    const auto inflated = theirs.inflate(read.blocks[i]);
    ASSERT_TRUE(inflated);
    EXPECT_EQ(http2::testing::own(fields), *inflated);
    ASSERT_EQ(inflated->size(), planted.blocks[i].size());
    for (std::size_t f = 0; f < inflated->size(); ++f) expect_masked((*inflated)[f], planted.blocks[i][f]);
  }
}

// Neither as it is, nor coded: not even at a shifted bit, as it would be within a longer string.
inline void expect_nowhere(const std::string& file, const std::set<std::string>& texts) {
  for (const std::string& text : texts) {
    for (std::size_t at = 0; at + 6 <= text.size() && at < 200; at += 3) {
      EXPECT_EQ(file.find(text.substr(at, 6)), std::string::npos) << "at " << at << " of " << text.size();
    }
    std::vector<std::byte> coded;
    http2::huffman_encode(text, coded);
    for (std::size_t at = 0; at + 7 < coded.size() && at < 200; at += 3) {
      EXPECT_EQ(file.find(as_text(Bytes(coded).subspan(at, 6))), std::string::npos)
          << "coded: " << to_hex(Bytes(coded).subspan(at, 6));
    }
  }
}

}  // namespace testigo::capture::testing
