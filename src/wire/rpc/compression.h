// Message-Encoding (gRPC over HTTP2; compression.md): whether the octets of a compressed message are what its coding says.
//
// What they decompress to is counted and thrown away, unless it is asked for: then it is kept up to the limit, which is
// Limits::decompressed_bytes_max or decompressed_times_max times the message, whichever is more: work is bounded by what was sent.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"

namespace testigo::rpc {

enum class Coding : std::uint8_t {
  Identity,
  Gzip,     // RFC 1952
  Deflate,  // RFC 1950: zlib, as in HTTP (RFC 9110 section 8.4.1.2)
  Zstd,     // RFC 8878
  Other,    // not built in
};
Coding coding(std::string_view name);

enum class Decompressed : std::uint8_t {
  Whole,
  Broken,    // no such coding, or damaged
  CutOff,    // it ends in the middle
  LeftOver,  // octets stand behind its end
  TooLong,   // the limits on what is decompressed are reached, or would be by what zstd wants to remember: the rest is not known
  NotBuiltIn,
};

class Decompressor {
 public:
  explicit Decompressor(const Limits& limits);
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // One message, by itself. `into`, where it is given, has what it decompresses to, as far as it does.
  Decompressed decompress(Coding coding, Bytes message, std::vector<std::byte>* into = nullptr);

 private:
  struct State;

  std::size_t bytes_max_;
  std::size_t times_max_;
  std::unique_ptr<State> state_;  // made for the first message
};

}  // namespace testigo::rpc
