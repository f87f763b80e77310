#include "check/block_order.h"

#include <fmt/format.h>

namespace testigo::check {

using http2::FrameType;

void BlockOrder::judge(const call::FrameSeen& seen) {
  if (!seen.connection.whole(seen.spot.direction)) return;  // what is missing may be what belongs here
  const http2::FrameHeader& header = seen.frame.header;
  Block& block = blocks_[static_cast<std::size_t>(seen.spot.direction)];
  if (header.is(FrameType::Continuation) && block.begun && header.stream == block.stream) {
    if (!block.broken) findings_.pass(Id::ST08);
    if (header.has(http2::kFlagEndHeaders)) block = {};
    return;
  }
  if (block.begun && !block.broken) {
    findings_.fail(Id::ST08, seen.spot,
                   fmt::format("{} on stream {} within the header block of stream {}", http2::frame_type_name(header.type),
                               header.stream, block.stream));
    block.broken = true;
  } else if (header.is(FrameType::Continuation)) {
    findings_.fail(Id::ST08, seen.spot, fmt::format("CONTINUATION on stream {}, which goes on with nothing", header.stream));
  }
  if (begins(header)) block = {true, false, header.stream};
}

}  // namespace testigo::check
