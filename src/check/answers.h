// EX01: whether replies are those to their requests, by the relations of fields that the user names.
//
// A reply is held against the requests of its call that came before it: the one of a unary or server-streaming call, any one of
// the others. Nothing is asked of how calls of several requests pair them with replies.
#pragma once

#include <map>
#include <set>
#include <string>

#include "check/declared.h"
#include "check/findings.h"
#include "check/plain_messages.h"

namespace testigo::check {

class Answers {
 public:
  // Both must outlive it.
  Answers(Findings& findings, Declared& declared) : findings_(findings), declared_(declared) {}
  ~Answers() { declared_.held() -= held_; }
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;

  void on_message(const call::MessageSeen& seen, const schema::Method& method, const Plain& plain);
  void on_call(const call::Call& call);

 private:
  // What the requests of an open call have in the field of one relation.
  struct Asked {
    std::set<std::string, std::less<>> values;
    std::string last;
    bool known = true;  // of every request so far
  };
  using Key = std::pair<call::StreamId, std::size_t>;  // and the relation

  void request(const call::MessageSeen& seen, const schema::Method& method, const DeclaredRelation& relation, const Plain& plain);
  void reply(const call::MessageSeen& seen, const schema::Method& method, const DeclaredRelation& relation, const Plain& plain);
  std::string mix_up(const call::MessageSeen& seen, const schema::Method& method, const DeclaredRelation& relation,
                     const std::string& value, const Asked& asked) const;
  bool too_long(const std::string& value) const { return value.size() > findings_.limits().text_bytes_kept; }

  Findings& findings_;
  Declared& declared_;
  std::map<Key, Asked> asked_;
  std::size_t held_ = 0;  // values
};

}  // namespace testigo::check
