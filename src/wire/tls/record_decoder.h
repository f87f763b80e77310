// Octets of one direction of one connection → TLS records (RFC 8446 section 5.1; RFC 5246 section 6.2 says the same).
//
// Cutting the input elsewhere never changes the records. Only what can be read without keys is kept: of application data and of
// what is no record of RFC 8446 the length alone.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace testigo::tls {

// The three answers of a decoder. Behind `Malformed` nothing can be read: where records begin is lost.
enum class Decoded : std::uint8_t { Done, NeedMore, Malformed };

enum class ContentType : std::uint8_t { ChangeCipherSpec = 20, Alert = 21, Handshake = 22, ApplicationData = 23, Heartbeat = 24 };

constexpr std::size_t kRecordHeaderBytes = 5;
constexpr std::size_t kRecordBytesMax = (1 << 14) + 2048;  // of a ciphertext of TLS 1.2 (RFC 5246 section 6.2.3)

struct Record {
  ContentType type = ContentType::Handshake;
  std::uint64_t offset = 0;  // of its first octet, since the first one fed
  std::uint64_t end = 0;     // behind its last octet
  Bytes fragment;            // of a handshake record or an alert; else empty
};

class RecordDecoder {
 public:
  // They are borrowed until `next` has answered anything but `Done`; only then may more be fed.
  void feed(Bytes octets) { unread_ = octets; }

  // The next whole record. Its octets are valid until the next call.
  Decoded next(Record& record);

 private:
  void collect(std::size_t wanted);
  bool is_record() const;
  Decoded keep_body(Record& record, std::size_t length);
  Decoded pass_body(Record& record, std::size_t length);
  Decoded give(Record& record, std::size_t length);

  Bytes unread_;
  std::vector<std::byte> buffer_;  // the beginning of a record whose rest has not come
  std::size_t passed_ = 0;         // of the octets behind its header, those that are not kept
  bool given_ = false;             // the last record borrowed from buffer_
  std::uint64_t offset_ = 0;
};

}  // namespace testigo::tls
