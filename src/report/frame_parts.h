// What the octets of a frame mean, part by part, for those who show them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "wire/http2/frame.h"
#include "wire/http2/hpack_layout.h"

namespace testigo::report {

// Octets of a frame, its header included. Parts that lie inside others come behind them.
struct Part {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;  // inert
  friend bool operator==(const Part&, const Part&) = default;
};

// The header (RFC 9113 section 4.1) and what the payload of its type consists of (section 6). Header blocks and bodies are one
// part each: what stands in them, a single frame does not say.
std::vector<Part> frame_parts(const http2::Frame& frame);

// Where its header block fragment, or its data, stands; empty where it has neither.
http2::Extent content_of(const http2::Frame& frame);

// The names of its flags; those that mean nothing for its type as numbers.
std::vector<std::string> flag_names(const http2::FrameHeader& header);

}  // namespace testigo::report
