// What the wire witness says of the calls that carry a Testigo id: gathered from events, call by call.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "call/event.h"
#include "statement/statement.h"

namespace testigo::verdict {

enum class WireState : std::uint8_t {
  Undelivered,  // the server's side did not take the whole request, or it was refused
  Answered,     // trailers with a status
  Open,         // delivered, no trailers, connection alive when the client gave up (or when the run ended)
  Cut,          // the connection ended first, or the server's side broke the stream off without a status
};

// As a call came to its end. Of a unary request it counts that all of it was delivered; of a stream of requests, whose server may
// begin with its headers, that these were.
WireState state_of(const call::Call& call, bool request_is_stream);

// One stream with a Testigo id.
struct WireStream {
  statement::CallId id;
  call::Call call;
  WireState state = WireState::Undelivered;
  // Row 16: the server ended the stream, all of it was seen, and there were no trailers.
  bool ended_without_trailers = false;
  // As in statement::Ended: the first reply that names another client or call than the id, else the last one.
  std::optional<statement::Reply> reply;
  std::uint64_t reply_packet = 0;
  // Hexadecimal, of that message, at most 96 octets of it; empty when the reply is the caller's own, for there are many of these.
  std::string reply_octets;
  bool whole = true;  // no gap in its connection
};

struct WireConnection {
  call::ConnectionView view;
  bool carried_call = false;  // any call, with or without an id
  // Evidence for claim 6; packets, 0 when not seen.
  std::uint64_t preface_packet = 0;
  std::uint64_t client_settings_packet = 0;
  std::uint64_t server_settings_packet = 0;
  std::uint64_t client_ack_packet = 0;  // of the server's SETTINGS
  std::uint64_t server_ack_packet = 0;
  std::uint64_t headers_packet = 0;
  std::uint64_t data_packet = 0;
  std::uint64_t trailers_packet = 0;
  std::uint64_t client_last_packet = 0;  // of the last frame of this side
  std::uint64_t server_last_packet = 0;
  bool closed = false;
  bool server_left = false;  // the server's side ended it first, without GOAWAY
  bool lost = false;         // it was reset, or ended under open calls: what did not come may have been on its way
};

// Nobody listened, from the last packet before to the first one after; by the clock of the wire witness.
struct UnheardTime {
  Time from;
  Time to;
};

struct WireTestimony {
  std::vector<WireStream> streams;  // in the order in which they ended
  std::vector<WireConnection> connections;
  std::uint64_t calls_without_id = 0;
  std::uint64_t calls_unidentified = 0;  // whether they have an id, or which, could not be read
  bool cut = false;                      // the capture is not whole: what came after its last packet is not known
  // A run of its own listened: it may have begun after the calls did, and ended before them.
  bool apart = false;
  std::optional<Time> last;  // of its last packet
  std::vector<UnheardTime> unheard;
  std::uint64_t dropped = 0;  // packets that nobody captured in time
  std::string trouble;        // of reading it; empty when there was none
};

// Gathers a WireTestimony. Memory grows with the calls of the run: a verdict is about each of them; not where calls are only told.
class WireWitness final : public call::Sink {
 public:
  enum class Calls : std::uint8_t { Kept, Told };
  explicit WireWitness(Calls calls = Calls::Kept) : calls_(calls) {}

  void on_connection(const call::ConnectionView& connection) override;
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override;
  void on_frame(const call::FrameSeen& seen) override;
  void on_block(const call::BlockSeen& seen) override;
  void on_message(const call::MessageSeen& seen) override;
  void on_call(const call::CallClosed& closed) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  // Hears of every call that has closed: what is testified of it, or null where it has no id.
  using OnCall = std::function<void(const call::CallClosed&, const WireStream*)>;
  void on_witnessed(OnCall listener) { listener_ = std::move(listener); }

  // After the model has ended; the caller fills in `cut`, `apart`, `last`, `unheard`, `dropped` and `trouble`.
  WireTestimony take();

 private:
  // A stream with an id, or with one that could not be read, that has not ended.
  struct Open {
    std::optional<statement::CallId> id;
    std::optional<statement::Reply> reply;
    bool wrong_reply = false;
    std::uint64_t reply_packet = 0;
    std::string reply_octets;
  };
  WireConnection& connection(const call::ConnectionView& view);

  // Null: it has no id.
  const WireStream* testify(const call::CallClosed& closed);

  Calls calls_;
  WireTestimony testimony_;
  OnCall listener_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, Open> open_;  // by connection and stream
  std::map<std::uint64_t, std::size_t> connections_;              // number → index in testimony_
};

// The fields of a GreetReply that name somebody, read from the first octets of the message (they stand before the payload).
// Nothing when they cannot be read.
std::optional<statement::Reply> read_reply(Bytes message);

// Those of its octets that name client and call, with their tags; empty when there are none.
Bytes naming_octets(Bytes message);

}  // namespace testigo::verdict
