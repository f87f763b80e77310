// What a header block says of attempts of a call (gRFC A6): so much of it as tells attempts of one call from other calls, wherever
// they are made. Only blocks with metadata, or with a pushback, say anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "call/event.h"

namespace testigo::check {

// Of a call, whichever attempt it is: a digest of its method and its metadata.
using CallName = std::uint64_t;

struct Attempt {
  call::Spot spot;
  bool answer = false;                       // else a request
  CallName name = 0;                         // of a request
  std::uint64_t attempts_before = 0;         // of a request: grpc-previous-rpc-attempts
  std::optional<std::string> pushback = {};  // of an answer: grpc-retry-pushback-ms, where its value is known
};

// Nothing when it says nothing of them. Of calls of class grpc only (RULE 3).
std::optional<Attempt> attempt_of(const call::BlockSeen& seen);

}  // namespace testigo::check
