#include "report/frame_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/inert.h"
#include "report/frame_parts.h"

namespace testigo::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kValueBytesShown = 1024;
constexpr std::size_t kSettingsShown = 64;

// "→": from the client to the server.
std::string_view arrow(Direction direction) { return direction == Direction::ToServer ? "→" : "←"; }

std::string octets_text(std::size_t count) { return fmt::format("{} octet{}", count, count == 1 ? "" : "s"); }

// What a frame says beside its header; nothing of header blocks, and of bodies how long they are.
struct Inside {
  std::string operator()(const http2::DataFrame& data) const { return padded(octets_text(data.data.size()), data.padding); }
  std::string operator()(const http2::HeadersFrame& headers) const {
    std::string text = padded(octets_text(headers.fragment.size()), headers.padding);
    return headers.priority ? text + ", " + (*this)(http2::PriorityFrame{*headers.priority}) : text;
  }
  std::string operator()(const http2::PriorityFrame& frame) const {
    return fmt::format("depends on stream {}{}, weight {}", frame.priority.dependency, frame.priority.exclusive ? " alone" : "",
                       frame.priority.weight + 1);
  }
  std::string operator()(const http2::RstStreamFrame& reset) const { return http2::error_code_name(reset.error_code); }
  std::string operator()(const http2::SettingsFrame& settings) const {
    std::string text;
    for (std::size_t i = 0; i < settings.size() && i < kSettingsShown; ++i) {
      const http2::Setting setting = settings.at(i);
      text += fmt::format("{}{} {}", i == 0 ? "" : ", ", http2::setting_name(setting.id), setting.value);
    }
    return settings.size() > kSettingsShown ? text + ", …" : text;
  }
  std::string operator()(const http2::PushPromiseFrame& push) const {
    return padded(fmt::format("promises stream {}, {}", push.promised, octets_text(push.fragment.size())), push.padding);
  }
  std::string operator()(const http2::PingFrame& ping) const { return to_hex(ping.opaque); }
  std::string operator()(const http2::GoawayFrame& goaway) const {
    std::string text = fmt::format("{}, last stream {}", http2::error_code_name(goaway.error_code), goaway.last_stream);
    return goaway.debug.empty() ? text : text + fmt::format(", \"{}\"", inert(as_text(goaway.debug)));
  }
  std::string operator()(const http2::WindowUpdateFrame& update) const { return fmt::format("+{}", update.increment); }
  std::string operator()(const http2::ContinuationFrame& more) const { return octets_text(more.fragment.size()); }
  std::string operator()(const http2::UnknownFrame& unknown) const { return octets_text(unknown.payload.size()); }
  std::string operator()(const http2::MalformedFrame& malformed) const {
    const bool length = malformed.malformation == http2::Malformation::WrongLength;
    return fmt::format("malformed: {}, {}", length ? "a length that the type does not allow" : "the padding does not fit",
                       octets_text(malformed.payload.size()));
  }

  static std::string padded(const std::string& text, const std::optional<http2::Padding>& padding) {
    return padding ? fmt::format("{} and {} of padding", text, octets_text(padding->octets.size())) : text;
  }
};

std::string_view role_name(call::BlockRole role) {
  switch (role) {
    case call::BlockRole::Request:
      return "request";
    case call::BlockRole::RequestTrailers:
      return "request-trailers";
    case call::BlockRole::Informational:
      return "informational";
    case call::BlockRole::Response:
      return "response";
    case call::BlockRole::Trailers:
      return "trailers";
    case call::BlockRole::Unknown:
      break;
  }
  return "unknown";
}

// What is not known of the entry, the same for the same one.
std::string unknown(const http2::HeaderField& field) {
  return field.unknown_entry == 0 ? "unknown" : fmt::format("unknown#{}", field.unknown_entry);
}

// Behind the time of day and the connection.
std::string begin(const call::Spot& spot, const Paint& paint) {
  return paint.dim(fmt::format("{} #{} {}", to_time_of_day(spot.time), spot.place.connection, arrow(spot.direction))) + " ";
}

std::string at(const call::Spot& spot, const Paint& paint) {
  std::string text = fmt::format("  at {}", spot.offset);
  if (spot.place.packet != 0) text += fmt::format(", packet {}", spot.place.packet);
  return paint.dim(text);
}

