// What frames mean for the model: connections, streams, header blocks, messages, calls.
//
// Events borrow what they point to for the call that receives them. Values of a wire are bounded, not yet inert.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/chunk.h"
#include "wire/http2/frame.h"
#include "wire/http2/header_field.h"
#include "wire/http2/hpack_decoder.h"
#include "wire/http2/preface.h"
#include "wire/rpc/message_decoder.h"
#include "wire/tcp/connection_sink.h"
#include "wire/tls/handshake.h"

namespace testigo::call {

using ConnectionNumber = tcp::ConnectionNumber;
using http2::StreamId;

// A place in the capture.
struct Place {
  std::uint64_t packet = 0;  // as Wireshark numbers them; 0 when there is no capture
  ConnectionNumber connection = 0;
  StreamId stream = 0;
  bool other_side = false;  // in the capture of the other side of a hop
  friend bool operator==(const Place&, const Place&) = default;
};

// Where and when something was seen.
struct Spot {
  Place place;
  Direction direction = Direction::ToServer;
  Time time;
  std::uint64_t offset = 0;  // of its first octet, in octets of this direction since the start of the connection
  std::uint64_t end = 0;     // behind its last octet
  std::uint64_t acked = 0;   // octets of the other direction that its sender had acknowledged
};

// The model's view of one connection; it lives as long as the connection, and is what needs S and S2 rest on.
struct ConnectionView {
  ConnectionNumber number = 0;
  Time opened;
  tcp::Endpoint client;
  tcp::Endpoint server;
  std::uint64_t packet = 0;  // that opened it
  bool from_start = true;
  bool gap_to_server = false;  // octets of this direction are missing; nothing behind the gap is judged, though it is read
  bool gap_to_client = false;
  http2::Opening client_opening = http2::Opening::NeedMore;
  http2::Opening server_opening = http2::Opening::NeedMore;
  std::string client_first;  // the first octets, at most 64
  std::string server_first;
  std::uint64_t server_first_packet = 0;
  std::uint64_t calls = 0;
  std::uint64_t calls_not_followed = 0;  // beyond Limits::streams_max open at once, or opened by a block that cannot be read
  std::uint64_t octets_to_server = 0;    // seen so far
  std::uint64_t octets_to_client = 0;
  std::uint64_t blocks_beyond_limit = 0;   // header blocks of which our limits kept a part from being decoded
  std::uint64_t messages_crowded_out = 0;  // not kept whole, for what others held: Limits::message_bytes_kept_all
  std::uint64_t answer_frames = 0;         // HEADERS and DATA of the server, seen so far
  const tls::Seen* tls = nullptr;          // what the handshake has shown so far; null where there is no TLS
  // Of the client, in the request of an upgrade: the 101 acknowledges them (RFC 7540 section 3.2.1).
  std::vector<http2::Setting> upgrade_settings{};

  // Every octet of the direction was seen, from the start.
  bool whole(Direction direction) const {
    return from_start && !(direction == Direction::ToServer ? gap_to_server : gap_to_client);
  }
  bool whole() const { return whole(Direction::ToServer) && whole(Direction::ToClient); }

