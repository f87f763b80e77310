#include "capture/capture_decoder.h"

namespace testigo::capture {
namespace {

constexpr std::size_t kMagicBytes = 4;
constexpr std::size_t kInflatedBytes = 256 << 10;  // at a time, whatever the ratio

bool is_capture(Bytes octets) { return PcapngReader::begins(octets) || PcapReader::begins(octets); }

}  // namespace

bool CaptureDecoder::begins(Bytes octets) { return is_capture(octets) || Gunzip::begins(octets); }

void CaptureDecoder::feed(Bytes octets) {
  if (gunzip_) return gunzip_->feed(octets);
  feed_reader(octets);
}

ReadBlock CaptureDecoder::next(CaptureBlock& block) {
  for (;;) {
    if (!trouble_.empty()) return ReadBlock::Malformed;
    const ReadBlock read = std::visit(
        [&](auto& reader) {
          if constexpr (std::is_same_v<std::decay_t<decltype(reader)>, std::monostate>) {
            return ReadBlock::NeedMore;
          } else {
            return reader.next(block);
          }
        },
        reader_);
    if (read != ReadBlock::NeedMore || !gunzip_) return read;
    inflated_.resize(kInflatedBytes);
    const std::size_t size = gunzip_->read(inflated_);
    trouble_ = gunzip_->trouble();
    if (size == 0) return trouble_.empty() ? ReadBlock::NeedMore : ReadBlock::Malformed;
    feed_reader(Bytes(inflated_).first(size));
  }
}

// What the reader was fed before is kept by itself.
void CaptureDecoder::feed_reader(Bytes octets) {
  if (std::holds_alternative<std::monostate>(reader_)) {
    append(first_, octets);
    if (first_.size() < kMagicBytes) return;
    if (!gunzip_ && Gunzip::begins(first_)) {
      gunzip_.emplace().feed(first_);
      first_.clear();
      return;
    }
    if (!recognise(first_)) {
      trouble_ = "this is no capture: neither pcapng nor pcap";
      return;
    }
    octets = first_;
  }
  std::visit(
      [&](auto& reader) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(reader)>, std::monostate>) reader.feed(octets);
      },
      reader_);
  first_.clear();
}

bool CaptureDecoder::recognise(Bytes octets) {
  if (PcapngReader::begins(octets)) reader_.emplace<PcapngReader>(limits_);
  if (PcapReader::begins(octets)) reader_.emplace<PcapReader>(limits_);
  return !std::holds_alternative<std::monostate>(reader_);
}

const std::string& CaptureDecoder::trouble() const {
  static const std::string none;
  if (!trouble_.empty()) return trouble_;
  if (const auto* pcapng = std::get_if<PcapngReader>(&reader_)) return pcapng->trouble();
  if (const auto* pcap = std::get_if<PcapReader>(&reader_)) return pcap->trouble();
  return none;
}

bool CaptureDecoder::inside() const {
  if (gunzip_ && gunzip_->inside()) return true;
  if (const auto* pcapng = std::get_if<PcapngReader>(&reader_)) return pcapng->pending() > 0;
  if (const auto* pcap = std::get_if<PcapReader>(&reader_)) return pcap->pending() > 0;
  return true;  // an empty file too
}

}  // namespace testigo::capture
