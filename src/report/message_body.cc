#include "report/message_body.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "schema/field_view.h"

namespace testigo::report {
namespace {

// The first octets, at most so many, that are whole characters.
std::size_t cut_at(std::string_view text, std::size_t octets_max) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text.substr(at)), 1);
    if (at + length > octets_max) break;
    at += length;
  }
  return at;
}

void add_json(MessageBody& body, std::string json, std::size_t text_max) {
  body.json_cut = json.size() > text_max;
  if (body.json_cut) {
    const std::size_t shown = cut_at(json, text_max);
    json = fmt::format("{}… {} more octets", json.substr(0, shown), json.size() - shown);
  }
  body.json = std::move(json);
}

}  // namespace

MessageBody message_body(const check::Plain& plain, std::uint64_t length, const schema::Schema* schema, schema::Type type,
                         std::size_t text_max) {
  MessageBody body;
  if (type != nullptr) body.type = schema::name_of(type);
  body.why_not = plain.why_not;
  if (plain.whole() && schema != nullptr && type != nullptr) {
    if (auto json = schema->json(type, plain.octets)) {
      add_json(body, std::move(*json), text_max);
      return body;
    }
    body.why_not = "as its type it has no JSON";
  }
  if (plain.protobuf) body.fields = schema::field_view(plain.octets, plain.whole() ? plain.octets.size() : length, text_max);
  return body;
}

std::string body_text(const MessageBody& body) {
  std::string text = body.type;
  for (const std::string* part : {&body.json, &body.fields}) {
    if (!part->empty()) text += (text.empty() ? "" : " ") + *part;
  }
  if (body.why_not.empty()) return text.empty() ? "(empty)" : text;
  return fmt::format("{}{}({})", text, text.empty() ? "" : " ", body.why_not);
}

void add_body(nlohmann::ordered_json& line, const MessageBody& body) {
  using Json = nlohmann::ordered_json;
  if (!body.type.empty()) line["message_type"] = body.type;
  Json parsed = body.json.empty() || body.json_cut ? Json(Json::value_t::discarded) : Json::parse(body.json, nullptr, false);
  if (!parsed.is_discarded()) {
    line["body"] = std::move(parsed);
  } else if (!body.json.empty()) {
    line["body_text"] = body.json;
  } else if (body.why_not.empty() || !body.fields.empty()) {
    line["fields"] = body.fields;
  }
  if (!body.why_not.empty()) line["not_shown"] = body.why_not;
}

}  // namespace testigo::report
