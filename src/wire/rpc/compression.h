// Message-Encoding (gRPC over HTTP2; compression.md): whether the octets of a compressed message are what its coding says.
//
// What they decompress to is counted and thrown away, so no memory grows with it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/limits.h"

namespace testigo::rpc {

enum class Coding : std::uint8_t {
  Identity,
  Gzip,     // RFC 1952
  Deflate,  // RFC 1950: zlib, as in HTTP (RFC 9110 section 8.4.1.2)
  Other,    // not built in
};
Coding coding(std::string_view name);

enum class Decompressed : std::uint8_t {
  Whole,
  Broken,    // no such coding, or damaged
  CutOff,    // it ends in the middle
  LeftOver,  // octets stand behind its end
  TooLong,   // Limits::decompressed_bytes_max is reached: what comes behind is not known
  NotBuiltIn,
};

class Decompressor {
 public:
  explicit Decompressor(const Limits& limits);
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // One message, by itself. `digest`, if there is one, is given what it decompresses to.
  Decompressed decompress(Coding coding, Bytes message, Digest* digest = nullptr);

 private:
  struct State;

  std::size_t bytes_max_;
  std::unique_ptr<State> state_;  // made for the first message
};

}  // namespace testigo::rpc
