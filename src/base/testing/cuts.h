// One run of octets, cut into pieces in different ways: cutting the input elsewhere must never change the output of a decoder.
//
// Every piece is an allocation of its own that ends when the next one begins, so that a sanitizer sees who keeps what it borrowed.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "base/bytes.h"

namespace testigo::testing {

class Cuts {
 public:
  // How the cutting goes: seed 0 is whole, seed 1 byte by byte, every other one a random way of its own.
  static constexpr std::uint64_t kWhole = 0;
  static constexpr std::uint64_t kByteByByte = 1;

  Cuts(Bytes octets, std::uint64_t seed) : rest_(octets), seed_(seed), random_(seed) {}

  // The next piece, which may be empty; nothing when all octets have been given.
  std::optional<Bytes> next() {
    if (rest_.empty()) return std::nullopt;
    const std::size_t size = std::min(piece_size(), rest_.size());
    piece_ = std::vector<std::byte>(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(size));
    rest_ = rest_.subspan(size);
    return Bytes(piece_);
  }

 private:
  std::size_t piece_size() {
    if (seed_ == kWhole) return rest_.size();
    if (seed_ == kByteByByte) return 1;
    constexpr std::size_t kMost[] = {3, 12, 40, 400, 20'000};
    return random_() % (kMost[random_() % std::size(kMost)] + 1);
  }

  Bytes rest_;
  std::uint64_t seed_;
  std::mt19937_64 random_;
  std::vector<std::byte> piece_;
};

}  // namespace testigo::testing
