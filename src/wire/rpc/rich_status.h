// The two fields of google.rpc.Status that grpc-status-details-bin shares with the trailers, read without protobuf.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace testigo::rpc {

struct RichStatus {
  std::int32_t code = 0;     // field 1
  std::string_view message;  // field 2, borrowed
};

// Nothing when the octets are no message of that type. Fields that it does not know, and what details hold, are passed over.
std::optional<RichStatus> read_rich_status(std::string_view octets);

}  // namespace testigo::rpc
