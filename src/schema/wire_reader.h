// The protobuf wire format (protobuf.dev/programming-guides/encoding), field by field, of octets that may be anything.
//
// It agrees with protobuf's own parser in what it takes; fuzz/schema_fuzz.cc holds it to that.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace testigo::schema {

enum class WireType : std::uint8_t { Varint = 0, Fixed64 = 1, Length = 2, StartGroup = 3, EndGroup = 4, Fixed32 = 5 };

struct WireField {
  std::uint32_t number = 0;
  WireType type = WireType::Varint;
  std::uint64_t value = 0;  // of Varint, Fixed64 and Fixed32
  Bytes octets;             // of Length; borrowed
};

enum class Read : std::uint8_t { Field, End, Malformed };

class WireReader {
 public:
  explicit WireReader(Bytes octets) : octets_(octets), end_(octets.size()) {}

  // The next field before `end()`. A group begins and ends as two fields; whether they match is its user's affair.
  Read next(WireField& field);
  // A varint that stands alone, as in a packed list.
  std::optional<std::uint64_t> varint();

  std::size_t position() const { return at_; }
  // Where fields end for now, so that a message inside is read in place.
  std::size_t end() const { return end_; }
  void set_end(std::size_t end) { end_ = end; }
  void go_back(std::size_t octets) { at_ -= octets; }
  std::string_view wrong() const { return wrong_; }  // after Malformed

 private:
  Read malformed(std::string_view why);
  Read value(WireField& field);
  std::optional<std::uint64_t> varint(std::size_t octets_max);

  Bytes octets_;
  std::size_t at_ = 0;
  std::size_t end_;
  std::string_view wrong_;
};

}  // namespace testigo::schema
