#include "check/hop/message_digests.h"

#include <algorithm>
#include <utility>

namespace testigo::check::hop {

Bytes MessageDigests::take_prefix(Bytes octets) {
  const std::size_t taken = std::min(octets.size(), prefix_.size() - begun_);
  std::copy_n(octets.begin(), taken, prefix_.begin() + static_cast<std::ptrdiff_t>(begun_));
  begun_ += taken;
  if (begun_ == prefix_.size()) left_ = load_network<std::uint32_t>(prefix_.data() + 1);
  return octets.subspan(taken);
}

Bytes MessageDigests::take_octets(Bytes octets) {
  const std::size_t taken = std::min<std::size_t>(octets.size(), left_);
  digest_.add(octets.first(taken));
  left_ -= static_cast<std::uint32_t>(taken);
  return octets.subspan(taken);
}

MessageDigest MessageDigests::end() {
  begun_ = 0;
  const auto length = load_network<std::uint32_t>(prefix_.data() + 1);
  return {std::to_integer<std::uint8_t>(prefix_[0]), length, std::exchange(digest_, {}).value()};
}

}  // namespace testigo::check::hop
