#include "report/json_line.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace testigo::report {
namespace {

bool needs_no_escape(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

}  // namespace

void JsonLine::add(std::string_view name, std::string_view text) {
  begin(name);
  if (needs_no_escape(text)) {
    line_.append(1, '"').append(text).append(1, '"');
  } else {
    line_ += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

void JsonLine::begin(std::string_view name) {
  constexpr std::size_t kUsual = 512;
  if (line_.size() > 1) {
    line_ += ',';
  } else {
    line_.reserve(kUsual);
  }
  line_.append(1, '"').append(name).append("\":");
}

}  // namespace testigo::report
