#include "capture/held_packets.h"

#include <utility>

namespace testigo::capture {
namespace {

// By the times of the packets. TCP sends again what was lost within less.
constexpr Duration kHeldMax = std::chrono::seconds(5);

}  // namespace

void HeldPackets::add(HeldPacket packet) {
  packet.cost = sizeof packet + packet.octets.size() + packet.comment.size();
  bytes_ += packet.cost;
  packets_.push_back(std::move(packet));
  HeldPacket& added = packets_.back();
  if (added.waits_for) waiting_.emplace(key_of(added), &added);
}

void HeldPackets::wait(HeldPacket& packet, const tcp::Placement& placement) {
  packet.waits_for = placement;
  waiting_.emplace(key_of(packet), &packet);
}

bool HeldPackets::first_may_go() const {
  if (packets_.empty()) return false;
  const HeldPacket& first = packets_.front();
  return (!first.waits_for && !first.unplaced) || too_many() || packets_.back().time - kHeldMax > first.time;
}

void HeldPackets::stop_waiting() {
  HeldPacket& first = packets_.front();
  for (auto [at, end] = waiting_.equal_range(key_of(first)); at != end; ++at) {
    if (at->second != &first) continue;
    waiting_.erase(at);
    break;
  }
}

void HeldPackets::remove_first() {
  bytes_ -= packets_.front().cost;
  packets_.pop_front();
}

HeldPackets::Key HeldPackets::key_of(const HeldPacket& packet) {
  return {packet.waits_for->connection, packet.waits_for->direction,
          packet.waits_for->offset + static_cast<std::int64_t>(packet.payload_size)};
}

bool HeldPackets::too_many() const { return bytes_ > bytes_max_ || packets_.size() > packets_max_; }

}  // namespace testigo::capture
