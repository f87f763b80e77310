#include "call/fields.h"

#include <algorithm>
#include <cstdio>

#include "base/digest.h"
#include "base/utf8.h"
#include "wire/rpc/media_type.h"
#include "wire/rpc/user_agent.h"

namespace testigo::call {
namespace {

std::optional<std::string_view> exact_value_of(const http2::HeaderField* field) {
  if (field == nullptr || field->value_known != http2::Known::Exact) return std::nullopt;
  return field->value;
}

}  // namespace

using http2::bit;
using http2::FieldName;

const http2::HeaderField* find(Fields fields, std::string_view name) {
  const auto it = std::ranges::find_if(
      fields, [&](const http2::HeaderField& field) { return field.name == name && field.name_known == http2::Known::Exact; });
  return it == fields.end() ? nullptr : &*it;
}

const http2::HeaderField* find(Fields fields, http2::FieldName name) {
  for (const http2::HeaderField& field : fields) {
    if (field.id == name && field.name_known == http2::Known::Exact) return &field;
  }
  return nullptr;
}

Repeated repeated(Fields fields, FieldName name) {
  Repeated told;
  const http2::HeaderField* first = nullptr;
  for (const http2::HeaderField& field : fields) {
    if (field.id != name || field.name_known != http2::Known::Exact) continue;
    if (!field.exact()) {
      told.all_exact = false;
    } else if (first == nullptr) {
      first = &field;
    } else if (told.other == nullptr && field.value != first->value) {
      told.other = &field;
    }
  }
  return told;
}

std::optional<std::string_view> exact_value(Fields fields, std::string_view name) { return exact_value_of(find(fields, name)); }

std::optional<std::string_view> exact_value(Fields fields, http2::FieldName name) { return exact_value_of(find(fields, name)); }

bool opens_request(Fields fields) {
  return find(fields, FieldName::Method) != nullptr || find(fields, FieldName::Path) != nullptr ||
         find(fields, FieldName::Scheme) != nullptr;
}

bool any_name_unknown(Fields fields) {
  return std::ranges::any_of(fields, [](const http2::HeaderField& field) { return field.name_known != http2::Known::Exact; });
}

bool is_grpc_content_type(std::string_view value) {
  constexpr std::string_view kGrpc = "application/grpc";
  if (!value.starts_with(kGrpc)) return false;
  return value.size() == kGrpc.size() || value[kGrpc.size()] == '+' || value[kGrpc.size()] == ';';
}

bool is_two_segment_path(std::string_view path) {
  if (!path.starts_with('/')) return false;
  const std::size_t slash = path.find('/', 1);
  return slash != std::string_view::npos && slash > 1 && slash + 1 < path.size() &&
         path.find('/', slash + 1) == std::string_view::npos;
}

std::string shortened_path(std::string_view path, std::size_t bytes_max) {
  char digest[17];
  std::snprintf(digest, sizeof digest, "%016llx", static_cast<unsigned long long>(digest_of(path)));
  constexpr std::size_t kMarkBytes = 20;  // "…#" and the digest
  return shortened(path, std::max(bytes_max, kMarkBytes) - kMarkBytes) + "#" + digest;
}

std::optional<bool> keeps_to_grpc(Fields request, const Named& named, bool complete) {
  const http2::HeaderField* const type = named[FieldName::ContentType];
  const http2::HeaderField* const te = named[FieldName::Te];
  if (te != nullptr && te->exact() && type != nullptr && type->exact() && te->value == "trailers") {
    return is_grpc_content_type(type->value);
  }
  if (!complete || any_name_unknown(request) || (te != nullptr && !te->exact()) || (type != nullptr && !type->exact())) return {};
  return false;
}

namespace {

// Names that only a client of gRPC sends: grpc-timeout and grpc-metadata-* are what gateways take of HTTP clients.
constexpr http2::FieldNames kOfGrpcClients =
    bit(FieldName::GrpcAcceptEncoding) | bit(FieldName::GrpcEncoding) | bit(FieldName::GrpcPreviousRpcAttempts);

// All names are known.
RpcClass class_by_client(Fields request) {
  if (std::ranges::any_of(request, [](const http2::HeaderField& field) { return (bit(field.id) & kOfGrpcClients) != 0; })) {
    return RpcClass::Grpc;
  }
  const http2::HeaderField* const agent = find(request, FieldName::UserAgent);
  if (agent == nullptr) return RpcClass::Other;
  if (!agent->exact()) return RpcClass::Unknown;
  return rpc::names_grpc_library(agent->value) ? RpcClass::Grpc : RpcClass::Other;
}

}  // namespace

// Shape alone does not make a call of gRPC's: Firefox sends te: trailers with every request, and two segments are usual.
RpcClass rpc_class(Fields request, bool complete) {
  const http2::HeaderField* type = find(request, FieldName::ContentType);
  if (type != nullptr && type->value_known != http2::Known::Exact) return RpcClass::Unknown;
  if (type != nullptr && rpc::names_grpc(type->value)) return RpcClass::Grpc;
  if (type != nullptr && rpc::names_grpc_web(type->value)) return RpcClass::Other;
  if (!complete || any_name_unknown(request)) return RpcClass::Unknown;
  const http2::HeaderField* method = find(request, FieldName::Method);
  const http2::HeaderField* te = find(request, FieldName::Te);
  const http2::HeaderField* path = find(request, FieldName::Path);
  if (method == nullptr || te == nullptr || path == nullptr) return RpcClass::Other;
  if (!method->exact() || !te->exact() || !path->exact()) return RpcClass::Unknown;
  const bool shaped_like_grpc = method->value == "POST" && te->value == "trailers" && is_two_segment_path(path->value);
  return shaped_like_grpc ? class_by_client(request) : RpcClass::Other;
}

RpcClass response_class(int http_status, Fields response, bool complete) {
  const http2::HeaderField* type = find(response, FieldName::ContentType);
  if (http_status != 0 && http_status != 200) return RpcClass::Other;
  if (type == nullptr) return complete && !any_name_unknown(response) ? RpcClass::Other : RpcClass::Unknown;
  if (type->value_known != http2::Known::Exact) return RpcClass::Unknown;
  if (!rpc::names_grpc(type->value)) return RpcClass::Other;
  return http_status == 200 ? RpcClass::Grpc : RpcClass::Unknown;
}

}  // namespace testigo::call
