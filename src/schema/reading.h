// Whether octets are a message of a type, and where the two have drifted apart: by our own reading of the wire format, which says
// what is wrong, and where.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "schema/schema.h"

namespace testigo::schema {

enum class Parse : std::uint8_t {
  Parsed,
  Malformed,
  TooDeep,  // one message in another, deeper than receivers go (protobuf's limit of 100): what comes behind was not read
};

struct Reading {
  Parse parse = Parse::Parsed;
  std::string wrong;               // why it is malformed, and at which octet
  std::vector<std::string> drift;  // fields that the type does not know, wire types that clash; the first few, each once
  std::string clash;               // the first of the latter; empty: there is none
  bool operator==(const Reading&) const = default;
};

// What stands in a message, at any depth.
struct Parts {
  std::map<Type, std::uint64_t> messages;  // of each type; null: groups that nobody knows
  std::uint64_t texts = 0;                 // strings and octets
};

// As protobuf parses it; but fields that proto2 requires are not asked for. Adds to `parts` what it reads.
Reading read_message(Type type, Bytes message, Parts* parts = nullptr);

}  // namespace testigo::schema
