// The octets of a capture file → its blocks. What the file is, pcapng, pcap, or one of them compressed by gzip, its first octets
// say. Untrusted input, cut anywhere.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "capture/block_reader.h"
#include "capture/gzip.h"

namespace testigo::capture {

class CaptureDecoder {
 public:
  explicit CaptureDecoder(const Limits& limits = {}) : limits_(limits) {}

  // Takes the next octets, copied. `next` must have wanted more.
  void feed(Bytes octets);
  // The same, written by the caller to where it is read, so that little is copied. It may be less room than that, as long as it is
  // not known what the file is.
  std::span<std::byte> room(std::size_t octets);
  void filled(std::size_t octets);
  ReadBlock next(CaptureBlock& block);

  // Why nothing more can be read; empty while all is well.
  const std::string& trouble() const;
  // The octets so far end inside of something.
  bool inside() const;
  // The file began otherwise than captures do.
  bool is_no_capture() const { return is_no_capture_; }

 private:
  void recognise();
  bool feed_inflated();

  Limits limits_;
  std::vector<std::byte> first_;  // octets that do not tell yet what the file is
  std::optional<Gunzip> gunzip_;
  std::vector<std::byte> inflated_;
  std::vector<std::byte> raw_;           // room, where octets are not read as they are
  std::unique_ptr<BlockReader> reader_;  // null until it is known which
  bool is_no_capture_ = false;
};

}  // namespace testigo::capture
