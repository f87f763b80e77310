// The octets of a capture file → its blocks. What the file is, pcapng, pcap, or one of them compressed by gzip, its first octets
// say. Untrusted input, cut anywhere.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "capture/capture_block.h"
#include "capture/gzip.h"
#include "capture/pcap_reader.h"
#include "capture/pcapng_reader.h"

namespace testigo::capture {

class CaptureDecoder {
 public:
  explicit CaptureDecoder(const Limits& limits = {}) : limits_(limits) {}

  // True when the octets, four at least, begin a file that is read.
  static bool begins(Bytes octets);

  // Takes the next octets, copied. Blocks of what was fed before must have been taken.
  void feed(Bytes octets);
  ReadBlock next(CaptureBlock& block);

  // Why nothing more can be read.
  const std::string& trouble() const;
  // The octets so far end inside of something.
  bool inside() const;
  // Pcapng files of ours end with a mark; those of pcap have none.
  bool is_pcapng() const { return std::holds_alternative<PcapngReader>(reader_); }

 private:
  bool recognise(Bytes octets);
  void feed_reader(Bytes octets);

  Limits limits_;
  std::vector<std::byte> first_;  // octets that do not tell yet what the file is
  std::optional<Gunzip> gunzip_;
  std::vector<std::byte> inflated_;
  std::variant<std::monostate, PcapngReader, PcapReader> reader_;
  std::string trouble_;
};

}  // namespace testigo::capture
