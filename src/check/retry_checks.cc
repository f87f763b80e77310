// RQ14, RS14, RT01: what clients and servers say of retries (gRFC A6). Calls of class grpc only (RULE 3).
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/gate.h"

namespace testigo::check {
namespace {

using call::BlockRole;
using call::RpcClass;
using http2::bit;
using http2::FieldName;
using http2::HeaderField;

constexpr std::uint64_t kAttemptsMax = 5;  // gRFC A6, Limits on Retries and Hedges

class RetryChecks final : public Check {
 public:
  explicit RetryChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = true, .messages = false, .side_ends = false, .calls = false};
  }
  bool speaks_for_alike(const call::BlockSeen&) const override { return true; }
  void on_block(const call::BlockSeen& seen) override {
    if ((seen.outcome.names & (bit(FieldName::GrpcPreviousRpcAttempts) | bit(FieldName::GrpcRetryPushbackMs))) == 0) return;
    const bool request = seen.role == BlockRole::Request;
    const bool concerned = request ? seen.outcome.has(FieldName::GrpcPreviousRpcAttempts)
                                   : is_answer(seen) && seen.outcome.has(FieldName::GrpcRetryPushbackMs);
    if (concerned && seen.call != nullptr && seen.call->rpc_class != RpcClass::Other) request ? attempts(seen) : pushback(seen);
  }

 private:
  void attempts(const call::BlockSeen& seen);
  void pushback(const call::BlockSeen& seen);

  Findings& findings_;
};

template <typename Number>
std::optional<Number> parse(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && at == end ? std::optional(number) : std::nullopt;
}

// RQ14, RT01. Which attempts belong to one call the wire does not say.
void RetryChecks::attempts(const call::BlockSeen& seen) {
  const HeaderField* field = call::find(seen.fields, FieldName::GrpcPreviousRpcAttempts);
  if (seen.call->rpc_class == RpcClass::Unknown || !field->exact()) {
    for (const Id id : {Id::RQ14, Id::RT01}) findings_.not_judgeable(id, "the value of grpc-previous-rpc-attempts is not known");
    return;
  }
  const auto before = parse<std::uint64_t>(field->value);
  findings_.judge(Id::RQ14, before && *before >= 1, seen.spot,
                  [&] { return fmt::format("grpc-previous-rpc-attempts is \"{}\"", field->value); });
  if (!before || *before == 0) return;
  findings_.judge(Id::RT01, *before < kAttemptsMax, seen.spot, [&] {
    return fmt::format("{} attempts were made before this one, and {} are the most by default", *before, kAttemptsMax);
  });
}

// RS14: int32 in ASCII, "no unnecessary leading zeros".
bool is_pushback(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  return parse<std::int32_t>(text) && (digits.size() == 1 || !digits.starts_with('0'));
}

void RetryChecks::pushback(const call::BlockSeen& seen) {
  const HeaderField* field = call::find(seen.fields, FieldName::GrpcRetryPushbackMs);
  if (seen.call->rpc_class == RpcClass::Unknown || !field->exact()) {
    findings_.not_judgeable(Id::RS14, "the value of grpc-retry-pushback-ms is not known");
    return;
  }
  findings_.judge(Id::RS14, is_pushback(field->value), seen.spot,
                  [&] { return fmt::format("grpc-retry-pushback-ms is \"{}\"", field->value); });
}

}  // namespace

std::unique_ptr<Check> retry_checks(Findings& findings) { return std::make_unique<RetryChecks>(findings); }

}  // namespace testigo::check
