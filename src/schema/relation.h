// How a field of replies relates to a field of their requests, as the user says it: "reply.client=request.client".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace testigo::schema {

struct Relation {
  std::string reply;  // the names of its fields, from the outside in: "received.seconds"
  std::string request;
  std::string text() const { return "reply." + reply + " = request." + request; }
  friend bool operator==(const Relation&, const Relation&) = default;
};

// Nothing when it is something else.
std::optional<Relation> parse_relation(std::string_view text);

}  // namespace testigo::schema
