// RS: what gRPC asks of a response (gRPC over HTTP2, Responses). Answers to calls of class grpc only (RULE 3).
#include <algorithm>
#include <climits>

#include <fmt/format.h>

#include "call/fields.h"
#include "check/all_checks.h"
#include "check/gate.h"
#include "wire/rpc/media_type.h"
#include "wire/rpc/status.h"

namespace testigo::check {
namespace {

using call::BlockRole;
using call::RpcClass;
using http2::FieldName;
using http2::HeaderField;

constexpr int kUnsupportedMediaType = 415;

class ResponseChecks final : public Check {
 public:
  ResponseChecks(Findings& findings, CallsSoFar& calls)
      : findings_(findings), streams_max_(findings.limits().streams_remembered), other_types_(calls.notes) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = true, .messages = false, .side_ends = true, .calls = true};
  }
  SideEnds side_ends() const override { return {SideEnd::AnswerByData}; }
  bool speaks_for_alike(const call::BlockSeen& seen) const override {
    return seen.role == BlockRole::Request ? !asks_for_415(seen) : seen.call->http_status != kUnsupportedMediaType;
  }
  void on_block(const call::BlockSeen& seen) override;
  void on_side_ended(const call::SideEnded& ended) override;
  void on_call(const call::CallClosed& closed) override { other_types_.erase(closed.call.place.stream); }

 private:
  static bool asks_for_415(const call::BlockSeen& seen);
  void request(const call::BlockSeen& seen);
  void informational(const call::BlockSeen& seen);
  void http_status(const call::BlockSeen& seen);
  bool exempt(Id id, const call::Call& call);
  void content_type(const call::BlockSeen& seen);
  void grpc_status(const call::BlockSeen& seen);
  void end_of_stream(const call::BlockSeen& seen);

  Findings& findings_;
  std::size_t streams_max_;
  Notes<call::StreamId, bool> other_types_;  // requests that a server may answer with 415
  bool types_forgotten_ = false;             // there were more of them at once
};

