// What the user declares of messages: their types, and how fields of replies relate to those of requests. The checks of all
// connections of a run share one; one thread.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "call/event.h"
#include "check/misfits.h"
#include "check/plain_messages.h"
#include "schema/relation.h"
#include "schema/schema.h"

namespace testigo::check {

// Why a row is not judgeable that nobody gave anything to judge by: no fault of what was heard.
inline constexpr std::string_view kNoDescriptors = "no descriptors were given: --protoset or --proto gives them";
inline constexpr std::string_view kNoRelation = "no relation of fields was given: --relation gives one";

// A relation of one method.
struct DeclaredRelation {
  std::size_t number = 0;  // among those of the user
  schema::FieldPath reply;
  schema::FieldPath request;
};

// A request has this value in a field that replies are held against.
struct AskedValue {
  call::Place place;
  const schema::Method* method = nullptr;
  std::size_t relation = 0;
  std::string value;
};

class Declared {
 public:
  // `schema` must outlive it.
  Declared(const schema::Schema& schema, std::vector<schema::Relation> relations, const Limits& limits = {});

  // Null when no descriptor has it: then it is noted.
  const schema::Method* method(std::string_view path);
  // Those of the user that the types of the method have the fields for.
  const std::vector<DeclaredRelation>& relations_of(const schema::Method& method) const { return by_method_.at(&method); }
  bool has_relations() const { return !relations_.empty(); }
  const schema::Relation& relation(std::size_t number) const { return relations_[number]; }
  // The first relation that fits no method at all.
  std::optional<schema::Relation> unfit() const;

  PlainMessages& plain() { return plain_; }
  Misfits& misfits() { return misfits_; }
  const Misfits& misfits() const { return misfits_; }

  // How many values the checks hold of calls that are open, all together.
  std::size_t& held() { return held_; }
  bool full() const { return held_ >= held_max_; }

  // The latest requests of all connections.
  void asked(AskedValue value);
  // The latest request of the method that has the value; null when there is none.
  const AskedValue* who_asked(const schema::Method& method, std::size_t relation, std::string_view value) const;

  // Paths that no descriptor has, bounded.
  const std::set<std::string, std::less<>>& undeclared() const { return undeclared_; }

 private:
  const schema::Schema& schema_;
  PlainMessages plain_;
  Misfits misfits_;
  std::vector<schema::Relation> relations_;
  std::size_t held_max_;
  std::size_t held_ = 0;
  std::size_t values_max_;
  std::size_t undeclared_max_;
  std::map<const schema::Method*, std::vector<DeclaredRelation>> by_method_;
  std::deque<AskedValue> asked_;
  std::set<std::string, std::less<>> undeclared_;
};

}  // namespace testigo::check
