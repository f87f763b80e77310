// ST08: a header block goes on with CONTINUATION of its own stream only, and nothing comes between (RFC 9113 sections 4.3, 6.10).
#pragma once

#include <array>

#include "call/event.h"
#include "check/findings.h"

namespace testigo::check {

class BlockOrder {
 public:
  explicit BlockOrder(Findings& findings) : findings_(findings) {}

  void on_frame(const call::FrameSeen& seen) {
    const http2::FrameHeader& header = seen.frame.header;
    if (begun(seen.spot.direction) || begins(header) || header.is(http2::FrameType::Continuation)) judge(seen);
  }
  // Whether that direction owes the rest of a block.
  bool begun(Direction direction) const { return blocks_[static_cast<std::size_t>(direction)].begun; }

 private:
  // A block whose END_HEADERS is still to come.
  struct Block {
    bool begun = false;
    bool broken = false;  // and what came in between was told
    http2::StreamId stream = 0;
  };

  static bool begins(const http2::FrameHeader& header) {
    return (header.is(http2::FrameType::Headers) || header.is(http2::FrameType::PushPromise)) &&
           !header.has(http2::kFlagEndHeaders);
  }
  void judge(const call::FrameSeen& seen);

  Findings& findings_;
  std::array<Block, 2> blocks_;  // by direction
};

}  // namespace testigo::check
