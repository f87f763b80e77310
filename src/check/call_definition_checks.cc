// RQ07, RQ09, RQ13: the form of a request as a whole (gRPC over HTTP2, Requests). Calls of class grpc only (RULE 3).
#include <algorithm>

#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/gate.h"
#include "wire/rpc/user_agent.h"

namespace testigo::check {
namespace {

using call::BlockRole;
using call::RpcClass;
using http2::bit;
using http2::FieldName;
using http2::FieldNames;
using http2::HeaderField;

constexpr FieldNames kPseudo = bit(FieldName::Authority) | bit(FieldName::Method) | bit(FieldName::Path) |
                               bit(FieldName::Protocol) | bit(FieldName::Scheme) | bit(FieldName::Status);
constexpr FieldNames kDefinition = bit(FieldName::Te) | bit(FieldName::GrpcTimeout) | bit(FieldName::ContentType) |
                                   bit(FieldName::GrpcEncoding) | bit(FieldName::GrpcAcceptEncoding) | bit(FieldName::UserAgent);
constexpr FieldNames kOfLibraries =
    bit(FieldName::GrpcPreviousRpcAttempts) | bit(FieldName::OfGrpc);  // no metadata of applications
constexpr FieldNames kOnce =
    bit(FieldName::Te) | bit(FieldName::GrpcTimeout) | bit(FieldName::ContentType) | bit(FieldName::GrpcEncoding);

class CallDefinitionChecks final : public Check {
 public:
  explicit CallDefinitionChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = true, .messages = false, .side_ends = true, .calls = false};
  }
  SideEnds side_ends() const override { return {SideEnd::RequestByData}; }
  bool speaks_for_alike(const call::BlockSeen&) const override { return true; }
  void on_block(const call::BlockSeen& seen) override;
  void on_side_ended(const call::SideEnded& ended) override;

 private:
  void request(const call::BlockSeen& seen);
  void order(const call::BlockSeen& seen);
  void user_agent(const call::BlockSeen& seen);
  void second_block(const call::BlockSeen& seen);

  Findings& findings_;
  bool disorder_told_ = false;
  bool agent_told_ = false;
};

void CallDefinitionChecks::on_block(const call::BlockSeen& seen) {
  if (seen.spot.direction != Direction::ToServer || seen.call == nullptr || seen.call->rpc_class == RpcClass::Other) return;
  if (seen.call->rpc_class == RpcClass::Unknown) {
    for (const Id id : {Id::RQ07, Id::RQ09, Id::RQ13}) findings_.not_judgeable(id, "whether the call is gRPC is not known");
  } else if (seen.role == BlockRole::Request) {
    request(seen);
  } else {
    second_block(seen);
  }
}

void CallDefinitionChecks::request(const call::BlockSeen& seen) {
  if (seen.end_stream) findings_.fail(Id::RQ13, seen.spot, "HEADERS end the request, and no DATA was sent");
  if (!disorder_told_) order(seen);
  if (!agent_told_) user_agent(seen);
}

// RQ13. Behind a block that is lost it may be the first one; behind the end of the request it is not (ST05, too).
void CallDefinitionChecks::second_block(const call::BlockSeen& seen) {
  if (seen.role == BlockRole::RequestTrailers || seen.call->request.ended) {
    findings_.fail(Id::RQ13, seen.spot, "the client sent HEADERS a second time");
  } else {
    findings_.not_judgeable(Id::RQ13, "a header block could not be decoded");
  }
}

void CallDefinitionChecks::on_side_ended(const call::SideEnded& ended) {
  if (ended.call.rpc_class == RpcClass::Grpc) findings_.pass(Id::RQ13);
}

// RQ07.
void CallDefinitionChecks::order(const call::BlockSeen& seen) {
  if (!names_known(seen)) {
    findings_.not_judgeable(Id::RQ07, "names of header fields are not known");
    return;
  }
  FieldNames met = 0;
  const HeaderField* metadata = nullptr;
  const HeaderField* before = nullptr;
  std::string wrong;
  for (const HeaderField& field : seen.fields) {
    const FieldNames name = bit(field.id);
    if ((name & kOnce & met) != 0) {
      wrong = fmt::format("{} is repeated", field.name);
    } else if (field.id == FieldName::GrpcTimeout && before != nullptr && (bit(before->id) & kPseudo) == 0) {
      wrong = fmt::format("grpc-timeout stands behind {}", before->name);
    } else if ((name & kDefinition) != 0 && metadata != nullptr) {
      wrong = fmt::format("{} stands behind {}", field.name, metadata->name);
    }
    if (!wrong.empty()) break;
    if ((name & (kDefinition | kPseudo | kOfLibraries)) == 0) metadata = &field;
    met |= name;
    before = &field;
  }
  disorder_told_ = !wrong.empty();
  findings_.judge(Id::RQ07, wrong.empty(), seen.spot, [&] { return wrong; });
}

// RQ09.
void CallDefinitionChecks::user_agent(const call::BlockSeen& seen) {
  const HeaderField* agent = call::find(seen.fields, FieldName::UserAgent);
  if (agent == nullptr ? !names_known(seen) : !agent->exact()) {
    findings_.not_judgeable(Id::RQ09, "the value of user-agent is not known");
    return;
  }
  agent_told_ = true;
  findings_.judge(Id::RQ09, agent != nullptr && rpc::names_grpc_library(agent->value), seen.spot, [&] {
    return agent == nullptr ? "the request has no user-agent" : fmt::format("user-agent is \"{}\"", agent->value);
  });
}

}  // namespace

std::unique_ptr<Check> call_definition_checks(Findings& findings) { return std::make_unique<CallDefinitionChecks>(findings); }

}  // namespace testigo::check
