// RQ: what gRPC asks of a request (gRPC over HTTP2, Requests). Calls of class grpc only (RULE 3).
#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "call/fields.h"
#include "check/all_checks.h"
#include "check/gate.h"
#include "wire/rpc/media_type.h"
#include "wire/rpc/timeout.h"

namespace testigo::check {
namespace {

using call::RpcClass;
using http2::bit;
using http2::FieldName;
using http2::FieldNames;
using http2::HeaderField;

using Value = std::optional<std::string_view>;

class RequestChecks final : public Check {
 public:
  explicit RequestChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = true, .messages = false, .side_ends = false, .calls = false};
  }
  bool speaks_for_alike(const call::BlockSeen&) const override { return true; }
  void on_block(const call::BlockSeen& seen) override;

 private:
  // Judges the value of a field, or says that it is not known, which is `unknown`.
  template <typename Rule>
  void judge(Id id, const call::BlockSeen& seen, FieldName name, std::string_view unknown, Rule rule);
  // The same, of a field that may stand once only.
  template <typename Rule>
  void judge_one(Id id, const call::BlockSeen& seen, FieldName name, std::string_view unknown, Rule rule);
  void method(const call::BlockSeen& seen);
  void path(const call::BlockSeen& seen);
  void scheme(const call::BlockSeen& seen);
  void te(const call::BlockSeen& seen);
  void content_type(const call::BlockSeen& seen);
  void timeout(const call::BlockSeen& seen);

  Findings& findings_;
};

template <typename Rule>
void RequestChecks::judge(Id id, const call::BlockSeen& seen, FieldName name, std::string_view unknown, Rule rule) {
  const HeaderField* field = seen.outcome.has(name) ? call::find(seen.fields, name) : nullptr;
  if (field == nullptr && !names_known(seen)) {
    findings_.not_judgeable(id, "names of header fields are not known");
  } else if (field != nullptr && !field->exact()) {
    findings_.not_judgeable(id, unknown);
  } else {
    rule(field == nullptr ? std::nullopt : Value(field->value));
  }
}

template <typename Rule>
void RequestChecks::judge_one(Id id, const call::BlockSeen& seen, FieldName name, std::string_view unknown, Rule rule) {
  if (!seen.outcome.repeats(name)) return judge(id, seen, name, unknown, rule);
  if (const auto [other, all_exact] = call::repeated(seen.fields, name); other != nullptr) {
    findings_.fail(id, seen.spot, differing(seen.fields, *other));
  } else if (!all_exact) {
    findings_.not_judgeable(id, unknown);
  } else {
    judge(id, seen, name, unknown, rule);
  }
}

std::string quoted(std::string_view name, Value value) {
  return value ? fmt::format("{} is \"{}\"", name, *value) : fmt::format("{} is missing", name);
}

// Every row passes: found in one walk, for nearly every request is so. It may say no of one that is right, never yes of one that is
// not. (The timeout of the call is that of an exact field that could be read.)
bool is_usual(const call::BlockSeen& seen) {
  constexpr FieldNames kNeeded =
      bit(FieldName::Method) | bit(FieldName::Path) | bit(FieldName::Scheme) | bit(FieldName::Te) | bit(FieldName::ContentType);
  constexpr FieldNames kOnce = bit(FieldName::ContentType) | bit(FieldName::GrpcTimeout);
  if (!seen.outcome.exact || !seen.outcome.complete || (seen.outcome.names & kNeeded) != kNeeded) return false;
  if ((seen.outcome.repeated & kOnce) != 0) return false;
  if (seen.outcome.has(FieldName::GrpcTimeout) && seen.call->timeout.value_or(Duration(0)) == Duration(0)) return false;
  return std::ranges::all_of(seen.fields, [](const HeaderField& field) {
    switch (field.id) {
      case FieldName::Method:
        return field.value == "POST";
      case FieldName::Path:
        return call::is_two_segment_path(field.value);
      case FieldName::Scheme:
        return field.value == "http";
      case FieldName::Te:
        return field.value == "trailers";
      case FieldName::ContentType:
        return field.value == "application/grpc" || field.value == "application/grpc+proto";
      default:
        return true;
    }
  });
}

