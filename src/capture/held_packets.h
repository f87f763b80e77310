// Packets that were taken and are not written yet, in their order: one waits until what it carries is decided, and those behind it
// with it. Bounded by number, octets and time.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/limits.h"
#include "wire/tcp/placement.h"

namespace testigo::capture {

struct HeldPacket {
  Time time;
  std::vector<std::byte> octets;
  std::size_t original_length = 0;
  std::size_t payload_at = 0;
  std::size_t payload_size = 0;
  std::string comment;
  std::optional<tcp::Placement> waits_for;  // until it is decided; nothing: the octets are as they shall be written
  bool shortened = false;                   // octets of its payload were left out
  bool unplaced = false;                    // a part of an IP packet; what it carries is not known yet
  bool unwanted = false;                    // it is not written
  std::size_t cost = 0;                     // octets that it takes up while it is held
};

class HeldPackets {
 public:
  explicit HeldPackets(const Limits& limits) : bytes_max_(limits.held_packet_bytes_max), packets_max_(limits.held_packets_max) {}

  bool empty() const { return packets_.empty(); }
  std::size_t size() const { return packets_.size(); }
  void add(HeldPacket packet);

  HeldPacket& first() { return packets_.front(); }
  // 0: the last one.
  HeldPacket& from_last(std::size_t index) { return packets_[packets_.size() - 1 - index]; }
  // One that waited for nothing waits from now on.
  void wait(HeldPacket& packet, const tcp::Placement& placement);
  // Whether the first one waits for nothing, or has waited too long.
  bool first_may_go() const;
  // It goes out as it is.
  void stop_waiting();
  void remove_first();

  // The packets that wait for octets of that direction before `decided` wait no more; `masks` is told each.
  template <typename Mask>
  void on_decided(tcp::ConnectionNumber connection, Direction direction, std::int64_t decided, Mask masks) {
    auto at = waiting_.lower_bound({connection, direction, std::numeric_limits<std::int64_t>::min()});
    while (at != waiting_.end() && at->first <= Key{connection, direction, decided}) {
      masks(*at->second);
      at->second->waits_for.reset();
      at = waiting_.erase(at);
    }
  }

 private:
  using Key = std::tuple<tcp::ConnectionNumber, Direction, std::int64_t>;  // the last: end of what it carries

  static Key key_of(const HeldPacket& packet);
  bool too_many() const;

  std::size_t bytes_max_;
  std::size_t packets_max_;
  std::deque<HeldPacket> packets_;
  std::multimap<Key, HeldPacket*> waiting_;
  std::size_t bytes_ = 0;
};

}  // namespace testigo::capture
