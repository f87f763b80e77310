#include "schema/relation.h"

#include <algorithm>

namespace testigo::schema {
namespace {

constexpr std::string_view kReply = "reply.";
constexpr std::string_view kRequest = "request.";

bool is_name(std::string_view text) {
  const auto letter = [](unsigned char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && letter(static_cast<unsigned char>(text.front())) &&
         std::ranges::all_of(text, [&](unsigned char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool are_names(std::string_view text) {
  while (true) {
    const auto dot = text.find('.');
    if (!is_name(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// "reply. a.b " without what stands around the names.
std::optional<std::string> names_behind(std::string_view side, std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (!text.starts_with(side) || !are_names(text.substr(side.size()))) return std::nullopt;
  return std::string(text.substr(side.size()));
}

}  // namespace

std::optional<Relation> parse_relation(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const auto reply = names_behind(kReply, text.substr(0, equals));
  const auto request = names_behind(kRequest, text.substr(equals + 1));
  if (!reply || !request) return std::nullopt;
  return Relation{*reply, *request};
}

}  // namespace testigo::schema
