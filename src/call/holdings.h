// What the connections of a run hold together, and what of it counts against the limits of all.
//
// A run is cut into stretches by what comes, whoever follows it. In each counts what all held at the end of the stretch some before
// it: that is known by then, and the same, by however many threads connections are followed. So the limits of all are exceeded by
// no more than what comes in a few stretches.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace testigo::call {

struct Held {
  std::size_t streams = 0;
  std::size_t resyncs = 0;  // directions in which frames are looked for
  std::size_t message_bytes = 0;

  Held& operator+=(const Held& other) {
    streams += other.streams;
    resyncs += other.resyncs;
    message_bytes += other.message_bytes;
    return *this;
  }
};

class Stretches {
 public:
  static constexpr std::size_t kLag = 4;
  static constexpr std::size_t kOctetsOfOpening = 1000;  // what it costs to open a connection and to close it, in octets to read

  // One more thing comes, with so many octets.
  void add(std::size_t octets) { octets_ += octets + kOctetsOfEach; }
  // With what came last.
  bool is_over() const { return octets_ >= kOctetsMax; }
  void begin_next() {
    octets_ = 0;
    ++number_;
  }
  std::uint64_t number() const { return number_; }  // of the one that goes on

  // What all held at the end of that stretch: to be said before the one begins in which it counts, and after the last question for
  // what counted in this one.
  void at_end_of(std::uint64_t number, const Held& held) { at_end_[number % kLag] = held; }
  // What counts in the stretch that goes on.
  const Held& counted() const { return at_end_[number_ % kLag]; }

 private:
  static constexpr std::size_t kOctetsMax = 128 << 10;
  static constexpr std::size_t kOctetsOfEach = 64;  // besides its own: what takes no octets takes time

  std::size_t octets_ = 0;
  std::uint64_t number_ = 0;
  std::array<Held, kLag> at_end_;
};

}  // namespace testigo::call
