#include "call/connection.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "call/first_octets.h"

namespace testigo::call {

Connection::Connection(const tcp::ConnectionOpened& opened, Sink& sink, const Limits& limits, Holdings& all)
    : sink_(sink),
      limits_(limits),
      all_(all),
      halves_{Half(limits), Half(limits)},
      streams_(limits_, all.message_bytes, all.idle),
      last_(opened.time) {
  view_.number = opened.connection;
  view_.opened = opened.time;
  view_.client = opened.client;
  view_.server = opened.server;
  view_.packet = opened.packet;
  view_.from_start = opened.from_start;
  sink_.on_connection(view_);
  frames_ = &sink_.hearer(Heard::Frames, view_);
  blocks_ = &sink_.hearer(Heard::Blocks, view_);
  messages_ = &sink_.hearer(Heard::Messages, view_);
  side_ends_ = &sink_.hearer(Heard::SideEnds, view_);
  if (!opened.from_start) begin_late();
}

Connection::~Connection() {
  all_.streams -= streams_.size();
  for (const Half& each : halves_) all_.resyncs -= each.gap && each.gap->resync ? 1 : 0;
}

http2::Opening& Connection::opening(Direction direction) {
  return direction == Direction::ToServer ? view_.client_opening : view_.server_opening;
}

void Connection::on_chunk(const Chunk& chunk) {
  last_ = chunk.time;
  if (chunk.time >= tell_refused_at_) tell_refused(chunk);
  Half& from = half(chunk.direction);
  from.acked = std::max(from.acked, chunk.acked);
  if (chunk.missing != 0) on_gap(chunk);
  (chunk.direction == Direction::ToServer ? view_.octets_to_server : view_.octets_to_client) += chunk.bytes.size();
  if (from.position < kFirstOctetsKept && view_.whole(chunk.direction)) remember_first(chunk);
  if (!chunk.bytes.empty()) from.blind ? read_other(chunk) : on_octets(chunk);
  from.position += chunk.bytes.size();
}

void Connection::remember_first(const Chunk& chunk) {
  const bool client = chunk.direction == Direction::ToServer;
  std::string& first = client ? view_.client_first : view_.server_first;
  if (first.size() == kFirstOctetsKept) return;
  if (!client && first.empty() && !chunk.bytes.empty()) view_.server_first_packet = chunk.packet;
  first += as_text(chunk.bytes.first(std::min(chunk.bytes.size(), kFirstOctetsKept - first.size())));
}

void Connection::on_octets(const Chunk& chunk) {
  Bytes octets = chunk.bytes;
  if (half(chunk.direction).gap && !pass_gap(chunk, octets)) return;
  if (opening(chunk.direction) == http2::Opening::NeedMore && !recognise(chunk, octets)) return;
  if (!octets.empty()) read_frames(chunk, octets);
}

// Of what is no HTTP/2, or not yet.
void Connection::read_other(const Chunk& chunk) {
  if (tls_) read_tls(chunk, chunk.bytes);
  if (upgrade_) read_upgrade(chunk, chunk.bytes);
}

// Takes octets off until the direction is recognised: so the spot does not depend on how they were cut. True when frames follow.
bool Connection::recognise(const Chunk& chunk, Bytes& octets) {
  Half& from = half(chunk.direction);
  const bool client = chunk.direction == Direction::ToServer;
  http2::Opening opened = http2::Opening::NeedMore;
  while (opened == http2::Opening::NeedMore && !octets.empty()) {
    from.opening.push_back(octets.front());
    octets = octets.subspan(1);
    opened = client ? http2::client_opening(from.opening) : http2::server_opening(from.opening);
  }
  if (opened == http2::Opening::NeedMore) return false;
  opening(chunk.direction) = opened;
  sink_.on_opening(
      view_,
      {{chunk.packet, view_.number, 0}, chunk.direction, chunk.time, from.begin, from.begin + from.opening.size(), from.acked},
      opened);
  from.blind = opened != http2::Opening::Http2;
  if (opened == http2::Opening::Tls) begin_tls(chunk, octets);
  if (opened == http2::Opening::Http1) begin_upgrade(chunk, octets);
  if (opened != http2::Opening::Http2) return false;
  from.base = from.begin;
  if (client) {
    from.base += http2::kPreface.size();
  } else {
    read_frames(chunk, from.opening);  // the header of its first frame
  }
  return true;
}

// Where the client does not speak HTTP/2, what the server says to it is no business of HTTP/2 either.
void Connection::read_frames(const Chunk& chunk, Bytes octets) {
  if (view_.client_opening != http2::Opening::Http2 && view_.client_opening != http2::Opening::NeedMore) return;
  Half& from = half(chunk.direction);
  Spot spot{{chunk.packet, view_.number}, chunk.direction, chunk.time, 0, 0, from.acked};
  from.frames.read(octets, [&](const http2::Frame& frame, std::uint64_t end) {
    spot.place.stream = frame.header.stream;
    spot.end = from.base + end;
    spot.offset = spot.end - http2::kFrameHeaderBytes - frame.header.length;
    on_frame(from, spot, frame);
  });
}

inline void Connection::on_frame(const Half& from, const Spot& spot, const http2::Frame& frame) {
  frames_->on_frame({view_, spot, frame});
  if (from.gap || awaiting_answers_ || from.block) on_unusual(spot, frame.header);
  if (const auto* headers = std::get_if<http2::HeadersFrame>(&frame.payload)) {
    on_headers(spot, frame, headers->fragment, false);
  } else if (const auto* data = std::get_if<http2::DataFrame>(&frame.payload)) {
    on_data(spot, frame, *data);
  } else if (!std::holds_alternative<http2::WindowUpdateFrame>(frame.payload)) {
    on_other(spot, frame);
  }
}

// Something before it was not seen, or is not whole.
void Connection::on_unusual(const Spot& spot, const http2::FrameHeader& header) {
  Half& from = half(spot.direction);
  if (from.gap) on_frame_behind_gap(spot);
  if (awaiting_answers_ && spot.direction == Direction::ToClient) note_answer(spot, header);
  if (from.block && !header.is(http2::FrameType::Continuation)) {
    // RFC 9113 section 6.10: nothing may stand between the fragments. The block cannot be finished.
    const OpenBlock block = *std::exchange(from.block, std::nullopt);
    lose_block(spot, block.stream, block.end_stream, block.promised);
  }
}

void Connection::on_other(const Spot& spot, const http2::Frame& frame) {
  std::visit(
      [&](const auto& payload) {
        using Payload = std::decay_t<decltype(payload)>;
        if constexpr (std::is_same_v<Payload, http2::PushPromiseFrame>) {
          on_headers(spot, frame, payload.fragment, true);
        } else if constexpr (std::is_same_v<Payload, http2::ContinuationFrame>) {
          on_continuation(spot, frame, payload.fragment);
        } else if constexpr (std::is_same_v<Payload, http2::RstStreamFrame>) {
          on_reset(spot, payload.error_code);
        } else if constexpr (std::is_same_v<Payload, http2::GoawayFrame>) {
          on_goaway(spot, payload);
        } else if constexpr (std::is_same_v<Payload, http2::SettingsFrame>) {
          on_settings(spot, frame, payload);
        } else if constexpr (std::is_same_v<Payload, http2::MalformedFrame>) {
          on_malformed(spot, frame);
        } else {
          static_assert(std::is_same_v<Payload, http2::DataFrame> || std::is_same_v<Payload, http2::HeadersFrame> ||
                        std::is_same_v<Payload, http2::PriorityFrame> || std::is_same_v<Payload, http2::PingFrame> ||
                        std::is_same_v<Payload, http2::WindowUpdateFrame> || std::is_same_v<Payload, http2::UnknownFrame>);
        }
      },
      frame.payload);
}

bool Connection::on_closing(const tcp::ConnectionClosing& closing) {
  last_ = closing.time;
  if (!closing_) closing_ = closing;
  half(closing.direction).fin = true;
  const bool both = half(Direction::ToServer).fin && half(Direction::ToClient).fin;
  if (closing.closing == tcp::Closing::Fin && !both) {
    // What the server has not answered by now, it will not answer.
    if (closing.direction == Direction::ToClient) {
      close_all(Ending::ConnectionLost, {{closing.packet, view_.number, 0}, closing.direction, closing.time, 0, 0, 0});
    }
    return false;
  }
  finish();
  return true;
}

void Connection::on_end(tcp::Over over) { finish(over == tcp::Over::Turned); }

void Connection::finish(bool turned) {
  Spot spot;
  spot.place.connection = view_.number;
  spot.place.packet = closing_ ? closing_->packet : 0;
  spot.time = last_;
  close_all(closing_ ? Ending::ConnectionLost : Ending::StillOpen, spot);
  const bool goaway = closing_ && half(closing_->direction).goaway;
  sink_.on_connection_closed({view_, last_, closing_, goaway, calls_cut_off_, turned});
}

}  // namespace testigo::call
