#include "statement/statement.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace testigo::statement {
namespace {

constexpr std::size_t kNameBytesMax = 64;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

constexpr std::array<std::pair<Kind, std::string_view>, 4> kKinds{{
    {Kind::Unary, "unary"},
    {Kind::ClientStream, "client-stream"},
    {Kind::ServerStream, "server-stream"},
    {Kind::Bidi, "bidi"},
}};

// Canonical decimal from 1: no sign, no leading zero.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '0') return std::nullopt;
  return number;
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameBytesMax && std::ranges::all_of(text, is_name_character);
}

std::string to_text(const CallId& id) { return id.client + '/' + id.process + '/' + std::to_string(id.number); }

std::optional<CallId> parse_call_id(std::string_view text) {
  const std::size_t first = text.find('/');
  const std::size_t second = first == std::string_view::npos ? first : text.find('/', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view client = text.substr(0, first);
  const std::string_view process = text.substr(first + 1, second - first - 1);
  const auto number = parse_number(text.substr(second + 1));
  if (!is_name(client) || !is_name(process) || !number) return std::nullopt;
  return CallId{std::string(client), std::string(process), *number};
}

std::string_view kind_name(Kind kind) { return std::ranges::find(kKinds, kind, &std::pair<Kind, std::string_view>::first)->second; }

std::optional<Kind> parse_kind(std::string_view text) {
  const auto found = std::ranges::find(kKinds, text, &std::pair<Kind, std::string_view>::second);
  if (found == kKinds.end()) return std::nullopt;
  return found->first;
}

}  // namespace testigo::statement
