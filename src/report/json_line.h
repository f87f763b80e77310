// A JSON object of texts and numbers in one line, written at once: no tree is built, for a line a call is to cost little.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace testigo::report {

class JsonLine {
 public:
  void add(std::string_view name, std::string_view text);  // what is no UTF-8 is replaced

  template <std::integral Number>
  void add(std::string_view name, Number number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    begin(name);
    line_.append(digits, end);
  }

  // Once.
  std::string end() && { return std::move(line_ += '}'); }

 private:
  // `name` is ours: nothing in it needs an escape.
  void begin(std::string_view name);

  std::string line_ = "{";
};

}  // namespace testigo::report
