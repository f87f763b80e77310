// How far a statement file reaches, and what its silence means: docs/formats/verdict.md, Horizon. Private to this room.
#pragma once

#include "verdict/facts.h"

namespace testigo::verdict {

enum class Said : std::uint8_t {
  Yes,
  Denied,    // the witness goes on behind the place where it would have said so
  InFlight,  // not yet; the call began close enough to the end of what its client says
  Died,      // the process that would have said so was followed by another one, and did not end in order
  Cut,       // the file ends too early to tell
  NoWitness,
};

// The file lost its beginning by rotation, and what it has of the call's process begins later: it says nothing about the call.
bool begins_later(const ServerFile& file, const CallFacts& call);

Said client_ended(const Facts& facts, const CallFacts& call);
// The client is not known to have ended, and started the call within its deadline and a second of its own last line: what another
// witness has not said of it yet may be on its way.
bool still_fresh(const ClientProcess& client, const CallFacts& call);

// How long the call may have been at hand before its client turned away, and a second. By the client's own clock, and no time of
// day.
Duration patience(const Facts& facts, const CallFacts& call);

// Whether the client says that it started the call. Never in flight: *started* is written before the call goes out.
Said client_started(const Facts& facts, const CallFacts& call);
Said server_received(const Facts& facts, const CallFacts& call);
// Of a call that was received.
Said server_ended(const Facts& facts, const CallFacts& call);

}  // namespace testigo::verdict