void RequestChecks::on_block(const call::BlockSeen& seen) {
  if (seen.role != call::BlockRole::Request || seen.call == nullptr || seen.call->rpc_class == RpcClass::Other) return;
  if (seen.call->rpc_class == RpcClass::Unknown) {
    for (const Id id : {Id::RQ01, Id::RQ02, Id::RQ03, Id::RQ04, Id::RQ05, Id::RQ06})
      findings_.not_judgeable(id, "whether the call is gRPC is not known");
    return;
  }
  if (is_usual(seen)) {
    for (const Id id : {Id::RQ01, Id::RQ02, Id::RQ03, Id::RQ04, Id::RQ05}) findings_.pass(id);
    if (seen.call->timeout) findings_.pass(Id::RQ06);
    return;
  }
  method(seen);
  path(seen);
  scheme(seen);
  te(seen);
  content_type(seen);
  timeout(seen);
}

void RequestChecks::method(const call::BlockSeen& seen) {
  judge(Id::RQ01, seen, FieldName::Method, "the value of :method is not known",
        [&](Value value) { findings_.judge(Id::RQ01, value == "POST", seen.spot, [&] { return quoted(":method", value); }); });
}

void RequestChecks::path(const call::BlockSeen& seen) {
  judge(Id::RQ02, seen, FieldName::Path, "the value of :path is not known", [&](Value value) {
    findings_.judge(Id::RQ02, value && call::is_two_segment_path(*value), seen.spot, [&] { return quoted(":path", value); });
  });
}

// RQ03. What can be read is cleartext. "https" is a remark: :scheme is "the scheme portion of the request target" (RFC 9113 section
// 8.3.1), and a hop that ends TLS passes it on.
void RequestChecks::scheme(const call::BlockSeen& seen) {
  judge(Id::RQ03, seen, FieldName::Scheme, "the value of :scheme is not known", [&](Value value) {
    if (value == "https") {
      findings_.fail(Id::RQ03, Severity::Info, seen.spot, quoted(":scheme", value) + " on cleartext");
    } else {
      findings_.judge(Id::RQ03, value == "http", seen.spot, [&] { return quoted(":scheme", value) + " on cleartext"; });
    }
  });
}

void RequestChecks::te(const call::BlockSeen& seen) {
  judge(Id::RQ04, seen, FieldName::Te, "the value of te is not known", [&](Value value) {
    findings_.judge(Id::RQ04, value && rpc::equals_in_any_case(*value, "trailers"), seen.spot, [&] { return quoted("te", value); });
  });
}

void RequestChecks::content_type(const call::BlockSeen& seen) {
  judge_one(Id::RQ05, seen, FieldName::ContentType, "the value of content-type is not known", [&](Value value) {
    const bool holds = value && rpc::names_grpc(*value);
    if (holds && value->find(';') != std::string_view::npos) {
      findings_.fail(Id::RQ05, Severity::Warning, seen.spot, fmt::format("content-type \"{}\" has parameters", *value));
    } else {
      findings_.judge(Id::RQ05, holds, seen.spot, [&] { return quoted("content-type", value); });
    }
  });
}

// RQ06. A deadline that has passed may be sent as zero, though the grammar wants a positive number.
void RequestChecks::timeout(const call::BlockSeen& seen) {
  judge_one(Id::RQ06, seen, FieldName::GrpcTimeout, "the value of grpc-timeout is not known", [&](Value value) {
    if (!value) return;
    const auto timeout = rpc::parse_timeout(*value);
    if (timeout == Duration(0)) {
      findings_.fail(Id::RQ06, Severity::Warning, seen.spot, fmt::format("grpc-timeout is \"{}\", which is not positive", *value));
    } else {
      findings_.judge(Id::RQ06, timeout.has_value(), seen.spot, [&] { return quoted("grpc-timeout", value); });
    }
  });
}

}  // namespace

std::unique_ptr<Check> request_checks(Findings& findings) { return std::make_unique<RequestChecks>(findings); }

}  // namespace testigo::check
