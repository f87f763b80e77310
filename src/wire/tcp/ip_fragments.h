// Parts of IP packets → whole packets (RFC 791 3.2, RFC 8200 4.5, RFC 5722). Parts are untrusted and may come in any order, twice,
// or not at all; bounded in octets, in packets, and in age by the times of the parts.
//
// A part that says other octets than one before it spoils the whole packet, as in IPv6 does every part that overlaps another
// without being its copy: which of them the receiver kept cannot be told. So does a wrong checksum of TCP. A whole packet is
// remembered for a while, so that copies of its parts begin no new one. UDP is put together for the tunnels in it: where the first
// part says that it is on no tunnel's port, nothing is lost.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "wire/tcp/ip_packet.h"
#include "wire/tcp/octet_ranges.h"

namespace testigo::tcp {

class IpFragments {
 public:
  explicit IpFragments(const Limits& limits = {}) : limits_(limits) {}

  struct Part {
    std::uint64_t packet = 0;  // its number
    std::size_t offset = 0;    // of what it carries, in what the whole packet carries
    std::size_t size = 0;
  };
  struct Whole {
    Bytes packet;  // as if it had never been cut; its length is right, its header checksum is not
    std::size_t headers = 0;
    std::span<const Part> parts;  // in the order in which they came, copies too
  };

  // Takes a part, copied. The whole packet, when this was the last that it lacked; borrowed until the next call.
  std::optional<Whole> take(const IpPacket& part, Time time, std::uint64_t packet_number);

  // No part comes any more.
  void end();

  // Parts of what may hold TCP of which it is known that they became no whole packet, and the least number of them.
  std::uint64_t lost() const { return lost_.count; }
  std::uint64_t first_lost() const { return lost_.first; }

 private:
  struct Lost {
    std::uint64_t count = 0;
    std::uint64_t first = 0;
    void add(const Lost& more);
  };
  enum class HoldsTcp : std::uint8_t { Perhaps, No, Unknown };
  struct Key {
    Address source, destination;
    std::uint32_t identification = 0;
    bool v4 = true;
    std::uint8_t protocol = 0;  // counts in IPv4 only
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  enum class State : std::uint8_t { Open, Whole, Spoiled };
  struct Fragmented {
    Key key;
    Time first;  // when its first part came
    State state = State::Open;
    HoldsTcp holds_tcp = HoldsTcp::Perhaps;
    Lost doubtful;                   // parts that are lost if it may hold TCP, which is unknown
    std::vector<std::byte> headers;  // of the part that stands first
    std::vector<std::byte> carried;
    OctetRanges seen;
    std::optional<std::size_t> size;  // of what it carries, once the last part has come
    std::vector<Part> parts;
    std::size_t cost = 0;
  };
  using Age = std::list<Fragmented>;  // the oldest first

  static Key key_of(const IpPacket& part);
  static bool is_copy(const Fragmented& whole, const IpPacket& part);
  static bool contradicts(const Fragmented& open, const IpPacket& part);
  static bool is_whole(const Fragmented& open);
  static void put(Fragmented& open, const IpPacket& part);
  Fragmented& find_or_begin(const IpPacket& part, Time time);
  void add(Fragmented& open, const IpPacket& part, std::uint64_t packet_number);
  std::optional<Whole> finish(Fragmented& open);
  void spoil(Fragmented& open);
  void look_at_ports(Fragmented& open, const IpPacket& part);
  void lose_parts(Fragmented& open);
  void lose(Fragmented& of, std::uint64_t packet_number);
  void count_cost(Fragmented& of);
  void forget(Age::iterator at);
  void forget_older(Time time);
  void bound(const Fragmented& kept);

  Limits limits_;
  Age age_;
  std::map<Key, Age::iterator> by_key_;
  std::size_t bytes_ = 0;
  std::vector<std::byte> whole_;  // what `take` lends
  Lost lost_;
};

}  // namespace testigo::tcp
