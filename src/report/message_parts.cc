#include "report/message_parts.h"

#include "schema/field_view.h"
#include "schema/wire_reader.h"

namespace testigo::report {
namespace {

constexpr std::size_t kPartsMax = 200;
constexpr std::size_t kTextMax = 256;

}  // namespace

std::vector<Part> message_parts(Bytes message, std::size_t at) {
  std::vector<Part> parts;
  schema::WireReader reader(message);
  schema::WireField field;
  for (std::size_t begin = 0; begin < message.size() && parts.size() < kPartsMax; begin = reader.position()) {
    if (reader.next(field) != schema::Read::Field) {
      parts.push_back({at + begin, at + message.size(), "no field"});
      break;
    }
    const std::size_t end = reader.position();
    const bool group = field.type == schema::WireType::StartGroup || field.type == schema::WireType::EndGroup;
    parts.push_back({at + begin, at + end,
                     group ? (field.type == schema::WireType::StartGroup ? "a group begins" : "a group ends")
                           : schema::field_view(message.subspan(begin, end - begin), end - begin, kTextMax)});
  }
  return parts;
}

}  // namespace testigo::report
