#include "call/block_gist.h"

#include "wire/rpc/status.h"
#include "wire/rpc/timeout.h"

namespace testigo::call {
namespace {

using http2::FieldName;
using http2::HeaderField;

std::optional<std::size_t> place_of(Fields fields, const HeaderField* field) {
  return field == nullptr ? std::nullopt : std::optional(static_cast<std::size_t>(field - fields.data()));
}

}  // namespace

RequestGist::RequestGist(Fields fields, bool complete) : rpc_class(call::rpc_class(fields, complete)) {
  const Named named(fields);
  path = place_of(fields, named[FieldName::Path]);
  if (path && fields[*path].exact()) two_segments = is_two_segment_path(fields[*path].value);
  if (const HeaderField* field = named[FieldName::GrpcTimeout]; field != nullptr && field->exact()) {
    timeout = rpc::parse_timeout(field->value);
  }
  keeps_to_grpc = call::keeps_to_grpc(fields, named, complete);
}

AnswerGist::AnswerGist(Fields fields, bool complete) {
  const bool all_known = complete && !any_name_unknown(fields);
  const HeaderField* const status = find(fields, FieldName::Status);
  if (status != nullptr && status->exact()) {
    informational = status->value.size() == 3 && status->value[0] == '1';
    http_status = rpc::parse_status(status->value).value_or(0);
  }
  status_known = http_status || (status == nullptr && all_known);
  response_class = call::response_class(http_status.value_or(0), fields, complete);
  if (const auto value = exact_value(fields, FieldName::GrpcStatus)) grpc_status = rpc::parse_status(*value);
  without_grpc_status = all_known && find(fields, FieldName::GrpcStatus) == nullptr;
  const HeaderField* const message = find(fields, FieldName::GrpcMessage);
  if (message != nullptr && message->exact()) grpc_message = place_of(fields, message);
}

}  // namespace testigo::call
