#include "schema/field_view.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/inert.h"
#include "base/utf8.h"
#include "schema/wire_reader.h"

namespace testigo::schema {
namespace {

constexpr std::size_t kDepthMax = 32;     // what is deeper is not opened
constexpr std::size_t kOctetsShown = 64;  // of a value that is neither message nor text
constexpr std::size_t kTextShown = 1024;  // of a text
constexpr std::size_t kGroupsMax = 100;   // one in the other

// One message by itself: whether all of it are fields. What these hold is not asked.
bool reads_whole(Bytes octets) {
  WireReader reader(octets);
  WireField field;
  std::vector<std::uint32_t> groups;
  while (true) {
    switch (reader.next(field)) {
      case Read::End:
        return groups.empty();
      case Read::Malformed:
        return false;
      case Read::Field:
        break;
    }
    if (field.type == WireType::StartGroup) {
      if (groups.size() == kGroupsMax) return false;
      groups.push_back(field.number);
    } else if (field.type == WireType::EndGroup) {
      if (groups.empty() || groups.back() != field.number) return false;
      groups.pop_back();
    }
  }
}

bool is_printable(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    const bool white = first == '\n' || first == '\t' || first == '\r';
    const bool c1 = length == 2 && first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
    if (length == 0 || c1 || first == 0x7f || (first < 0x20 && !white)) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string quoted(Bytes octets) {
  std::string text = inert(as_text(octets), kTextShown);
  for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) text.insert(at, 1, '\\');
  return '"' + text + '"';
}

std::string hexadecimal(Bytes octets) {
  const std::string shown = to_hex(octets.first(std::min(octets.size(), kOctetsShown)));
  if (octets.size() <= kOctetsShown) return '<' + shown + '>';
  return fmt::format("<{}… {} octets>", shown, octets.size());
}

class View {
 public:
  View(Bytes octets, std::uint64_t length, std::size_t text_max) : reader_(octets), length_(length), text_max_(text_max) {
    levels_.push_back({octets.size(), 0, {}});
  }

  std::string text() && {
    while (step()) {
    }
    return std::move(out_);
  }

 private:
  // A message or group that has begun.
  struct Level {
    std::size_t end = 0;
    std::uint32_t group = 0;  // its number; 0: a message
    std::string behind;       // what is said behind it
  };

  bool step();
  bool end_level();
  void show(const WireField& field);
  void show_octets(Bytes octets);
  void begin(std::size_t end, std::uint32_t group, std::string behind);
  bool stop(std::size_t at, std::string_view what);

  WireReader reader_;
  std::uint64_t length_;
  std::size_t text_max_;
  std::vector<Level> levels_;
  bool first_ = true;  // of its level
  std::string out_;
};

// False when all is said.
bool View::step() {
  const std::size_t at = reader_.position();
  if (out_.size() > text_max_ && (at != reader_.end() || levels_.size() > 1)) return stop(at, "more octets");
  WireField field;
  switch (reader_.next(field)) {
    case Read::End:
      return end_level();
    case Read::Malformed:
      // Of a message that was cut the last field may be.
      return stop(at, length_ > levels_.front().end ? "more octets" : "octets that are no field");
    case Read::Field:
      break;
  }
  if (field.type == WireType::EndGroup) {
    if (levels_.back().group != field.number) return stop(at, "octets that are no field");
    out_ += '}';
    levels_.pop_back();
    first_ = false;
    return true;
  }
  if (!first_) out_ += ", ";
  first_ = false;
  show(field);
  return true;
}

bool View::end_level() {
  if (levels_.back().group != 0) return stop(reader_.position(), "octets that are no field: a group does not end");
  if (levels_.size() == 1) {
    if (length_ > reader_.position()) return stop(reader_.position(), "more octets");
    return false;
  }
  out_ += '}' + levels_.back().behind;
  levels_.pop_back();
  reader_.set_end(levels_.back().end);
  first_ = false;
  return true;
}

bool View::stop(std::size_t at, std::string_view what) {
  if (!out_.empty()) out_ += ' ';
  out_ += fmt::format("… {} {}", length_ - at, what);
  return false;
}

void View::show(const WireField& field) {
  out_ += fmt::format("{}: ", field.number);
  switch (field.type) {
    case WireType::Varint:
      out_ += std::to_string(field.value);
      return;
    case WireType::Fixed64:
      out_ += fmt::format("0x{:016x}", field.value);
      return;
    case WireType::Fixed32:
      out_ += fmt::format("0x{:08x}", field.value);
      return;
    case WireType::Length:
      return show_octets(field.octets);
    case WireType::StartGroup:
      out_ += "group ";
      return begin(levels_.back().end, field.number, {});
    case WireType::EndGroup:
      return;
  }
}

void View::show_octets(Bytes octets) {
  const bool text = is_printable(as_text(octets));
  if (!octets.empty() && levels_.size() < kDepthMax && reads_whole(octets)) {
    const std::size_t end = reader_.position();
    reader_.go_back(octets.size());
    begin(end, 0, text ? " or " + quoted(octets) : std::string());
  } else {
    out_ += text ? quoted(octets) : hexadecimal(octets);
  }
}

void View::begin(std::size_t end, std::uint32_t group, std::string behind) {
  out_ += '{';
  levels_.push_back({end, group, std::move(behind)});
  reader_.set_end(end);
  first_ = true;
}

}  // namespace

std::string field_view(Bytes octets, std::uint64_t length, std::size_t text_max) { return View(octets, length, text_max).text(); }

}  // namespace testigo::schema
