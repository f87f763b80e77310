#include "capture/data_redaction.h"

#include <algorithm>

#include "wire/rpc/message_decoder.h"

namespace testigo::capture {
namespace {

// Compressed or not, and whether it is the trailers of gRPC-Web.
constexpr std::byte kKnownFlags{0x81};

}  // namespace

void MessageRedaction::redact(std::span<std::byte> data) {
  while (!data.empty()) {
    if (foreign_ || body_left_ > 0) {
      const std::size_t size = foreign_ ? data.size() : static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, data.size()));
      std::ranges::fill(data.first(size), std::byte{0});
      body_left_ -= foreign_ ? 0 : size;
      data = data.subspan(size);
      continue;
    }
    if (prefix_octets_ == 0) {
      foreign_ = (data.front() & ~kKnownFlags) != std::byte{0};
      length_ = 0;
    } else {
      length_ = length_ << 8 | std::to_integer<std::uint32_t>(data.front());
    }
    data = data.subspan(1);
    if (++prefix_octets_ < rpc::kPrefixBytes) continue;
    prefix_octets_ = 0;
    body_left_ = length_;
  }
}

void DataRedaction::open(Direction direction, http2::StreamId stream) {
  if (!payloads_ && sides_.size() < 2 * streams_max_) sides_.try_emplace(key(direction, stream));
}

void DataRedaction::reset(http2::StreamId stream) {
  end(Direction::ToServer, stream);
  end(Direction::ToClient, stream);
}

void DataRedaction::redact(Direction direction, http2::StreamId stream, std::span<std::byte> data) {
  if (payloads_ || data.empty()) return;
  const auto at = sides_.find(key(direction, stream));
  if (at != sides_.end()) return at->second.redact(data);
  std::ranges::fill(data, std::byte{0});
}

}  // namespace testigo::capture
