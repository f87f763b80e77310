// Masks the secret values of the header blocks of one direction, in place: every length stays, so HPACK decodes as before.
#pragma once

#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "capture/secret_names.h"
#include "capture/secret_tally.h"
#include "wire/http2/hpack_decoder.h"

namespace testigo::capture {

class BlockRedaction {
 public:
  // Both must outlive it.
  BlockRedaction(const SecretNames& names, SecretTally& tally, const Limits& limits);

  // One whole block; blocks come in their order. From where it cannot be decoded, it becomes an index of zero, which no decoder
  // takes (RFC 7541 section 6.1), and zeros: the fault stays a fault. True when its content-type is gRPC's.
  bool redact(std::span<std::byte> block);

  // Octets that may have held blocks were not decoded.
  void taint() { decoder_.taint(); }

 private:
  void mask(const http2::HeaderField& field, std::span<std::byte> coded, bool huffman);

  const SecretNames& names_;
  SecretTally& tally_;
  http2::HpackDecoder decoder_;
  std::vector<http2::HeaderField> fields_;
};

}  // namespace testigo::capture
