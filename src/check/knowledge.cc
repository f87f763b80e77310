#include "check/knowledge.h"

#include <algorithm>

namespace testigo::check {

using http2::FrameType;

std::optional<std::uint64_t> Knowledge::on_frame(const call::FrameSeen& seen) {
  Side& from = sides_[static_cast<std::size_t>(seen.spot.direction)];
  if (!seen.frame.header.has(http2::kFlagAck)) {
    ask(seen, from);
    return std::nullopt;
  }
  const auto offset = answered(seen.frame, sides_[static_cast<std::size_t>(opposite(seen.spot.direction))]);
  if (offset) from.read = std::max(from.read, *offset);
  return offset;
}

void Knowledge::ask(const call::FrameSeen& seen, Side& from) const {
  const bool malformed = std::holds_alternative<http2::MalformedFrame>(seen.frame.payload) || seen.frame.header.stream != 0;
  if (seen.frame.header.is(FrameType::Settings)) {
    from.settings_lost |= malformed || from.settings.size() >= pending_max_;
    from.settings_lost ? from.settings.clear() : from.settings.push_back(seen.spot.offset);
  } else {
    from.pings_lost |= malformed || from.pings.size() >= pending_max_;
    from.pings_lost ? from.pings.clear()
                    : from.pings.push_back({seen.spot.offset, std::get<http2::PingFrame>(seen.frame.payload).opaque});
  }
}

std::optional<std::uint64_t> Knowledge::answered(const http2::Frame& ack, Side& asker) {
  if (ack.header.is(FrameType::Settings)) {
    if (asker.settings.empty()) return std::nullopt;
    const std::uint64_t offset = asker.settings.front();
    asker.settings.pop_front();
    return offset;
  }
  const auto* ping = std::get_if<http2::PingFrame>(&ack.payload);
  const auto it = ping == nullptr ? asker.pings.end() : std::ranges::find(asker.pings, ping->opaque, &Ping::opaque);
  if (it == asker.pings.end()) return std::nullopt;
  const std::uint64_t offset = it->offset;
  asker.pings.erase(it);
  return offset;
}

Knew Knowledge::knew(const call::Spot& spot, std::uint64_t end) const {
  if (spot.acked < end) return Knew::Nothing;
  return end <= sides_[static_cast<std::size_t>(spot.direction)].read ? Knew::Proven : Knew::Perhaps;
}

}  // namespace testigo::check
