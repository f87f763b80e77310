#include "wire/tls/record_decoder.h"

namespace testigo::tls {
namespace {

bool is_kept(ContentType type) { return type == ContentType::Handshake || type == ContentType::Alert; }

}  // namespace

Decoded RecordDecoder::next(Record& record) {
  if (given_) {
    buffer_.clear();
    passed_ = 0;
    given_ = false;
  }
  collect(kRecordHeaderBytes);
  if (!is_record()) return Decoded::Malformed;
  if (buffer_.size() < kRecordHeaderBytes) return Decoded::NeedMore;
  record.type = static_cast<ContentType>(buffer_[0]);
  const auto length = static_cast<std::size_t>(load_number(&buffer_[3], 2));
  return is_kept(record.type) ? keep_body(record, length) : pass_body(record, length);
}

void RecordDecoder::collect(std::size_t wanted) {
  if (buffer_.size() >= wanted) return;
  const std::size_t size = std::min(wanted - buffer_.size(), unread_.size());
  append(buffer_, unread_.first(size));
  unread_ = unread_.subspan(size);
}

// As far as its header is there.
bool RecordDecoder::is_record() const {
  const auto at = [this](std::size_t i) { return std::to_integer<unsigned>(buffer_[i]); };
  const std::size_t size = buffer_.size();
  if (size > 0 && (at(0) < 20 || at(0) > 24)) return false;
  if (size > 1 && at(1) != 3) return false;
  return size < kRecordHeaderBytes || load_number(&buffer_[3], 2) <= kRecordBytesMax;
}

Decoded RecordDecoder::keep_body(Record& record, std::size_t length) {
  collect(kRecordHeaderBytes + length);
  if (buffer_.size() < kRecordHeaderBytes + length) return Decoded::NeedMore;
  record.fragment = Bytes(buffer_).subspan(kRecordHeaderBytes);
  return give(record, length);
}

Decoded RecordDecoder::pass_body(Record& record, std::size_t length) {
  const std::size_t size = std::min(length - passed_, unread_.size());
  passed_ += size;
  unread_ = unread_.subspan(size);
  if (passed_ < length) return Decoded::NeedMore;
  record.fragment = {};
  return give(record, length);
}

Decoded RecordDecoder::give(Record& record, std::size_t length) {
  record.offset = offset_;
  record.end = offset_ += kRecordHeaderBytes + length;
  given_ = true;
  return Decoded::Done;
}

}  // namespace testigo::tls
