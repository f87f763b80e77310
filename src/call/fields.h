// Looking things up in a decoded header block.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "call/event.h"
#include "wire/http2/header_field.h"

namespace testigo::call {

using Fields = std::span<const http2::HeaderField>;

// The first field of that name (exact); null when there is none.
const http2::HeaderField* find(Fields fields, std::string_view name);
const http2::HeaderField* find(Fields fields, http2::FieldName name);

// Of the fields of a name (exact) that may stand once only (RFC 9110 section 5.3).
struct Repeated {
  const http2::HeaderField* other = nullptr;  // the first whose value differs from that of the first one; both exact
  bool all_exact = true;
};
Repeated repeated(Fields fields, http2::FieldName name);

// Its value, when name and value are exact.
std::optional<std::string_view> exact_value(Fields fields, std::string_view name);
std::optional<std::string_view> exact_value(Fields fields, http2::FieldName name);

// A pseudo-header of a request stands in it.
bool opens_request(Fields fields);

// Whether any name is not exact: then "there is none" cannot be said of a name.
bool any_name_unknown(Fields fields);

// The first field of each name (exact), found in one walk.
class Named {
 public:
  explicit Named(Fields fields) {
    for (const http2::HeaderField& field : fields) {
      const http2::HeaderField*& first = first_[static_cast<std::size_t>(field.id)];
      if (first == nullptr && field.name_known == http2::Known::Exact) first = &field;
    }
  }
  const http2::HeaderField* operator[](http2::FieldName name) const { return first_[static_cast<std::size_t>(name)]; }

 private:
  std::array<const http2::HeaderField*, static_cast<std::size_t>(http2::FieldName::ConnectionSpecific) + 1> first_{};
};

// "application/grpc", then the end, '+' or ';': as the specification writes it. rpc::names_grpc takes what means the same.
bool is_grpc_content_type(std::string_view value);

// "/" service "/" method: two segments, neither empty.
bool is_two_segment_path(std::string_view path);

// What stands for a path that is longer than `bytes_max`: its beginning, "…#" and a digest of all of it. So two that differ only
// behind that stay two. It has `bytes_max` octets, or up to three fewer.
std::string shortened_path(std::string_view path, std::size_t bytes_max);

// RQ04 and RQ05: what gRPC asks of a request. Nothing: not everything is known.
std::optional<bool> keeps_to_grpc(Fields request, const Named& named, bool complete);

// RULE 3 for a block that opens a request: which calls the rows about gRPC judge. `complete`: no field of it was lost.
RpcClass rpc_class(Fields request, bool complete);

// The same for a response: Grpc when its DATA holds messages. `http_status` is 0 when it is not known.
RpcClass response_class(int http_status, Fields response, bool complete);

}  // namespace testigo::call
