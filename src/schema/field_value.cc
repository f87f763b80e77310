// One field of a message, read by its number alone.
#include <bit>
#include <optional>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include "schema/schema.h"
#include "schema/wire_reader.h"

namespace testigo::schema {
namespace {

using google::protobuf::FieldDescriptor;

std::int64_t zigzag(std::uint64_t value) { return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1)); }

template <typename Float, typename Bits>
std::string float_text(Bits bits) {
  return fmt::format("{}", std::bit_cast<Float>(bits));
}

// Of a number, as the type of the field reads it.
std::string number_text(const FieldDescriptor& field, std::uint64_t value) {
  const auto low = static_cast<std::uint32_t>(value);
  switch (field.type()) {
    case FieldDescriptor::TYPE_DOUBLE:
      return float_text<double>(value);
    case FieldDescriptor::TYPE_FLOAT:
      return float_text<float>(low);
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_SFIXED64:
      return std::to_string(static_cast<std::int64_t>(value));
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_SFIXED32:
    case FieldDescriptor::TYPE_ENUM:
      return std::to_string(static_cast<std::int32_t>(low));
    case FieldDescriptor::TYPE_SINT32:
      return std::to_string(static_cast<std::int32_t>(zigzag(low)));
    case FieldDescriptor::TYPE_SINT64:
      return std::to_string(zigzag(value));
    case FieldDescriptor::TYPE_BOOL:
      return value == 0 ? "false" : "true";
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_FIXED32:
      return std::to_string(low);
    default:
      return std::to_string(value);
  }
}

std::string default_text(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field.default_value_string();
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(field.default_value_int32());
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(field.default_value_int64());
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(field.default_value_uint32());
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(field.default_value_uint64());
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return fmt::format("{}", field.default_value_double());
    case FieldDescriptor::CPPTYPE_FLOAT:
      return fmt::format("{}", field.default_value_float());
    case FieldDescriptor::CPPTYPE_BOOL:
      return field.default_value_bool() ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return std::to_string(field.default_value_enum()->number());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return {};
}

bool has_length(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING || field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

bool has_type(const FieldDescriptor& field, const WireField& wire) {
  switch (wire.type) {
    case WireType::Length:
      return has_length(field) && field.type() != FieldDescriptor::TYPE_GROUP;
    case WireType::Varint:
    case WireType::Fixed64:
    case WireType::Fixed32:
      return !has_length(field);
    case WireType::StartGroup:
      return field.type() == FieldDescriptor::TYPE_GROUP;
    case WireType::EndGroup:
      break;
  }
  return false;
}

// Of two members of a oneof the later one counts.
bool replaces(const WireField& wire, const FieldDescriptor& field) {
  const google::protobuf::OneofDescriptor* oneof = field.real_containing_oneof();
  if (oneof == nullptr) return false;
  const FieldDescriptor* member = oneof->containing_type()->FindFieldByNumber(static_cast<int>(wire.number));
  return member != nullptr && member != &field && member->containing_oneof() == oneof && has_type(*member, wire);
}

// Every one of that number in the message, outside of groups, and where it is unset by another one.
template <typename Take, typename Unset>
void each(Bytes message, const FieldDescriptor& field, Take take, Unset unset) {
  WireReader reader(message);
  WireField wire;
  std::size_t groups = 0;
  while (reader.next(wire) == Read::Field) {
    const bool outside = groups == 0;
    if (wire.type == WireType::StartGroup) ++groups;
    if (wire.type == WireType::EndGroup && groups != 0) --groups;
    if (!outside) continue;
    if (wire.number != static_cast<std::uint32_t>(field.number())) {
      if (replaces(wire, field)) unset();
    } else if (has_type(field, wire)) {
      take(wire);
    }
  }
}

}  // namespace

std::optional<FieldPath> find_field(Type type, std::string_view names) {
  FieldPath path;
  while (true) {
    const auto dot = names.find('.');
    const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByName(std::string(names.substr(0, dot)));
    if (field == nullptr || field->is_repeated() || field->type() == FieldDescriptor::TYPE_GROUP) return std::nullopt;
    path.push_back(field);
    type = field->message_type();
    if (dot == std::string_view::npos) break;
    names.remove_prefix(dot + 1);
  }
  return type == nullptr ? std::optional(path) : std::nullopt;
}

// Of fields that come more than once messages are merged, and of values the last one counts.
std::string value_of(const FieldPath& path, Bytes message) {
  std::vector<Bytes> messages{message};
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    std::vector<Bytes> inside;
    for (const Bytes outside : messages) {
      each(
          outside, *path[i], [&](const WireField& wire) { inside.push_back(wire.octets); }, [&] { inside.clear(); });
    }
    messages = std::move(inside);
  }
  const FieldDescriptor& field = *path.back();
  std::string text = default_text(field);
  for (const Bytes last : messages) {
    each(
        last, field,
        [&](const WireField& wire) {
          text = wire.type == WireType::Length ? std::string(as_text(wire.octets)) : number_text(field, wire.value);
        },
        [&] { text = default_text(field); });
  }
  return text;
}

}  // namespace testigo::schema
