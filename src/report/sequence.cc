#include "report/sequence.h"

#include <algorithm>

#include <fmt/format.h>

namespace testigo::report {
namespace {

constexpr std::size_t kWidth = 78;  // between the two life lines, at least; a longer text makes it wider

// Columns, of a text of which every character takes one.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

std::size_t width_of(const Sequence& sequence) {
  std::size_t width = kWidth;
  for (const Arrow& arrow : sequence.arrows) {
    width = std::max(width, columns(arrow.text) + 8);
    for (const std::string& note : arrow.notes) width = std::max(width, columns(note) + 6);
  }
  return std::min<std::size_t>(width, 2 * kWidth);
}

// "──── HEADERS stream 1 ────▶"
std::string line_of(const Arrow& arrow, std::size_t width) {
  const std::string label = " " + arrow.text + " ";
  const std::size_t left = width - std::min(width, columns(label) + 3);
  const std::string tail = repeated("─", left);
  return arrow.direction == Direction::ToServer ? "──" + label + tail + "▶" : "◀" + tail + label + "──";
}

std::string beside(const Arrow& arrow, Time start) {
  std::string text = fmt::format("+{}", to_human(arrow.time - start));
  if (arrow.packet != 0) text += fmt::format(", packet {}", arrow.packet);
  return text;
}

}  // namespace

std::string sequence_text(const Sequence& sequence, const Paint& paint) {
  const std::size_t width = width_of(sequence);
  const std::string gap(width - std::min(width, columns(sequence.client) + columns(sequence.server)) + 2, ' ');
  std::string out = paint.bold(sequence.client) + gap + paint.bold(sequence.server) + "\n";
  const Time start = sequence.arrows.empty() ? Time() : sequence.arrows.front().time;
  for (const Arrow& arrow : sequence.arrows) {
    const std::string line = line_of(arrow, width);
    out += fmt::format("│{}│  {}\n", arrow.direction == Direction::ToServer ? paint.green(line) : paint.cyan(line),
                       paint.dim(beside(arrow, start)));
    for (const std::string& note : arrow.notes) {
      const std::size_t room = width - std::min(width, columns(note) + 4);
      out += fmt::format("│    {}{}│\n", note, repeated(" ", room));
    }
  }
  if (sequence.left_out != 0) out += fmt::format("  … and {} frames more\n", sequence.left_out);
  for (const std::string& line : sequence.ending) out += "  " + line + "\n";
  return out;
}

}  // namespace testigo::report
