#include "wire/tcp/ip_fragments.h"

#include <algorithm>
#include <iterator>

#include "wire/tcp/checksum.h"
#include "wire/tcp/tunnel.h"

namespace testigo::tcp {
namespace {

// RFC 8200 4.5; RFC 1122 3.3.2 says the same for IPv4.
constexpr Duration kAgeMax = std::chrono::seconds(60);
constexpr std::size_t kLengthMax = 65'535;
constexpr std::size_t kV6Header = 40;
constexpr std::size_t kPartsMax = kLengthMax / 8;  // copies too

std::size_t end_of(const IpPacket& part) { return part.offset + part.carried.size(); }
OctetRange range_of(const IpPacket& part) { return {part.offset, end_of(part)}; }

// What the length in the header says.
std::size_t length_of(bool v4, std::size_t headers, std::size_t carried) { return headers + carried - (v4 ? 0 : kV6Header); }

// Only whole units of eight octets may be followed by others (RFC 8200 4.5).
bool is_well_formed(const IpPacket& part) {
  const bool units = !part.more || part.carried.size() % 8 == 0;
  return !part.carried.empty() && units && length_of(part.v4, part.headers.size(), end_of(part)) <= kLengthMax;
}

Bytes octets_in(OctetRange range, const IpPacket& part) {
  return part.carried.subspan(range.from - part.offset, range.to - range.from);
}

// Times of a file may be any.
bool is_older(Time first, Time now) {
  const auto count = [](Time time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); };
  return now > first && count(now) - count(first) > static_cast<std::uint64_t>(kAgeMax.count());
}

void set_number(std::vector<std::byte>& octets, std::size_t at, std::size_t value) {
  octets[at] = static_cast<std::byte>(value >> 8);
  octets[at + 1] = static_cast<std::byte>(value);
}

// What the headers of the first part become when it is all there.
void make_whole(std::vector<std::byte>& packet, std::size_t headers, bool v4) {
  set_number(packet, v4 ? 2 : 4, length_of(v4, headers, packet.size() - headers));
  set_number(packet, v4 ? 6 : headers - 6, 0);
}

// Parts of two packets may fit together, where 16 bits of identification come round within the time that parts are waited for
// (RFC 4963). Nobody leaves this checksum to the network card, which sees parts alone; zeros are what we write of one.
bool has_wrong_checksum(Bytes packet, std::size_t headers, bool v4) {
  constexpr std::size_t kChecksumAt = 16, kFragmentHeader = 8, kV4Protocol = 9;
  const Bytes carried = packet.subspan(headers);
  if (packet[v4 ? kV4Protocol : kV6Header] != std::byte{kTcp}) return false;
  // An extension header may say that the address to sum is another one.
  if (!v4 && headers != kV6Header + kFragmentHeader) return false;
  if (carried.size() < kChecksumAt + 2 || load_number(carried.data() + kChecksumAt, 2) == 0) return false;
  const Bytes addresses = v4 ? packet.subspan(12, 8) : packet.subspan(8, 32);
  return folded(sum_words(addresses) + kTcp + carried.size() + sum_words(carried)) != 0xffff;
}

}  // namespace

std::optional<IpFragments::Whole> IpFragments::take(const IpPacket& part, Time time, std::uint64_t packet_number) {
  forget_older(time);
  const auto at = by_key_.find(key_of(part));
  if (at != by_key_.end() && at->second->state == State::Whole) {
    if (is_copy(*at->second, part)) return std::nullopt;
    forget(at->second);  // the identification is used anew
  }
  const bool usable = part.cut == 0 && is_well_formed(part);
  if (!usable && part.protocol != kUdp) {
    lost_.add({1, packet_number});
    return std::nullopt;
  }
  Fragmented& open = find_or_begin(part, time);
  look_at_ports(open, part);
  if (usable) {
    add(open, part, packet_number);
  } else {
    lose(open, packet_number);
    count_cost(open);
  }
  bound(open);
  if (open.state != State::Open || !is_whole(open)) return std::nullopt;
  return finish(open);
}

void IpFragments::end() {
  while (!age_.empty()) forget(age_.begin());
}

IpFragments::Key IpFragments::key_of(const IpPacket& part) {
  return {part.source, part.destination, part.identification, part.v4, part.v4 ? part.protocol : std::uint8_t{0}};
}

bool IpFragments::is_copy(const Fragmented& whole, const IpPacket& part) {
  const std::size_t announced = end_of(part) + part.cut;
  if (announced > whole.carried.size() || part.more != (announced < whole.carried.size())) return false;
  return Bytes(whole.carried).subspan(part.offset, part.carried.size()) == part.carried;
}

