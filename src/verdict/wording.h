// How calls and places read in a verdict. Private to this room. All of it inert.
#pragma once

#include <string>
#include <string_view>

#include "verdict/facts.h"
#include "verdict/wire_view.h"

namespace testigo::verdict {

// "client1 call 7"
std::string call_name(const Facts& facts, const CallFacts& call);
// "packet 341, stream 15"; "connection 2, stream 15" without a capture.
std::string place_name(const call::Place& place);
// "UNAVAILABLE (14)", and ": message" where there is one.
std::string status_text(int status, std::string_view message = {});
// "1 call", "2 calls"
std::string count_text(std::uint64_t count, std::string_view noun);

// About a call, with a pointer to each statement and stream of it.
Exhibit exhibit(const Facts& facts, const CallFacts& call, const WireView& wire, std::string text);

}  // namespace testigo::verdict