Json spot_json(std::string_view type, const call::Spot& spot) {
  return {{"type", type},
          {"version", "1.0"},
          {"time", to_rfc3339(spot.time)},
          {"connection", spot.place.connection},
          {"stream", spot.place.stream},
          {"packet", spot.place.packet},
          {"direction", spot.direction == Direction::ToServer ? "to-server" : "to-client"},
          {"offset", spot.offset}};
}

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string_view known_name(http2::Known known) {
  switch (known) {
    case http2::Known::Exact:
      return "exact";
    case http2::Known::Inferred:
      return "inferred";
    case http2::Known::Unknown:
      break;
  }
  return "unknown";
}

std::string frame_text(const http2::Frame& frame) {
  const http2::FrameHeader& header = frame.header;
  std::string text = http2::frame_type_name(header.type);
  if (header.stream != 0) text += fmt::format(" stream {}", header.stream);
  for (const std::string& flag : flag_names(header)) text += " " + flag;
  const std::string inside = std::visit(Inside(), frame.payload);
  return inside.empty() ? text : text + "  " + inside;
}

std::string message_text(const call::MessageSeen& seen) {
  return fmt::format("message {}: {}{}", seen.number, octets_text(seen.message.length),
                     seen.message.flag == 0   ? ""
                     : seen.message.flag == 1 ? ", compressed"
                                              : fmt::format(", compressed-flag {}", seen.message.flag));
}

std::string field_text(const http2::HeaderField& field, const IsSecret& is_secret) {
  const std::string name = field.name_known == http2::Known::Unknown ? unknown(field) : inert(field.name, kValueBytesShown);
  std::string value;
  if (field.value_known == http2::Known::Unknown) {
    value = unknown(field);
  } else if (is_secret(field)) {
    value = fmt::format("({}, not shown)", octets_text(field.value.size()));
  } else {
    value = inert(field.value, kValueBytesShown);
  }
  const bool inferred = field.name_known == http2::Known::Inferred || field.value_known == http2::Known::Inferred;
  return name + ": " + value + (inferred ? "  (inferred)" : "");
}

std::string frame_lines(const call::FrameSeen& seen, const Paint& paint) {
  return begin(seen.spot, paint) + paint.bold(frame_text(seen.frame)) + at(seen.spot, paint);
}

std::string block_lines(const call::BlockSeen& seen, const IsSecret& is_secret, const Paint& paint) {
  std::string out = fmt::format("{:19}{}", "", paint.dim(role_name(seen.role)));
  for (const http2::HeaderField& field : seen.fields) out += fmt::format("\n{:19}  {}", "", field_text(field, is_secret));
  if (!seen.outcome.complete) out += fmt::format("\n{:19}  {}", "", paint.red("(the rest cannot be decoded)"));
  return out;
}

std::string message_lines(const call::MessageSeen& seen, const Paint& paint) {
  return fmt::format("{:19}{}", "", paint.dim(message_text(seen)));
}

std::string lone_message_lines(const call::MessageSeen& seen, const Paint& paint) {
  return begin(seen.spot, paint) + paint.bold(fmt::format("stream {} {}", seen.spot.place.stream, message_text(seen))) +
         at(seen.spot, paint);
}

std::string body_lines(const MessageBody& body) { return fmt::format("{:19}  {}", "", body_text(body)); }

std::string frame_json(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  Json json = spot_json("frame", seen.spot);
  json["frame"] = http2::frame_type_name(header.type);
  json["length"] = header.length;
  json["flags"] = flag_names(header);
  json["text"] = frame_text(seen.frame);
  return dumped(json);
}

std::string block_json(const call::BlockSeen& seen, const IsSecret& is_secret) {
  Json json = spot_json("block", seen.spot);
  json["role"] = role_name(seen.role);
  json["complete"] = seen.outcome.complete;
  Json fields = Json::array();
  for (const http2::HeaderField& field : seen.fields) {
    Json of = {{"name_known", known_name(field.name_known)}, {"value_known", known_name(field.value_known)}};
    if (field.name_known != http2::Known::Unknown) of["name"] = inert(field.name, kValueBytesShown);
    const bool secret = is_secret(field);
    if (secret) of["secret"] = true;
    if (field.value_known != http2::Known::Unknown && !secret) of["value"] = inert(field.value, kValueBytesShown);
    if (field.unknown_entry != 0) of["unknown"] = field.unknown_entry;
    fields.push_back(std::move(of));
  }
  json["fields"] = std::move(fields);
  return dumped(json);
}

std::string message_json(const call::MessageSeen& seen, const MessageBody* body) {
  Json json = spot_json("message", seen.spot);
  json["number"] = seen.number;
  json["length"] = seen.message.length;
  json["flag"] = seen.message.flag;
  if (body != nullptr) add_body(json, *body);
  return dumped(json);
}

}  // namespace testigo::report