  // The sender of what is at this spot had acknowledged no octet that had not been seen by then: only so may be said that
  // something did not come before.
  bool seen_all_before(const Spot& spot) const {
    return spot.acked <= (spot.direction == Direction::ToServer ? octets_to_client : octets_to_server);
  }
};

enum class BlockRole : std::uint8_t {
  Request,
  RequestTrailers,
  Informational,  // :status 1xx
  Response,       // with END_STREAM: gRPC's Trailers-Only
  Trailers,
  Unknown,  // it does not follow from frames seen
};

// RULE 3: which calls the gRPC rows judge.
enum class RpcClass : std::uint8_t { Grpc, Other, Unknown };

struct SideOfCall {
  bool headers = false;           // its first block was seen
  bool ended = false;             // END_STREAM was seen
  std::uint64_t messages = 0;     // whole ones
  std::uint64_t bytes = 0;        // of DATA, without padding
  std::uint64_t end = 0;          // offset behind its last octet, headers included
  std::uint64_t headers_end = 0;  // offset behind its first block
  std::uint64_t packet = 0;       // of its last octet
  bool messages_known = true;     // false behind DATA that cannot be read (RFC 9113 section 6.1, padding), or was not seen
  bool behind_gap = false;        // some of it stood behind octets that were not seen
};

enum class Ending : std::uint8_t {
  Trailers,       // the server ended the stream with a grpc-status, or with a block of which that is not known
  WithoutStatus,  // the server ended the stream without a grpc-status
  ResetByClient,
  ResetByServer,
  Refused,  // REFUSED_STREAM, or above the last stream id of a GOAWAY: not processed (RFC 9113 section 8.7)
  ConnectionLost,
  StillOpen,  // its end was not seen
};

// One RPC: a stream with its request, its response and its status.
struct Call {
  Place place;  // of its request headers
  Time started;
  Time ended;
  RpcClass rpc_class = RpcClass::Unknown;  // of the request
  // Of the response: Grpc when its :status is 200 and its content-type gRPC's, so that its DATA holds messages.
  RpcClass response_class = RpcClass::Unknown;
  std::string path;  // beyond Limits::text_bytes_kept a short one stands for it, see `shortened_path`
  http2::Known path_known = http2::Known::Unknown;
  std::uint32_t unknown_method = 0;  // calls of a connection that have the same number, not 0, have the same method
  bool opened_behind_gap = false;    // its request headers stood behind octets that were not seen
  std::optional<Duration> timeout;   // grpc-timeout
  SideOfCall request;
  SideOfCall response;
  std::optional<Time> first_response;
  int http_status = 0;         // 0: not seen
  std::optional<int> status;   // grpc-status; nothing when not seen, not known or no number
  std::string status_message;  // grpc-message, percent-decoded, with "…" where it is longer than is kept
  Ending ending = Ending::StillOpen;
  std::uint32_t error_code = 0;    // of a RST_STREAM
  std::uint64_t end_packet = 0;    // that ended it
  bool request_delivered = false;  // the server's side acknowledged all octets of a request that ended
  bool headers_delivered = false;  // the same for the request's headers
};

// The handshake came on by a step; what is known by then stands in the view.
struct TlsSeen {
  const ConnectionView& connection;
  const Spot& spot;  // of the record that ended it
  tls::Step step;
};

struct FrameSeen {
  const ConnectionView& connection;
  const Spot& spot;
  const http2::Frame& frame;
};

struct BlockSeen {
  const ConnectionView& connection;
  const Spot& spot;  // of the frame that ended the block
  BlockRole role;
  bool end_stream;
  std::span<const http2::HeaderField> fields;
  const http2::BlockOutcome& outcome;
  const Call* call;         // null where there is none (PUSH_PROMISE, a stream not followed)
  std::uint64_t alike = 0;  // http2::DecodedBlock::alike, of its direction
};

struct MessageSeen {
  const ConnectionView& connection;
  const Spot& spot;  // of the frame that ended the message
  const Call& call;
  std::uint64_t number;  // of this side of the call, from 1
  const rpc::Message& message;
};

// One side of a stream has ended with END_STREAM.
struct SideEnded {
  const ConnectionView& connection;
  const Spot& spot;
  const Call& call;
  std::size_t left_over;  // octets of a message that is not whole
  bool by_headers;        // the flag stood on HEADERS, not on DATA
};

// The call is over, or will not be seen any further.
struct CallClosed {
  const ConnectionView& connection;
  const Call& call;
};

struct ConnectionClosed {
  const ConnectionView& connection;
  Time ended;                                     // or when it was seen last
  std::optional<tcp::ConnectionClosing> closing;  // the first sign of its end; nothing when it was not seen
  bool goaway;                                    // the side that began to close had sent GOAWAY
  std::uint64_t calls_open;                       // that its end, or that of the server's direction, cut off
  bool turned = false;                            // its ends had been taken for each other: it goes on as another connection
};

// What a sink hears beside the life of connections; of the rest it need not be told.
struct Interest {
  bool frames = true;
  bool blocks = true;
  bool messages = true;
  bool side_ends = true;
  bool calls = true;
};

enum class Heard : std::uint8_t { Frames, Blocks, Messages, SideEnds };

// Who hears of events. One thread at a time.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Interest hears() const { return {}; }
  // Who hears events of that kind in its place, of a connection that it has heard of, until that has closed: one of whom it would
  // only hand them on to.
  virtual Sink& hearer(Heard, const ConnectionView&) { return *this; }
  virtual void on_connection(const ConnectionView&) {}
  // The first octets of a direction were recognised as `Http2` or something else; the spot is of those that decided.
  virtual void on_opening(const ConnectionView&, const Spot&, http2::Opening) {}
  virtual void on_tls(const TlsSeen&) {}
  virtual void on_frame(const FrameSeen&) {}
  virtual void on_block(const BlockSeen&) {}
  virtual void on_message(const MessageSeen&) {}
  virtual void on_side_ended(const SideEnded&) {}
  virtual void on_call(const CallClosed&) {}
  // The client broke a rule: no method that was inferred (`Known::Inferred`) on the connection since its last gap holds.
  virtual void on_withdrawn(const ConnectionView&) {}
  virtual void on_connection_closed(const ConnectionClosed&) {}
};

}  // namespace testigo::call
