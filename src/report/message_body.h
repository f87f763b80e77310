// What a message says: as JSON by the type that a schema gives it, else its fields by number. Bounded, inert, on one line.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "check/plain_messages.h"
#include "schema/schema.h"

namespace testigo::report {

struct MessageBody {
  std::string type;       // "package.Message"; empty where no descriptor gives one
  std::string json;       // where it has a type and parses
  bool json_cut = false;  // then it is the beginning of one
  std::string fields;     // else
  std::string why_not;    // of a body that is not shown, or not whole
};

// `schema` may be null. `type` is that of the message, or null.
MessageBody message_body(const check::Plain& plain, std::uint64_t length, const schema::Schema* schema, schema::Type type,
                         std::size_t text_max);

// "package.Message {…}"; "1: 5, 2: "text""; or why there is nothing.
std::string body_text(const MessageBody& body);
// Members of the line of the message (docs/formats/call-line.md).
void add_body(nlohmann::ordered_json& line, const MessageBody& body);

}  // namespace testigo::report
