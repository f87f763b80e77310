// Behind a gap: how many insertions into the header table of a direction may have been lost, and what follows from it.
//
// Each candidate is a number k. Of the entries that were not seen since the gap, the k newest were lost: jokers, which may be any
// field, but the same one wherever they are referred to. Behind them lies the history before the gap. A candidate is refuted only
// by what a conforming sender cannot have sent; the truth is always among those left. So what all of them agree on is known.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "wire/http2/header_field.h"
#include "wire/http2/hpack_history.h"

namespace testigo::http2 {

// What a block is, as far as it follows from frames seen.
enum class BlockKind : std::uint8_t { Request, Response, Trailers };

// What gRPC adds to HTTP/2: it counts only where the sender has always kept to it.
struct GrpcAxioms {
  bool request = false;   // a request has te and content-type
  bool trailers = false;  // trailers have a grpc-status
  bool path = false;      // a :path has two segments
};

// A field of a block, as the candidates look at it.
struct FieldInDoubt {
  enum class Is : std::uint8_t {
    Known,     // the name follows from octets seen
    Entry,     // the whole field is the entry `index`
    NameOf,    // the name is that of the entry `index`
    Anything,  // no candidate says what it is
  };
  Is is = Is::Known;
  FieldName id = FieldName::Other;
  bool pseudo = false;
  bool connect = false;     // the method may be CONNECT
  std::uint64_t index = 0;  // of the entries not seen since the gap, from the newest one on
};
struct BlockInDoubt {
  std::uint64_t taints = 0;  // of the history, when it was decoded
  std::vector<FieldInDoubt> fields;
};

class HpackCandidates {
 public:
  // What one way in which the gap may have come about leaves, at most, to insertions.
  struct Lost {
    std::uint64_t insertions = 0;
    std::uint64_t octets = 0;    // in which they stood
    std::uint64_t blocks = 1;    // of which the frame headers do not count in `octets`; those of others do
    std::uint64_t requests = 0;  // whose frames are in `octets`, whether they inserted anything or not, at least
    bool cut = false;            // one of the `blocks` began before
  };
  // The history as it was when the gap came.
  struct Before {
    std::uint64_t entries = 0;  // one behind the other, none unseen between them
    bool complete = false;      // and none unseen behind them
    static Before of(const HpackHistory& history) { return {history.since_taint(), history.complete()}; }
  };

  // `history` has been tainted since; it must outlive the candidates. When it is tainted again, they say nothing more.
  HpackCandidates(const HpackHistory& history, const Before& before, std::vector<Lost> ways, const Limits& limits);

  BlockInDoubt look_at(std::span<const HeaderField> fields) const;
  // A block, after its decoding. Candidates that it refutes are gone.
  void read(const BlockInDoubt& block, BlockKind kind, const GrpcAxioms& axioms);
  // It is known otherwise that nothing was inserted.
  void nothing_was_lost();

  // None is left: the sender broke a rule, and nothing that was inferred holds.
  bool refuted() const { return candidates_.empty() && !given_up_; }
  // What they said before is all that they will ever say.
  bool over() const { return candidates_.empty() || history_.taints() != taints_; }
  std::size_t left() const { return candidates_.size(); }

  // What all candidates say of that entry: a view into the history.
  std::optional<std::pair<std::string_view, std::string_view>> agreed(std::uint64_t index) const;
  // What they say is the :path of a request, where enough blocks have confirmed them.
  std::optional<std::string_view> path(const BlockInDoubt& request);

 private:
  using Joker = std::pair<std::uint64_t, FieldName>;
  struct Candidate {
    std::uint64_t lost = 0;
    std::vector<Joker> jokers;           // those of which it is known what they must be
    std::vector<std::uint64_t> leading;  // those that are :path or :authority
  };
  struct Reading;

  const HeaderField* field(const Candidate& candidate, std::uint64_t index, bool& beyond) const;
  bool holds(Candidate& candidate, const BlockInDoubt& block, BlockKind kind, const GrpcAxioms& axioms, bool& any_joker) const;
  bool read_field(const Candidate& candidate, const FieldInDoubt& field, BlockKind kind, Reading& reading) const;
  void note_leading(Candidate& candidate, const Reading& reading, unsigned missing) const;
  bool find_room(Candidate& candidate, FieldName name, const Reading& reading) const;
  bool fits(const Candidate& candidate, const Reading& reading, unsigned missing, const GrpcAxioms& axioms) const;
  bool names_te_anew() const;
  static std::uint64_t octets_of_blocks(const Candidate& candidate, const Lost& lost, std::uint64_t entries, bool grpc);
  std::optional<std::string_view> path(const Candidate& candidate, const BlockInDoubt& request) const;
  bool spend(std::size_t steps);

  const HpackHistory& history_;
  std::uint64_t taints_;
  Before before_;
  std::vector<Lost> ways_;
  std::size_t steps_left_;
  bool given_up_ = false;
  unsigned confirmed_ = 0;  // blocks read without jokers since a candidate was refuted last
  std::vector<Candidate> candidates_;
};

}  // namespace testigo::http2
