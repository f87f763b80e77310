// Octets that can be taken away from what both sides write, and what is told of the rest.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/testing/cuts.h"
#include "call/model.h"
#include "call/testing/conversation.h"
#include "call/testing/event_log.h"
#include "wire/http2/frame_encoder.h"

namespace testigo::call::testing {

struct WireSeen final : Sink {
  std::vector<Call> calls;
  std::vector<std::string> messages;
  std::vector<std::uint64_t> lost;
  std::vector<BlockRole> answers;
  ConnectionView view;

  void on_block(const BlockSeen& seen) override {
    if (seen.spot.direction == Direction::ToClient) answers.push_back(seen.role);
  }
  void on_message(const MessageSeen& seen) override {
    messages.emplace_back(as_text(seen.message.octets));
    lost.push_back(seen.message.lost);
  }
  void on_call(const CallClosed& closed) override { calls.push_back(closed.call); }
  void on_connection_closed(const ConnectionClosed& closed) override { view = closed.connection; }
};

// What both sides write, as octets that can be taken away.
class Wire {
 public:
  Wire& client(const Part& part) { return write(Direction::ToServer, part); }
  Wire& server(const Part& part) { return write(Direction::ToClient, part); }
  // So many of the octets that were written last, from `from` on, were not seen.
  Wire& cut(std::size_t from, std::size_t size) {
    Piece& last = pieces_.back();
    Piece rest{last.direction, {last.octets.begin() + static_cast<std::ptrdiff_t>(from + size), last.octets.end()}, size, 0};
    last.octets.resize(from);
    pieces_.push_back(std::move(rest));
    return *this;
  }
  // What was written last is captured before what was written before it.
  Wire& ahead() {
    std::swap(pieces_.back(), pieces_[pieces_.size() - 2]);
    pieces_[pieces_.size() - 2].ahead = pieces_.back().octets.size();
    return *this;
  }
  std::size_t last_size() const { return pieces_.back().octets.size(); }

  void play(Sink& sink, std::uint64_t seed) const {
    Model model(sink);
    model.on_opened({1, {}, {"127.0.0.1", 1}, {"127.0.0.1", 2}, true, 1});
    std::uint64_t sent[2] = {0, 0}, packet = 0;
    for (const Piece& piece : pieces_) {
      const auto direction = static_cast<std::size_t>(piece.direction);
      sent[direction] += piece.missing + piece.octets.size();
      Chunk chunk{{}, piece.direction, {}, piece.missing, sent[1 - direction] + piece.ahead, ++packet};
      testigo::testing::Cuts cuts(piece.octets, seed);
      if (piece.octets.empty()) model.on_chunk(1, chunk);
      while (const auto octets = cuts.next()) {
        chunk.bytes = *octets;
        model.on_chunk(1, chunk);
        chunk.missing = 0;
      }
    }
    model.on_end();
  }

 private:
  struct Piece {
    Direction direction;
    std::vector<std::byte> octets;
    std::uint64_t missing = 0;
    std::uint64_t ahead = 0;  // octets that it acknowledges and that come later
  };
  Wire& write(Direction direction, const Part& part) {
    std::vector<std::byte> octets;
    part(encoders_[static_cast<std::size_t>(direction)], octets);
    pieces_.push_back({direction, std::move(octets), 0, 0});
    return *this;
  }
  http2::HpackEncoder encoders_[2];
  std::vector<Piece> pieces_;
};

inline Wire greeted_wire() {
  Wire wire;
  wire.client(preface()).client(settings()).server(settings()).server(settings_ack()).client(settings_ack());
  return wire;
}

inline WireSeen seen(const Wire& wire) {
  EventLog whole;
  wire.play(whole, 0);
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    EventLog cut;
    wire.play(cut, seed);
    EXPECT_EQ(cut.lines(), whole.lines()) << "seed " << seed;
  }
  WireSeen sink;
  wire.play(sink, 0);
  return sink;
}

inline Wire asked_wire() {
  Wire wire = greeted_wire();
  wire.client(headers(1, request_fields())).server(headers(1, response_fields()));
  return wire;
}

inline void answer(Wire& wire, StreamId stream) { wire.server(headers(stream, trailer_fields(), EndStream::Yes)); }

}  // namespace testigo::call::testing