// 1*DIGIT without leading zero, of any length.
bool is_number(std::string_view text) {
  return !text.empty() && (text == "0" || text[0] != '0') && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "If Content-Type does not begin with "application/grpc", gRPC servers SHOULD respond with HTTP status of 415": that no answer to
// such a request breaks. In the case and without the spaces that servers look for.
bool ResponseChecks::asks_for_415(const call::BlockSeen& seen) {
  if (!names_known(seen)) return false;
  const HeaderField* const type = call::find(seen.fields, FieldName::ContentType);
  return type == nullptr || (type->exact() && !call::is_grpc_content_type(type->value));
}

void ResponseChecks::request(const call::BlockSeen& seen) {
  if (seen.call == nullptr || seen.call->rpc_class != RpcClass::Grpc || !asks_for_415(seen)) return;
  if (other_types_.size() < streams_max_) {
    other_types_.try_emplace(seen.spot.place.stream, true);
  } else {
    types_forgotten_ = true;
  }
}

void ResponseChecks::on_block(const call::BlockSeen& seen) {
  if (seen.role == BlockRole::Request) return request(seen);
  const bool answer = seen.role == BlockRole::Response || seen.role == BlockRole::Trailers || seen.role == BlockRole::Informational;
  if (!answer || seen.call == nullptr || seen.call->rpc_class == RpcClass::Other) return;
  if (seen.call->rpc_class == RpcClass::Unknown) {
    for (const Id id : {Id::RS01, Id::RS02, Id::RS03, Id::RS04, Id::RS06})
      findings_.not_judgeable(id, "whether the call is gRPC is not known");
    return;
  }
  if (seen.role == BlockRole::Informational) {
    informational(seen);
    return;
  }
  if (seen.role == BlockRole::Response) {
    http_status(seen);
    content_type(seen);
  } else {
    findings_.judge(Id::RS04, seen.end_stream, seen.spot,
                    [] { return std::string("HEADERS after the response headers do not end the stream"); });
  }
  if (!seen.end_stream) return;
  end_of_stream(seen);
  grpc_status(seen);
}

void ResponseChecks::informational(const call::BlockSeen& seen) {
  if (seen.end_stream) findings_.fail(Id::RS01, seen.spot, "an informational response ends the stream");
}

// RS01.
void ResponseChecks::http_status(const call::BlockSeen& seen) {
  const auto status = call::exact_value(seen.fields, FieldName::Status);
  if (!status && (!names_known(seen) || call::find(seen.fields, FieldName::Status) != nullptr)) {
    findings_.not_judgeable(Id::RS01, "the value of :status is not known");
    return;
  }
  if (status == "415" && other_types_.find(seen.spot.place.stream) != nullptr) {
    findings_.pass(Id::RS01);
    return;
  }
  if (status == "415" && types_forgotten_) {
    findings_.not_judgeable(Id::RS01, "more requests of another content-type were open than are followed");
    return;
  }
  if (status == "415" && other_types_.size() >= streams_max_) {
    findings_.not_judgeable(Id::RS01, "more requests with other content-types are open than are followed");
    return;
  }
  findings_.judge(Id::RS01, status == "200", seen.spot,
                  [&] { return status ? fmt::format(":status is {}", *status) : ":status is missing"; });
}

// RS02, RS03: an error page of HTTP is exempt. Without a :status (HD07) or with one that is not known nobody can tell.
bool ResponseChecks::exempt(Id id, const call::Call& call) {
  if (call.http_status == 200) return false;
  if (call.http_status == 0) {
    findings_.not_judgeable(id, "the value of :status is not known");
  } else {
    findings_.pass(id);
  }
  return true;
}

// RS02.
void ResponseChecks::content_type(const call::BlockSeen& seen) {
  if (exempt(Id::RS02, *seen.call)) return;
  const HeaderField* type = call::find(seen.fields, FieldName::ContentType);
  if (type == nullptr ? !names_known(seen) : !type->exact()) {
    findings_.not_judgeable(Id::RS02, "the value of content-type is not known");
    return;
  }
  if (seen.outcome.repeats(FieldName::ContentType)) {
    const auto [other, all_exact] = call::repeated(seen.fields, FieldName::ContentType);
    if (other != nullptr) return findings_.fail(Id::RS02, seen.spot, differing(seen.fields, *other));
    if (!all_exact) return findings_.not_judgeable(Id::RS02, "the value of content-type is not known");
  }
  findings_.judge(Id::RS02, type != nullptr && rpc::names_grpc(type->value), seen.spot,
                  [&] { return type == nullptr ? "content-type is missing" : fmt::format("content-type is \"{}\"", type->value); });
}

// RS03, of a stream that ended with HEADERS.
void ResponseChecks::end_of_stream(const call::BlockSeen& seen) {
  if (exempt(Id::RS03, *seen.call)) return;
  if (call::find(seen.fields, FieldName::GrpcStatus) != nullptr) {
    findings_.pass(Id::RS03);
  } else if (!names_known(seen)) {
    findings_.not_judgeable(Id::RS03, "names of header fields are not known");
  } else {
    findings_.fail(Id::RS03, seen.spot, "the stream ended with HEADERS that carry no grpc-status");
  }
}

// RS03, of a stream that ended with DATA. Before the response headers that is ST12 alone.
void ResponseChecks::on_side_ended(const call::SideEnded& ended) {
  const call::Call& call = ended.call;
  if (call.rpc_class == RpcClass::Other) return;
  if (call.rpc_class == RpcClass::Unknown) {
    findings_.not_judgeable(Id::RS03, "whether the call is gRPC is not known");
  } else if (call.response.headers && !exempt(Id::RS03, call)) {
    findings_.fail(Id::RS03, ended.spot, "the stream ended with DATA, without trailers");
  }
}

// RS06.
void ResponseChecks::grpc_status(const call::BlockSeen& seen) {
  const HeaderField* field = call::find(seen.fields, FieldName::GrpcStatus);
  if (field == nullptr) return;  // RS03
  if (!field->exact()) {
    findings_.not_judgeable(Id::RS06, "the value of grpc-status is not known");
    return;
  }
  const auto times = std::ranges::count(seen.fields, FieldName::GrpcStatus, &HeaderField::id);
  if (times > 1) {
    findings_.fail(Id::RS06, seen.spot, fmt::format("grpc-status stands {} times", times));
  } else if (!is_number(field->value)) {
    findings_.fail(Id::RS06, seen.spot, fmt::format("grpc-status is \"{}\"", field->value));
  } else if (!names_known(seen)) {
    findings_.not_judgeable(Id::RS06, "names of header fields are not known");
  } else if (rpc::parse_status(field->value).value_or(INT_MAX) > rpc::kStatusMax) {
    findings_.fail(Id::RS06, Severity::Warning, seen.spot, fmt::format("grpc-status is {}, which no document names", field->value));
  } else {
    findings_.pass(Id::RS06);
  }
}

}  // namespace

std::unique_ptr<Check> response_checks(Findings& findings, CallsSoFar& calls) {
  return std::make_unique<ResponseChecks>(findings, calls);
}

}  // namespace testigo::check
