// Huffman strings that come again: senders that put the method of a call into no table write it anew for each.
//
// A few of them are remembered, by their octets; one gives way when it has not come for a while.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"

namespace testigo::http2 {

class TextMemory {
 public:
  // The text of the coded string, where it is known; else a view of nothing, whose data is null.
  std::string_view recall(Bytes coded) {
    if (coded.size() < kCodedBytesMin || coded.size() > kCodedBytesMax || lines_ == nullptr) return {};
    Line& line = line_of(coded);
    return line.coded_size == coded.size() && same(line, coded) ? line.text_again() : std::string_view{};
  }
  // What it was decoded to.
  void note(Bytes coded, std::string_view text);

 private:
  static constexpr std::size_t kLines = 4;
  static constexpr std::size_t kCodedBytesMin = 8;
  static constexpr std::size_t kCodedBytesMax = 40;
  static constexpr std::size_t kTextBytesMax = 60;
  static constexpr std::uint8_t kMissesMin = 8;  // before what is remembered gives way

  struct Line {
    std::uint8_t coded_size = 0;
    std::uint8_t text_size = 0;
    std::uint8_t misses = 0;
    std::array<std::byte, kCodedBytesMax> coded;
    std::array<char, kTextBytesMax> text;

    std::string_view text_again() {
      misses = 0;
      return {text.data(), text_size};
    }
  };

  Line& line_of(Bytes coded) {
    const auto last = load_as_is<std::uint64_t>(coded.data() + coded.size() - 8) ^ coded.size();
    return (*lines_)[last * 0x9e37'79b9'7f4a'7c15 >> 62];
  }
  static bool same(const Line& line, Bytes coded);

  std::unique_ptr<std::array<Line, kLines>> lines_;  // made for the first string
};

}  // namespace testigo::http2
