// A recorded handshake as a conversation, each turn a packet.
#pragma once

#include <algorithm>
#include <string>

#include "call/testing/conversation.h"
#include "wire/tls/testing/recorded_handshakes.h"

namespace testigo::call::testing {

inline Part tls_octets(std::string_view hex) {
  return [octets = from_hex(hex)](http2::HpackEncoder&, std::vector<std::byte>& out) { append(out, octets); };
}

// The first `turns` of it.
inline Conversation tls_conversation(const tls::testing::Recorded& recorded, std::size_t turns = 100) {
  Conversation conversation;
  for (std::size_t i = 0; i < std::min(turns, recorded.size()); ++i) {
    const Part part = tls_octets(recorded[i].hex);
    recorded[i].direction == Direction::ToServer ? conversation.client(part) : conversation.server(part);
  }
  return conversation;
}

}  // namespace testigo::call::testing
