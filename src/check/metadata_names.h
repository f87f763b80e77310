// Which header fields are the application's own, by name.
#pragma once

#include "wire/http2/field_text.h"

namespace testigo::check {

// Fields that HTTP/2 or gRPC give a meaning, and those of one connection.
constexpr http2::FieldNames kNoMetadata = [] {
  using enum http2::FieldName;
  http2::FieldNames names = 0;
  for (const http2::FieldName name : {Authority, Method, Path, Protocol, Scheme, Status, ContentLength, ContentType,
                                      GrpcAcceptEncoding, GrpcEncoding, GrpcMessage, GrpcPreviousRpcAttempts, GrpcRetryPushbackMs,
                                      GrpcStatus, GrpcTimeout, Host, Te, UserAgent, ConnectionSpecific}) {
    names |= http2::bit(name);
  }
  return names;
}();

}  // namespace testigo::check
