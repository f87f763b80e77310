// The rows of PX, by what they look at. Private to this folder.
#pragma once

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "check/findings.h"
#include "check/hop/pairing.h"
#include "check/hop/senders.h"

namespace testigo::check::hop {

// What is compared goes from one side to the other: requests from down to up, answers from up to down.
struct Passage {
  Direction direction = Direction::ToServer;
  const Calls& from;
  const Calls& to;

  const Half& half(const CallOfSide& call) const { return direction == Direction::ToServer ? call.request : call.response; }
  std::string_view to_side() const { return direction == Direction::ToServer ? "upstream" : "downstream"; }
  std::string_view from_side() const { return direction == Direction::ToServer ? "downstream" : "upstream"; }
};

inline Passage requests_of(const Group& group) { return {Direction::ToServer, group.down, group.up}; }
inline Passage answers_of(const Group& group) { return {Direction::ToClient, group.up, group.down}; }

// Of groups that are not trusted.
constexpr std::string_view kNotToldApart = "calls with the same requests could not be told apart at the ends of the captures";
constexpr std::string_view kFieldsNotKnown = "header fields are not known";

std::string where(const call::Spot& spot);  // "packet 12 stream 1"

void judge_request_fields(const Group& group, Findings& findings);                    // PX02, PX03
void judge_metadata(const Group& group, const Passage& passage, Findings& findings);  // PX04, PX07
void judge_messages(const Group& group, const Passage& passage, Findings& findings);  // PX05, PX09
void judge_status(const Group& group, Findings& findings);                            // PX01, PX06
void judge_cancel(const Group& group, Findings& findings);                            // PX10
// PX08, PX09
void judge_unmatched(const Unmatched& unmatched, const Pairing& pairing, const Senders& senders, bool all_servers,
                     Findings& findings);

}  // namespace testigo::check::hop
