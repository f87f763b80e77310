// What a header block says of attempts of a call (gRFC A6): so much of it as tells attempts of one call from other calls, wherever
// they are made. Only blocks with metadata, or with a pushback, say anything. And what a GOAWAY says of those that go on: they are
// sent again before it is told how they ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "call/event.h"
#include "check/metadata_names.h"

namespace testigo::check {

constexpr http2::FieldNames kNamesOfAttempts = ~kNoMetadata | http2::bit(http2::FieldName::GrpcRetryPushbackMs);

// Of a call, whichever attempt it is: a digest of its method and its metadata.
using CallName = std::uint64_t;

struct Attempt {
  call::Spot spot;
  bool answer = false;                        // else a request
  CallName name = 0;                          // of a request
  std::uint64_t attempts_before = 0;          // of a request: grpc-previous-rpc-attempts
  std::optional<std::string> pushback = {};   // of an answer: grpc-retry-pushback-ms, where its value is known
  std::optional<call::StreamId> goaway = {};  // neither: the last stream of one that the server sent
};

// Whether it is worth asking.
inline bool may_tell_attempt(const call::BlockSeen& seen) { return (seen.outcome.names & kNamesOfAttempts) != 0; }

// Nothing when it says nothing of them. Of calls of class grpc only (RULE 3).
std::optional<Attempt> attempt_of(const call::BlockSeen& seen);

// Who judges attempts, of all connections together.
class AttemptSink {
 public:
  virtual ~AttemptSink() = default;
  // Else nobody need tell them.
  virtual bool wants_attempts() const = 0;
  virtual void on_attempt(call::ConnectionNumber connection, const Attempt& attempt) = 0;
};

}  // namespace testigo::check
