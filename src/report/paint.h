// Colour, for terminals only.
#pragma once

#include <string>
#include <string_view>

namespace testigo::report {

struct Paint {
  bool colour = false;

  // Appends; for what is printed a million times.
  void bold(std::string& out, std::string_view text) const { append(out, "1", text); }
  void dim(std::string& out, std::string_view text) const { append(out, "2", text); }
  void red(std::string& out, std::string_view text) const { append(out, "31", text); }
  void green(std::string& out, std::string_view text) const { append(out, "32", text); }

  std::string bold(std::string_view text) const { return with("1", text); }
  std::string dim(std::string_view text) const { return with("2", text); }
  std::string red(std::string_view text) const { return with("31", text); }
  std::string green(std::string_view text) const { return with("32", text); }
  std::string yellow(std::string_view text) const { return with("33", text); }
  std::string cyan(std::string_view text) const { return with("36", text); }

 private:
  void append(std::string& out, std::string_view code, std::string_view text) const {
    if (colour) out.append("\x1b[").append(code) += 'm';
    out += text;
    if (colour) out += "\x1b[0m";
  }
  std::string with(std::string_view code, std::string_view text) const {
    std::string out;
    append(out, code, text);
    return out;
  }
};

}  // namespace testigo::report
