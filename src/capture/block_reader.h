// What a capture file is made of, whatever its format, and what reads one format.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

namespace testigo::capture {

// Texts and octets are borrowed until the reader's next call.
struct SectionStart {
  std::string_view application;
  std::string_view comment;
};

struct CapturedPacket {
  std::uint64_t number = 0;  // from 1, as Wireshark numbers them
  std::uint16_t link_type = 0;
  std::uint64_t original_length = 0;
  std::optional<Time> time;  // nothing when the block holds none, or it is out of range
  Bytes octets;
  std::string_view comment;

  // There was more of it than was captured.
  bool cut() const { return original_length > octets.size(); }
};

struct CaptureStatistics {
  std::optional<std::uint64_t> packets_received;
};

struct OtherBlock {};

using CaptureBlock = std::variant<OtherBlock, SectionStart, CapturedPacket, CaptureStatistics>;

// After Malformed there is nothing more; `trouble` says why.
enum class ReadBlock : std::uint8_t { Done, NeedMore, Malformed };

class BlockReader {
 public:
  virtual ~BlockReader() = default;
  virtual ReadBlock next(CaptureBlock& block) = 0;

  // Takes the next octets, copied; cutting them elsewhere changes nothing.
  void feed(Bytes octets) {
    if (!octets.empty()) std::memcpy(room(octets.size()).data(), octets.data(), octets.size());
    filled(octets.size());
  }
  // The same without copying: room for at least so many octets, and how many were written there.
  std::span<std::byte> room(std::size_t octets) {
    if (at_ > 0 && end_ > at_) std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
    end_ -= std::exchange(at_, 0);
    if (buffer_.size() - end_ < octets) buffer_.resize(end_ + octets);
    return std::span(buffer_).subspan(end_);
  }
  void filled(std::size_t octets) { end_ += octets; }
  const std::string& trouble() const { return trouble_; }
  // Octets of something that is not whole yet.
  std::size_t pending() const { return end_ - at_; }

 protected:
  // What was fed and not taken yet.
  Bytes rest() const { return {buffer_.data() + at_, end_ - at_}; }
  void take(std::size_t octets) { at_ += octets; }
  // A number in the byte order of whoever wrote the file.
  std::uint64_t number(Bytes octets, std::size_t at, std::size_t size) const {
    return little_endian_ ? load_little_endian(octets.data() + at, size) : load_number(octets.data() + at, size);
  }
  std::uint32_t word(const std::byte* at) const {
    const auto value = load_as_is<std::uint32_t>(at);
    return little_endian_ == (std::endian::native == std::endian::little) ? value : __builtin_bswap32(value);
  }
  ReadBlock malformed(const std::string& trouble) {
    trouble_ = trouble + " (after packet " + std::to_string(packets_) + ')';
    return ReadBlock::Malformed;
  }

  bool little_endian_ = false;
  std::uint64_t packets_ = 0;  // read so far

 private:
  std::vector<std::byte> buffer_;
  std::size_t at_ = 0;   // what was taken ends here
  std::size_t end_ = 0;  // and what was fed, here
  std::string trouble_;
};

}  // namespace testigo::capture
