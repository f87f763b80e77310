// The value of grpc-timeout (grpc/doc/PROTOCOL-HTTP2.md, Timeout): 1 to 8 digits and a unit of H M S m u n.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace testigo::rpc {

// Nothing when it is not of that form. 99999999H does not fit into nanoseconds: the longest duration stands for it.
std::optional<Duration> parse_timeout(std::string_view text);

}  // namespace testigo::rpc
