#include "report/call_detail.h"

#include "report/exact.h"
#include "report/frame_text.h"

namespace testigo::report {
namespace {

using Json = nlohmann::ordered_json;

void add_extent(Json& json, const std::optional<http2::Extent>& extent) {
  if (!extent) return;
  json["begin"] = extent->begin;
  json["end"] = extent->end;
}

Json field_json(const DetailedField& field) {
  Json json = {{"name_known", known_name(field.name_known)}, {"value_known", known_name(field.value_known)}};
  if (field.name_known != http2::Known::Unknown) json["name"] = field.name;
  if (field.secret) json["secret"] = true;
  if (field.value_known != http2::Known::Unknown && !field.secret) json["value"] = field.value;
  if (field.unknown_entry != 0) json["unknown"] = exact(field.unknown_entry);
  add_extent(json, field.octets);
  return json;
}

Json message_json(const DetailedMessage& message) {
  Json json = {{"number", exact(message.number)}, {"length", message.length}, {"compressed", message.flag != 0}};
  if (!message.body.type.empty()) json["type"] = message.body.type;
  json["fields"] = message.body.json.empty() ? message.body.fields : message.body.json;
  if (!message.body.why_not.empty()) json["not_shown"] = message.body.why_not;
  add_extent(json, message.octets);
  return json;
}

Json frame_json(const DetailedFrame& frame, Time began) {
  Json json = {{"packet", exact(frame.packet)},
               {"time_ns", exact((frame.time - began).count())},
               {"direction", frame.direction == Direction::ToServer ? "to-server" : "to-client"},
               {"offset", exact(frame.offset)},
               {"type", http2::frame_type_name(frame.header.type)},
               {"length", frame.header.length},
               {"flags", flag_names(frame.header)},
               {"text", frame.text},
               {"octets", to_hex(frame.octets)},
               {"size", frame.size}};
  Json& parts = json["parts"] = Json::array();
  for (const Part& part : frame.parts) parts.push_back({{"begin", part.begin}, {"end", part.end}, {"text", part.text}});
  Json& fields = json["fields"] = Json::array();
  for (const DetailedField& field : frame.fields) fields.push_back(field_json(field));
  Json& messages = json["messages"] = Json::array();
  for (const DetailedMessage& message : frame.messages) messages.push_back(message_json(message));
  return json;
}

}  // namespace

nlohmann::ordered_json frames_json(const CallDetail& detail, Time began) {
  Json json;
  Json& frames = json["frames"] = Json::array();
  for (const DetailedFrame& frame : detail.frames) frames.push_back(frame_json(frame, began));
  json["frames_left_out"] = exact(detail.frames_left_out);
  return json;
}

}  // namespace testigo::report
