// Counts durations in buckets whose width grows with them: sixteen to each doubling, so that a percentile is told within 1/16, and
// never too low.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace testigo {

class Histogram {
 public:
  // What is negative counts as zero.
  void add(Duration duration) {
    const auto nanos = static_cast<std::uint64_t>(std::max<Duration::rep>(duration.count(), 0));
    const std::size_t bucket = bucket_of(nanos);
    if (bucket >= counts_.size()) counts_.resize(bucket + 1);
    ++counts_[bucket];
    ++count_;
    max_ = std::max(max_, duration);
  }

  std::uint64_t count() const { return count_; }
  Duration max() const { return max_; }

  // The least duration that `percent` of all do not exceed, as far as the buckets tell; zero when there are none.
  Duration percentile(double percent) const {
    const auto rank = static_cast<std::uint64_t>(std::ceil(percent / 100 * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
      seen += counts_[bucket];
      if (seen >= rank && seen != 0) return std::min(max_, Duration(static_cast<Duration::rep>(highest_in(bucket))));
    }
    return max_;
  }

 private:
  static constexpr unsigned kBits = 4;  // of a value, behind its first one, that tell its bucket
  static constexpr std::uint64_t kWidth = 1 << kBits;

  static std::size_t bucket_of(std::uint64_t value) {
    if (value < kWidth) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kBits;
    return (shift + 1) * kWidth + (value >> shift) % kWidth;
  }

  static std::uint64_t highest_in(std::size_t bucket) {
    if (bucket < kWidth) return bucket;
    const std::size_t shift = bucket / kWidth - 1;
    return ((kWidth + bucket % kWidth + 1) << shift) - 1;
  }

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  Duration max_{};
};

}  // namespace testigo
