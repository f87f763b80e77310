#include "schema/wire_reader.h"

namespace testigo::schema {
namespace {

constexpr std::size_t kVarintOctets = 10;
constexpr std::size_t kTagOctets = 5;  // and those of a length

}  // namespace

std::optional<std::uint64_t> WireReader::varint(std::size_t octets_max) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < octets_max && at_ < end_; ++i) {
    const auto octet = std::to_integer<std::uint64_t>(octets_[at_++]);
    value |= (octet & 0x7f) << 7 * i;
    if (octet < 0x80) return value;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> WireReader::varint() { return varint(kVarintOctets); }

Read WireReader::malformed(std::string_view why) {
  wrong_ = why;
  return Read::Malformed;
}

Read WireReader::next(WireField& field) {
  if (at_ == end_) return Read::End;
  const auto tag = varint(kTagOctets);
  if (!tag) return malformed("a tag that does not end");
  field.number = static_cast<std::uint32_t>(*tag) >> 3;
  if (field.number == 0) return malformed("a field of number 0");
  if ((*tag & 7) > 5) return malformed("a wire type that there is not");
  field.type = static_cast<WireType>(*tag & 7);
  return value(field);
}

Read WireReader::value(WireField& field) {
  switch (field.type) {
    case WireType::Varint:
      if (const auto number = varint()) {
        field.value = *number;
        return Read::Field;
      }
      return malformed("a number that does not end");
    case WireType::Fixed64:
    case WireType::Fixed32: {
      const std::size_t size = field.type == WireType::Fixed64 ? 8 : 4;
      if (end_ - at_ < size) return malformed("a number that ends behind its message");
      field.value = load_little_endian(octets_.data() + at_, size);
      at_ += size;
      return Read::Field;
    }
    case WireType::Length: {
      const auto size = varint(kTagOctets);
      if (!size) return malformed("a length that does not end");
      if (*size > end_ - at_) return malformed("a field that ends behind its message");
      field.octets = octets_.subspan(at_, *size);
      at_ += *size;
      return Read::Field;
    }
    case WireType::StartGroup:
    case WireType::EndGroup:
      break;
  }
  return Read::Field;
}

}  // namespace testigo::schema
