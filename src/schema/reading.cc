#include "schema/reading.h"

#include <algorithm>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include "base/utf8.h"
#include "schema/wire_reader.h"

namespace testigo::schema {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr std::size_t kDepthMax = 100;  // google::protobuf::io::CodedInputStream::GetDefaultRecursionLimit()
constexpr std::size_t kDriftKept = 10;

std::string_view wire_type_name(WireType type) {
  switch (type) {
    case WireType::Varint:
      return "a varint";
    case WireType::Fixed64:
      return "64 bits";
    case WireType::Length:
      return "octets with a length";
    case WireType::StartGroup:
    case WireType::EndGroup:
      return "a group";
    case WireType::Fixed32:
      return "32 bits";
  }
  return {};
}

WireType wire_type_of(FieldDescriptor::Type type) {
  switch (type) {
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED64:
      return WireType::Fixed64;
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_SFIXED32:
      return WireType::Fixed32;
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_MESSAGE:
      return WireType::Length;
    case FieldDescriptor::TYPE_GROUP:
      return WireType::StartGroup;
    default:
      return WireType::Varint;
  }
}

const FieldDescriptor* field_of(Type type, std::uint32_t number) {
  if (type == nullptr) return nullptr;
  const auto signed_number = static_cast<int>(number);
  if (const FieldDescriptor* field = type->FindFieldByNumber(signed_number)) return field;
  if (!type->IsExtensionNumber(signed_number)) return nullptr;
  return type->file()->pool()->FindExtensionByNumber(type, signed_number);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// A repeated field of numbers, one behind the other.
bool packed_is_whole(WireType of_each, Bytes octets) {
  if (of_each == WireType::Fixed64) return octets.size() % 8 == 0;
  if (of_each == WireType::Fixed32) return octets.size() % 4 == 0;
  WireReader reader(octets);
  while (reader.position() != octets.size()) {
    if (!reader.varint()) return false;
  }
  return true;
}

class Walk {
 public:
  Walk(Type type, Bytes message, Parts* parts) : reader_(message), parts_(parts) { push({type, message.size(), 0}); }

  Reading read() && {
    while (step()) {
    }
    return std::move(reading_);
  }

 private:
  struct Level {
    Type type = nullptr;  // null: a group that nobody knows
    std::size_t end = 0;
    std::uint32_t group = 0;  // its number; 0: a message
  };

  void push(Level level) {
    if (parts_ != nullptr) ++parts_->messages[level.type];
    levels_.push_back(level);
  }
  bool step();
  bool end_level();
  bool take(const WireField& wire);
  bool take_known(const FieldDescriptor& field, const WireField& wire);
  bool take_length(const FieldDescriptor& field, const WireField& wire);
  bool begin(Type type, std::size_t end, std::uint32_t group);
  bool end_group(std::uint32_t number);
  bool malformed(std::string_view why);
  bool is_new(const WireField& wire);

  WireReader reader_;
  Parts* parts_;
  std::vector<Level> levels_;
  std::size_t field_at_ = 0;
  // What is told of already.
  struct Drift {
    Type type = nullptr;
    std::uint32_t number = 0;
    WireType wire_type = WireType::Varint;
    bool operator==(const Drift&) const = default;
  };
  std::vector<Drift> told_;
  Reading reading_;
};

// False when the message is over, or cannot be read on.
bool Walk::step() {
  field_at_ = reader_.position();
  WireField wire;
  switch (reader_.next(wire)) {
    case Read::End:
      return end_level();
    case Read::Malformed:
      return malformed(reader_.wrong());
    case Read::Field:
      break;
  }
  return wire.type == WireType::EndGroup ? end_group(wire.number) : take(wire);
}

bool Walk::end_level() {
  if (levels_.back().group != 0) return malformed("a group that does not end");
  levels_.pop_back();
  if (levels_.empty()) return false;
  reader_.set_end(levels_.back().end);
  return true;
}

bool Walk::end_group(std::uint32_t number) {
  if (levels_.back().group != number) return malformed("the end of a group that did not begin");
  levels_.pop_back();
  return true;
}

bool Walk::take(const WireField& wire) {
  const Type type = levels_.back().type;
  if (const FieldDescriptor* field = field_of(type, wire.number)) return take_known(*field, wire);
  if (type != nullptr && is_new(wire))
    reading_.drift.push_back(fmt::format("{} has no field {} ({})", name_of(type), wire.number, wire_type_name(wire.type)));
  return wire.type != WireType::StartGroup || begin(nullptr, levels_.back().end, wire.number);
}

bool Walk::take_known(const FieldDescriptor& field, const WireField& wire) {
  const WireType declared = wire_type_of(field.type());
  const bool packed = wire.type == WireType::Length && field.is_packable();
  if (packed) return packed_is_whole(declared, wire.octets) || malformed("a packed list that ends in the middle of a number");
  if (wire.type != declared) {
    const std::string clash =
        fmt::format("{} is {}, and came as {}", field.full_name(), field.type_name(), wire_type_name(wire.type));
    if (is_new(wire)) reading_.drift.push_back(clash);
    if (reading_.clash.empty()) reading_.clash = clash;
    return wire.type != WireType::StartGroup || begin(nullptr, levels_.back().end, wire.number);
  }
  if (wire.type == WireType::Length) return take_length(field, wire);
  return wire.type != WireType::StartGroup || begin(field.message_type(), levels_.back().end, wire.number);
}

bool Walk::take_length(const FieldDescriptor& field, const WireField& wire) {
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    const std::size_t end = reader_.position();
    reader_.go_back(wire.octets.size());
    return begin(field.message_type(), end, 0);
  }
  if (parts_ != nullptr) ++parts_->texts;
  const bool is_text = field.type() == FieldDescriptor::TYPE_STRING && field.file()->syntax() == FileDescriptor::SYNTAX_PROTO3;
  return !is_text || is_utf8(as_text(wire.octets)) || malformed("a string that is not UTF-8");
}

bool Walk::begin(Type type, std::size_t end, std::uint32_t group) {
  if (levels_.size() > kDepthMax) {
    reading_.parse = Parse::TooDeep;
    return false;
  }
  push({type, end, group});
  reader_.set_end(end);
  return true;
}

bool Walk::malformed(std::string_view why) {
  const Type type = levels_.back().type;
  reading_.parse = Parse::Malformed;
  reading_.wrong = fmt::format("{} at octet {}{}", why, field_at_, type == nullptr ? "" : fmt::format(", in {}", name_of(type)));
  return false;
}

bool Walk::is_new(const WireField& wire) {
  const Drift drift{levels_.back().type, wire.number, wire.type};
  if (told_.size() == kDriftKept || std::ranges::find(told_, drift) != told_.end()) return false;
  told_.push_back(drift);
  return true;
}

}  // namespace

Reading read_message(Type type, Bytes message, Parts* parts) { return Walk(type, message, parts).read(); }

}  // namespace testigo::schema
