#include "base/digest.h"

#include <array>
#include <bit>

namespace testigo {
namespace {

constexpr unsigned kWord = 8;

// The finish of MurmurHash3, which is in the public domain: every bit of the input turns about half of the output's.
std::uint64_t stirred(std::uint64_t word) {
  word ^= word >> 33;
  word *= 0xff51'afd7'ed55'8ccd;
  word ^= word >> 33;
  word *= 0xc4ce'b9fe'1a85'ec53;
  return word ^ word >> 33;
}

}  // namespace

void Digest::mix(std::uint64_t word) { state_ = std::rotl(state_ ^ stirred(word), 27) * 0x9fb2'1c65'1e98'df25 + 1; }

void Digest::add(Bytes octets) {
  length_ += octets.size();
  std::size_t at = 0;
  while (at < octets.size()) {
    if (pending_octets_ == 0 && octets.size() - at >= kWord) {
      mix(load_little_endian(octets.data() + at, kWord));
      at += kWord;
      continue;
    }
    pending_ |= std::to_integer<std::uint64_t>(octets[at++]) << (8 * pending_octets_);
    if (++pending_octets_ != kWord) continue;
    mix(pending_);
    pending_ = pending_octets_ = 0;
  }
}

void Digest::add_whole(std::string_view text) {
  add(text);
  add_number(text.size());
}

void Digest::add_number(std::uint64_t number) {
  std::array<std::byte, kWord> octets{};
  for (std::size_t i = 0; i < kWord; ++i) octets[i] = static_cast<std::byte>(number >> (8 * i));
  add(octets);
}

std::uint64_t Digest::value() const { return stirred(state_ ^ stirred(pending_ + 1) ^ stirred(length_ ^ 0x5851'f42d'4c95'7f2d)); }

}  // namespace testigo
