// RQ: what gRPC asks of a request (gRPC over HTTP2, Requests). Calls of class grpc only (RULE 3).
#include <fmt/format.h>

#include "call/fields.h"
#include "check/all_checks.h"

namespace testigo::check {
namespace {

using call::RpcClass;
using http2::FieldName;
using http2::HeaderField;

class RequestChecks final : public Check {
 public:
  explicit RequestChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = true, .messages = false, .side_ends = false, .calls = false};
  }
  void on_block(const call::BlockSeen& seen) override;

 private:
  // Judges the value of a field, or says that it is not known, which is `unknown`.
  template <typename Rule>
  void judge(Id id, const call::BlockSeen& seen, FieldName name, std::string_view unknown, Rule rule);

  Findings& findings_;
};

template <typename Rule>
void RequestChecks::judge(Id id, const call::BlockSeen& seen, FieldName name, std::string_view unknown, Rule rule) {
  const HeaderField* field = call::find(seen.fields, name);
  if (field == nullptr && (call::any_name_unknown(seen.fields) || !seen.outcome.complete)) {
    findings_.not_judgeable(id, "names of header fields are not known");
  } else if (field != nullptr && !field->exact()) {
    findings_.not_judgeable(id, unknown);
  } else {
    rule(field == nullptr ? std::nullopt : std::optional<std::string_view>(field->value));
  }
}

void RequestChecks::on_block(const call::BlockSeen& seen) {
  if (seen.role != call::BlockRole::Request || seen.call == nullptr || seen.call->rpc_class == RpcClass::Other) return;
  if (seen.call->rpc_class == RpcClass::Unknown) {
    for (const Id id : {Id::RQ01, Id::RQ04, Id::RQ05}) findings_.not_judgeable(id, "whether the call is gRPC is not known");
    return;
  }
  judge(Id::RQ01, seen, FieldName::Method, "the value of :method is not known", [&](std::optional<std::string_view> value) {
    findings_.judge(Id::RQ01, value == "POST", seen.spot,
                    [&] { return value ? fmt::format(":method is \"{}\"", *value) : ":method is missing"; });
  });
  judge(Id::RQ04, seen, FieldName::Te, "the value of te is not known", [&](std::optional<std::string_view> value) {
    findings_.judge(Id::RQ04, value == "trailers", seen.spot,
                    [&] { return value ? fmt::format("te is \"{}\"", *value) : "te is missing"; });
  });
  judge(Id::RQ05, seen, FieldName::ContentType, "the value of content-type is not known",
        [&](std::optional<std::string_view> value) {
          const bool holds = value && call::is_grpc_content_type(*value);
          if (holds && value->find(';') != std::string_view::npos) {
            findings_.fail(Id::RQ05, Severity::Warning, seen.spot, fmt::format("content-type \"{}\" has parameters", *value));
          } else {
            findings_.judge(Id::RQ05, holds, seen.spot,
                            [&] { return value ? fmt::format("content-type is \"{}\"", *value) : "content-type is missing"; });
          }
        });
}

}  // namespace

std::unique_ptr<Check> request_checks(Findings& findings) { return std::make_unique<RequestChecks>(findings); }

}  // namespace testigo::check