bool IpFragments::contradicts(const Fragmented& open, const IpPacket& part) {
  const std::size_t end = end_of(part);
  if (open.size && (part.more ? end > *open.size : end != *open.size)) return true;
  if (!part.more && end < open.seen.end()) return true;
  const OctetRange all = range_of(part);
  const auto is_copied = [&](const Part& other) { return other.offset == part.offset && other.size == part.carried.size(); };
  auto both = open.seen.first_in(all);
  if (both && !part.v4 && std::ranges::none_of(open.parts, is_copied)) return true;
  for (; both; both = open.seen.first_in({both->to, all.to})) {
    if (Bytes(open.carried).subspan(both->from, both->to - both->from) != octets_in(*both, part)) return true;
  }
  return false;
}

bool IpFragments::is_whole(const Fragmented& open) {
  return open.size && open.seen.first_in({0, *open.size}) == OctetRange{0, *open.size};
}

IpFragments::Fragmented& IpFragments::find_or_begin(const IpPacket& part, Time time) {
  const Key key = key_of(part);
  const auto at = by_key_.find(key);
  if (at != by_key_.end()) return *at->second;
  Fragmented& begun = age_.emplace_back();
  begun.key = key;
  begun.first = time;
  begun.holds_tcp = part.protocol == kUdp ? HoldsTcp::Unknown : HoldsTcp::Perhaps;
  by_key_.emplace(key, std::prev(age_.end()));
  return begun;
}

void IpFragments::add(Fragmented& open, const IpPacket& part, std::uint64_t packet_number) {
  if (open.state == State::Spoiled) return lose(open, packet_number);
  const bool spoiled = open.parts.size() == kPartsMax || contradicts(open, part);
  open.parts.push_back({packet_number, part.offset, part.carried.size()});
  if (spoiled) return spoil(open);
  put(open, part);
  count_cost(open);
}

void IpFragments::put(Fragmented& open, const IpPacket& part) {
  if (part.offset == 0) open.headers.assign(part.headers.begin(), part.headers.end());
  if (!part.more) open.size = end_of(part);
  open.carried.resize(std::max(open.carried.size(), end_of(part)));
  std::ranges::copy(part.carried, open.carried.begin() + static_cast<std::ptrdiff_t>(part.offset));
  open.seen.add(range_of(part));
}

// The first part is there now, and its headers with it.
std::optional<IpFragments::Whole> IpFragments::finish(Fragmented& open) {
  const std::size_t headers = open.headers.size();
  whole_ = open.headers;
  append(whole_, open.carried);
  const bool too_long = length_of(open.key.v4, headers, open.carried.size()) > kLengthMax;
  if (too_long || has_wrong_checksum(whole_, headers, open.key.v4)) {
    spoil(open);
    return std::nullopt;
  }
  make_whole(whole_, headers, open.key.v4);
  open.state = State::Whole;
  return Whole{whole_, headers, open.parts};
}

void IpFragments::spoil(Fragmented& open) {
  lose_parts(open);
  open.state = State::Spoiled;
  open.headers = open.carried = {};
  open.parts = {};
  open.seen = {};
  count_cost(open);
}

void IpFragments::look_at_ports(Fragmented& open, const IpPacket& part) {
  if (open.holds_tcp == HoldsTcp::Perhaps || part.offset != 0) return;
  const std::optional<bool> on_tunnel_port = is_on_tunnel_port(part.carried);
  if (!on_tunnel_port) return;
  open.holds_tcp = *on_tunnel_port ? HoldsTcp::Perhaps : HoldsTcp::No;
  if (*on_tunnel_port) lost_.add(open.doubtful);
  open.doubtful = {};
}

void IpFragments::lose_parts(Fragmented& open) {
  if (open.state != State::Open) return;
  for (const Part& part : open.parts) lose(open, part.packet);
}

void IpFragments::lose(Fragmented& of, std::uint64_t packet_number) {
  if (of.holds_tcp != HoldsTcp::No) (of.holds_tcp == HoldsTcp::Perhaps ? lost_ : of.doubtful).add({1, packet_number});
}

void IpFragments::Lost::add(const Lost& more) {
  if (more.count == 0) return;
  first = count == 0 ? more.first : std::min(first, more.first);
  count += more.count;
}

void IpFragments::count_cost(Fragmented& of) {
  bytes_ -= of.cost;
  of.cost = sizeof of + of.headers.capacity() + of.carried.capacity() + of.parts.capacity() * sizeof(Part) +
            of.seen.size() * sizeof(OctetRange);
  bytes_ += of.cost;
}

void IpFragments::forget(Age::iterator at) {
  lose_parts(*at);
  lost_.add(at->doubtful);
  bytes_ -= at->cost;
  by_key_.erase(at->key);
  age_.erase(at);
}

void IpFragments::forget_older(Time time) {
  while (!age_.empty() && is_older(age_.front().first, time)) forget(age_.begin());
}

void IpFragments::bound(const Fragmented& kept) {
  while (bytes_ > limits_.ip_fragment_bytes_max || age_.size() > limits_.ip_fragmented_packets_max) {
    if (&age_.front() == &kept && age_.size() == 1) return;
    forget(&age_.front() == &kept ? std::next(age_.begin()) : age_.begin());
  }
}

}  // namespace testigo::tcp
