#include "wire/http2/text_memory.h"

#include <cstring>

#include "wire/http2/field_text.h"

namespace testigo::http2 {

// Of as many octets, which are at least eight.
bool TextMemory::same(const Line& line, Bytes coded) {
  const auto differ = [&](std::size_t at) {
    return load_as_is<std::uint64_t>(line.coded.data() + at) ^ load_as_is<std::uint64_t>(coded.data() + at);
  };
  std::uint64_t all = differ(coded.size() - 8);
  for (std::size_t at = 0; at + 8 < coded.size(); at += 8) all |= differ(at);
  return all == 0;
}

void TextMemory::note(Bytes coded, std::string_view text) {
  if (coded.size() < kCodedBytesMin || coded.size() > kCodedBytesMax || text.size() > kTextBytesMax) return;
  if (lines_ == nullptr) lines_ = std::make_unique<std::array<Line, kLines>>();
  Line& line = line_of(coded);
  if (line.coded_size != 0 && ++line.misses < kMissesMin) return;
  line.coded_size = static_cast<std::uint8_t>(coded.size());
  line.text_size = static_cast<std::uint8_t>(text.size());
  line.misses = 0;
  std::memcpy(line.coded.data(), coded.data(), coded.size());
  put_text(text, line.text.data());
}

}  // namespace testigo::http2
