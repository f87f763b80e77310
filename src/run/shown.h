// What a run of which only the wire is known shows beside its verdict.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "run/call_filter.h"
#include "run/follow.h"
#include "schema/relation.h"
#include "schema/schema.h"

namespace testigo::run {

struct Shown {
  bool json = false;
  bool quiet = false;                // no line a call
  bool frames = false;               // every frame
  bool messages = false;             // what every message says
  CallSelection calls;               // which of them
  std::optional<Followed> follow;    // a diagram of that stream at the end
  std::vector<std::string> secrets;  // names of fields whose values are not shown, beside those that always are
  schema::Files descriptors;         // what declares the messages
  std::vector<schema::Relation> relations;
  std::shared_ptr<const schema::Schema> schema;  // of `descriptors`, when they were read; null: there are none
};

// Before anything is heard. Throws UsageError and EnvironmentError.
void read_schema(Shown& shown);

}  // namespace testigo::run
