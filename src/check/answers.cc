#include "check/answers.h"

#include <fmt/format.h>

namespace testigo::check {
namespace {

constexpr std::size_t kValueBytesShown = 64;

std::string shown(std::string_view value) { return '"' + std::string(value.substr(0, kValueBytesShown)) + '"'; }

}  // namespace

void Answers::on_message(const call::MessageSeen& seen, const schema::Method& method, const Plain& plain) {
  for (const DeclaredRelation& relation : declared_.relations_of(method)) {
    seen.spot.direction == Direction::ToServer ? request(seen, method, relation, plain) : reply(seen, method, relation, plain);
  }
}

void Answers::request(const call::MessageSeen& seen, const schema::Method& method, const DeclaredRelation& relation,
                      const Plain& plain) {
  if (asked_.size() >= findings_.limits().streams_max) return;
  Asked& asked = asked_[{seen.call.place.stream, relation.number}];
  std::string value = plain.whole() ? schema::value_of(relation.request, plain.octets) : std::string();
  if (!plain.whole() || too_long(value) || declared_.full()) {
    asked.known = false;
    return;
  }
  asked.last = value;
  if (!asked.values.insert(value).second) return;
  ++held_;
  ++declared_.held();
  declared_.asked({seen.call.place, &method, relation.number, std::move(value)});
}

void Answers::reply(const call::MessageSeen& seen, const schema::Method& method, const DeclaredRelation& relation,
                    const Plain& plain) {
  if (!plain.whole()) return findings_.not_judgeable(Id::EX01, plain.why_not);
  const auto it = asked_.find({seen.call.place.stream, relation.number});
  if (it == asked_.end()) return findings_.not_judgeable(Id::EX01, "no request came before the reply");
  const std::string value = schema::value_of(relation.reply, plain.octets);
  if (it->second.values.contains(value)) return findings_.pass(Id::EX01);
  if (!it->second.known || too_long(value)) {
    return findings_.not_judgeable(Id::EX01, "a request, or a field, was too long or could not be read");
  }
  findings_.fail(Id::EX01, seen.spot, mix_up(seen, method, relation, value, it->second));
}

std::string Answers::mix_up(const call::MessageSeen& seen, const schema::Method& method, const DeclaredRelation& relation,
                            const std::string& value, const Asked& asked) const {
  const schema::Relation& names = declared_.relation(relation.number);
  std::string text = fmt::format("reply {} has {} {}, and its request {} {}", seen.number, names.reply, shown(value), names.request,
                                 shown(asked.last));
  const AskedValue* other = declared_.who_asked(method, relation.number, value);  // another call: this one did not
  if (other == nullptr) return text + "; no other call seen has asked for that";
  text += fmt::format("; that is what stream {}", other->place.stream);
  if (other->place.connection != seen.call.place.connection) text += fmt::format(" of connection {}", other->place.connection);
  return text + " asked for";
}

void Answers::on_call(const call::Call& call) {
  if (asked_.empty()) return;
  const auto first = asked_.lower_bound({call.place.stream, 0});
  auto last = first;
  std::size_t gone = 0;
  for (; last != asked_.end() && last->first.first == call.place.stream; ++last) gone += last->second.values.size();
  asked_.erase(first, last);
  held_ -= gone;
  declared_.held() -= gone;
}

}  // namespace testigo::check
