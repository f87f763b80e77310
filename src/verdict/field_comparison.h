// Row 5 of the table: fields of a call that two witnesses both saw, and say different things of. Private to this room.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verdict/facts.h"
#include "verdict/wire_view.h"

namespace testigo::verdict {

// Whom a reply should name is the affair of claim 3; here it matters only whether two witnesses saw the same one.
std::vector<Difference> compare_fields(const Facts& facts, const CallFacts& call, const WireView& wire);

// A status that a client's library makes itself: 1, 4, 8, 13, 14.
bool is_own_making(int status);

// Row 8: the client's status is of its own making, and either it is not the one of the answer, or the answer says 1 or 4: then the
// server's library gave the call up too (it keeps the deadline as well), and the server itself has not answered.
bool client_gave_up(const CallFacts& call, std::optional<int> answered);

bool names_caller(const Facts& facts, const CallFacts& call, const statement::Reply& reply);

}  // namespace testigo::verdict
