// What is left of the events of a conversation when its connection is over.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "call/event.h"
#include "call/testing/conversation.h"

namespace testigo::call::testing {

struct Seen final : Sink {
  std::vector<Call> calls;
  std::vector<BlockRole> roles;
  std::vector<std::string> messages;
  std::size_t frames = 0;
  ConnectionView view;
  std::uint64_t calls_open = 0;
  bool goaway = false;
  bool closed = false;
  std::vector<std::string> openings;

  void on_opening(const ConnectionView&, const Spot& spot, http2::Opening opening) override {
    openings.push_back((spot.direction == Direction::ToServer ? "client " : "server ") + std::to_string(static_cast<int>(opening)));
  }
  void on_frame(const FrameSeen&) override { ++frames; }
  void on_block(const BlockSeen& seen) override { roles.push_back(seen.role); }
  void on_message(const MessageSeen& seen) override { messages.emplace_back(as_text(seen.message.octets)); }
  void on_call(const CallClosed& call) override { calls.push_back(call.call); }
  void on_connection_closed(const ConnectionClosed& seen) override {
    view = seen.connection;
    calls_open = seen.calls_open;
    goaway = seen.goaway;
    closed = true;
  }
};

inline Seen seen(const Conversation& conversation, const Limits& limits = {}) {
  Seen sink;
  conversation.play(sink, limits);
  return sink;
}

inline Call only_call(const Conversation& conversation) {
  const Seen events = seen(conversation);
  EXPECT_EQ(events.calls.size(), 1u);
  return events.calls.empty() ? Call{} : events.calls.front();
}

inline Conversation asked() { return greeted().client(headers(1, request_fields()), message(1, "ping", EndStream::Yes)); }

}  // namespace testigo::call::testing
