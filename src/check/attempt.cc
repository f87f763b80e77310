#include "check/attempt.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "base/bytes.h"
#include "check/gate.h"

namespace testigo::check {
namespace {

using call::BlockRole;
using http2::FieldName;

// Credentials are the same in all calls of a client, or of a user: alone they name none.
constexpr http2::FieldNames kNamesOfCalls = ~kNoMetadata & ~http2::bit(FieldName::Secret);

// Of every call that has metadata: in few steps.
CallName stirred(CallName name, std::string_view text) {
  constexpr std::uint64_t kOdd = 0x9e37'79b9'7f4a'7c15;
  const std::byte* at = as_octets(text).data();
  std::size_t left = text.size();
  name += left;
  for (; left >= 8; left -= 8, at += 8) name = std::rotl((name ^ load_as_is<std::uint64_t>(at)) * kOdd, 29);
  for (; left > 0; --left) name = (name ^ std::to_integer<std::uint64_t>(*at++)) * kOdd;
  return name ^ name >> 32;
}

// Of the values of the metadata: ids have a name of their own.
CallName name_of(const call::BlockSeen& seen) {
  CallName name = stirred(0, seen.call->path);
  const http2::HeaderField* const end = seen.fields.data() + seen.fields.size();
  for (const http2::HeaderField* field = seen.fields.data(); field != end; ++field) {
    if ((kNoMetadata >> static_cast<unsigned>(field->id) & 1) == 0) name = stirred(name, field->value);
  }
  return name;
}

// 0: the field is not there, or cannot be read (RQ14).
std::uint64_t attempts_before(const call::BlockSeen& seen) {
  if (!seen.outcome.has(FieldName::GrpcPreviousRpcAttempts)) return 0;
  const std::string_view text = call::exact_value(seen.fields, FieldName::GrpcPreviousRpcAttempts).value_or("");
  std::uint64_t attempts = 0;
  std::from_chars(text.data(), text.data() + text.size(), attempts);
  return attempts;
}

}  // namespace

std::optional<Attempt> attempt_of(const call::BlockSeen& seen) {
  if (!may_tell_attempt(seen)) return std::nullopt;
  if (seen.role == BlockRole::Request) {
    if (!seen.outcome.exact || seen.call == nullptr || seen.call->rpc_class != call::RpcClass::Grpc) return std::nullopt;
    if ((seen.outcome.names & kNamesOfCalls) == 0) return std::nullopt;
    return Attempt{.spot = seen.spot, .name = name_of(seen), .attempts_before = attempts_before(seen)};
  }
  if (!seen.outcome.has(FieldName::GrpcRetryPushbackMs) || !is_answer(seen)) return std::nullopt;
  Attempt attempt{.spot = seen.spot, .answer = true};
  attempt.pushback = call::exact_value(seen.fields, FieldName::GrpcRetryPushbackMs);
  return attempt;
}

}  // namespace testigo::check
