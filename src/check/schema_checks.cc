// MG06, MG07, and EX01 by answers.h: messages against the .proto files that declare them. Calls of class grpc only (RULE 3).
// Without descriptors there is no such check.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "check/all_checks.h"
#include "check/answers.h"
#include "check/gate.h"
#include "schema/reading.h"
#include "wire/rpc/status.h"

namespace testigo::check {
namespace {

using call::RpcClass;
using schema::Parse;

class SchemaChecks final : public Check {
 public:
  SchemaChecks(Findings& findings, Declared& declared) : findings_(findings), declared_(declared), answers_(findings, declared) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = true, .messages = true, .side_ends = true, .calls = true};
  }
  void on_block(const call::BlockSeen& seen) override { declared_.plain().on_block(seen); }
  void on_message(const call::MessageSeen& seen) override;
  void on_side_ended(const call::SideEnded& ended) override;
  void on_call(const call::CallClosed& closed) override {
    declared_.plain().on_call(closed);
    answers_.on_call(closed.call);
    if (closed.call.status == rpc::kInternal) declared_.misfits().answered_internal(findings_.told(closed.call.place));
  }

 private:
  const schema::Method* method_of(const call::Call& call, Direction direction, Id id);
  void parses(const call::MessageSeen& seen, schema::Type type, const Plain& plain);
  void misfit(const call::MessageSeen& seen, const std::string& why);
  void count(const call::SideEnded& ended, const call::SideOfCall& side);

  Findings& findings_;
  Declared& declared_;
  Answers answers_;
};

// Null when it is not known; `id`, for which it is asked, then says why.
const schema::Method* SchemaChecks::method_of(const call::Call& call, Direction direction, Id id) {
  switch (class_of(call, direction)) {
    case RpcClass::Other:
      return nullptr;
    case RpcClass::Unknown:
      findings_.not_judgeable(id, "whether the call is gRPC is not known");
      return nullptr;
    case RpcClass::Grpc:
      break;
  }
  if (call.path_known != http2::Known::Exact) {
    findings_.not_judgeable(id, "the method of the call is not known");
    return nullptr;
  }
  const schema::Method* method = declared_.method(call.path);
  if (method == nullptr) findings_.not_judgeable(id, "the descriptors do not have the method");
  return method;
}

void SchemaChecks::on_message(const call::MessageSeen& seen) {
  const schema::Method* method = method_of(seen.call, seen.spot.direction, Id::MG07);
  if (method == nullptr) return;
  const Plain plain = declared_.plain().plain(seen);
  parses(seen, seen.spot.direction == Direction::ToServer ? method->request : method->reply, plain);
  if (declared_.has_relations()) answers_.on_message(seen, *method, plain);
}

// MG07.
void SchemaChecks::parses(const call::MessageSeen& seen, schema::Type type, const Plain& plain) {
  if (!plain.whole()) return findings_.not_judgeable(Id::MG07, plain.why_not);
  const schema::Reading reading = schema::read_message(type, plain.octets);
  switch (reading.parse) {
    case Parse::Malformed:
      misfit(seen, fmt::format("no {}: {}", schema::name_of(type), reading.wrong));
      return findings_.fail(Id::MG07, seen.spot,
                            fmt::format("message {} is no {}: {}", seen.number, schema::name_of(type), reading.wrong));
    case Parse::TooDeep:
      return findings_.not_judgeable(Id::MG07, "messages stand in one another deeper than receivers go");
    case Parse::Parsed:
      break;
  }
  if (reading.drift.empty()) return findings_.pass(Id::MG07);
  if (!reading.clash.empty()) misfit(seen, reading.clash);
  findings_.fail(Id::MG07, Severity::Info, seen.spot, fmt::format("message {}: {}", seen.number, fmt::join(reading.drift, "; ")));
}

void SchemaChecks::misfit(const call::MessageSeen& seen, const std::string& why) {
  declared_.misfits().add(seen.call.path, seen.spot.direction, findings_.told(seen.spot.place), why);
}

// MG06. A client that has its answer need not ask any more.
void SchemaChecks::on_side_ended(const call::SideEnded& ended) {
  const call::Call& call = ended.call;
  const bool client = ended.spot.direction == Direction::ToServer;
  if (client && call.response.ended) return;
  const schema::Method* method = method_of(call, ended.spot.direction, Id::MG06);
  if (method == nullptr || (client ? method->client_streaming : method->server_streaming)) return;
  if (client) return count(ended, call.request);
  if (!call.status) return findings_.not_judgeable(Id::MG06, "the grpc-status is not known");
  if (*call.status == rpc::kOk) count(ended, call.response);
}

void SchemaChecks::count(const call::SideEnded& ended, const call::SideOfCall& side) {
  if (!side.messages_known || !ended.connection.whole()) {
    return findings_.not_judgeable(Id::MG06, "not every DATA frame could be read");
  }
  findings_.judge(Id::MG06, side.messages == 1, ended.spot, [&] {
    return fmt::format("the {} has {} messages, and {} declares one", &side == &ended.call.request ? "request" : "response",
                       side.messages, ended.call.path);
  });
}

}  // namespace

std::unique_ptr<Check> schema_checks(Findings& findings, Declared& declared) {
  return std::make_unique<SchemaChecks>(findings, declared);
}

}  // namespace testigo::check
