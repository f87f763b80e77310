// Where the payload of a packet lies in the connection that it belongs to.
#pragma once

#include <cstdint>

#include "base/chunk.h"
#include "wire/tcp/connection_sink.h"

namespace testigo::tcp {

struct Placement {
  ConnectionNumber connection = 0;
  Direction direction = Direction::ToServer;
  std::int64_t offset = 0;  // of the payload's first octet, from the start of the direction; negative: before it
  friend bool operator==(const Placement&, const Placement&) = default;
};

}  // namespace testigo::tcp
