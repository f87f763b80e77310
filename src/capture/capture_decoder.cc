#include "capture/capture_decoder.h"

#include <algorithm>

#include "capture/pcap_reader.h"
#include "capture/pcapng_reader.h"

namespace testigo::capture {
namespace {

constexpr std::size_t kMagicBytes = 4;
constexpr std::size_t kInflatedBytes = 256 << 10;  // at a time, whatever the ratio

}  // namespace

void CaptureDecoder::feed(Bytes octets) {
  if (gunzip_) return gunzip_->feed(octets);
  if (reader_) return reader_->feed(octets);
  append(first_, octets);
  if (first_.size() < kMagicBytes) return;
  if (Gunzip::begins(first_)) {
    gunzip_.emplace().feed(first_);
    first_.clear();
  } else {
    recognise();
  }
}

std::span<std::byte> CaptureDecoder::room(std::size_t octets) {
  if (reader_ && !gunzip_) return reader_->room(octets);
  raw_.resize(gunzip_ ? octets : std::min(octets, kMagicBytes));
  return raw_;
}

void CaptureDecoder::filled(std::size_t octets) {
  if (reader_ && !gunzip_) {
    reader_->filled(octets);
  } else {
    feed(Bytes(raw_).first(octets));
  }
}

ReadBlock CaptureDecoder::next(CaptureBlock& block) {
  for (;;) {
    if (is_no_capture_) return ReadBlock::Malformed;
    const ReadBlock read = reader_ ? reader_->next(block) : ReadBlock::NeedMore;
    if (read != ReadBlock::NeedMore || !gunzip_) return read;
    if (!feed_inflated()) return gunzip_->trouble().empty() ? ReadBlock::NeedMore : ReadBlock::Malformed;
  }
}

// What was inflated before the damage is read first.
bool CaptureDecoder::feed_inflated() {
  inflated_.resize(kInflatedBytes);
  const Bytes octets = Bytes(inflated_).first(gunzip_->read(inflated_));
  if (reader_) {
    reader_->feed(octets);
  } else {
    append(first_, octets);
    if (first_.size() >= kMagicBytes) recognise();
  }
  return !octets.empty();
}

void CaptureDecoder::recognise() {
  if (PcapngReader::begins(first_)) {
    reader_ = std::make_unique<PcapngReader>(limits_);
  } else if (PcapReader::begins(first_)) {
    reader_ = std::make_unique<PcapReader>(limits_);
  } else {
    is_no_capture_ = true;
    return;
  }
  reader_->feed(first_);
  first_.clear();
}

const std::string& CaptureDecoder::trouble() const {
  static const std::string none;
  static const std::string other = "this is no capture: neither pcapng nor pcap, compressed by gzip or not";
  if (is_no_capture_) return other;
  if (reader_ && !reader_->trouble().empty()) return reader_->trouble();
  return gunzip_ ? gunzip_->trouble() : none;
}

bool CaptureDecoder::inside() const {
  return !reader_ || reader_->pending() > 0 || (gunzip_ && gunzip_->inside());  // an empty file, too
}

}  // namespace testigo::capture
