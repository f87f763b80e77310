#include "verdict/wire_testimony.h"

#include <algorithm>
#include <utility>

namespace testigo::verdict {
namespace {

constexpr std::size_t kReplyBytesShown = 96;

void note_first(std::uint64_t& packet, const call::Spot& spot) {
  if (packet == 0) packet = spot.place.packet;
}

struct IdRead {
  std::optional<statement::CallId> id;
  bool readable = true;  // else the request may have one that was not read
};

// Exact fields only; two ids in one request name no call, nor does a text that is none.
IdRead read_id(const call::BlockSeen& block) {
  IdRead read{{}, block.outcome.complete};
  const http2::HeaderField* found = nullptr;
  for (const http2::HeaderField& field : block.fields) {
    const bool name_exact = field.name_known == http2::Known::Exact;
    if (name_exact && field.name != statement::kIdKey) continue;
    if (!field.exact()) {
      read.readable = false;
    } else if (found != nullptr && found->value != field.value) {
      return {};
    } else {
      found = &field;
    }
  }
  if (found != nullptr) read = {statement::parse_call_id(found->value), true};
  return read;
}

// Of an answer of which octets are missing, or may be, nothing is testified.
void forget_answer(call::Call& call) {
  call.ending = call::Ending::StillOpen;
  call.status.reset();
  call.status_message.clear();
}

bool names(const statement::Reply& reply, const statement::CallId& id) {
  return reply.client == id.client && reply.call == id.number;
}

}  // namespace

WireState state_of(const call::Call& call, bool request_is_stream) {
  switch (call.ending) {
    case call::Ending::Trailers:
      return WireState::Answered;
    case call::Ending::Refused:
      return WireState::Undelivered;
    // The server's side ended it without a status: as with a lost connection, nothing follows for what the server states.
    case call::Ending::WithoutStatus:
    case call::Ending::ResetByServer:
    case call::Ending::ConnectionLost:
      return WireState::Cut;
    case call::Ending::ResetByClient:
    case call::Ending::StillOpen:
      break;
  }
  const bool delivered = call.request_delivered || (request_is_stream && call.headers_delivered);
  return delivered ? WireState::Open : WireState::Undelivered;
}

WireConnection& WireWitness::connection(const call::ConnectionView& view) {
  if (calls_ == Calls::Told) {  // nobody asks for more than the latest
    testimony_.connections.resize(1);
    return testimony_.connections.front();
  }
  const auto [it, added] = connections_.try_emplace(view.number, testimony_.connections.size());
  if (added) testimony_.connections.emplace_back().view = view;
  return testimony_.connections[it->second];
}

void WireWitness::on_connection(const call::ConnectionView& view) { connection(view); }

void WireWitness::on_opening(const call::ConnectionView& view, const call::Spot& spot, http2::Opening opening) {
  WireConnection& seen = connection(view);
  seen.view = view;
  if (spot.direction == Direction::ToServer && opening == http2::Opening::Http2) note_first(seen.preface_packet, spot);
}

void WireWitness::on_frame(const call::FrameSeen& frame) {
  if (!frame.connection.whole(frame.spot.direction)) return;
  WireConnection& seen = connection(frame.connection);
  const bool to_server = frame.spot.direction == Direction::ToServer;
  (to_server ? seen.client_last_packet : seen.server_last_packet) = frame.spot.place.packet;
  if (std::holds_alternative<http2::DataFrame>(frame.frame.payload)) {
    note_first(seen.data_packet, frame.spot);
  } else if (std::holds_alternative<http2::SettingsFrame>(frame.frame.payload)) {
    const bool ack = frame.frame.header.has(http2::kFlagAck);
    note_first(ack ? (to_server ? seen.client_ack_packet : seen.server_ack_packet)
                   : (to_server ? seen.client_settings_packet : seen.server_settings_packet),
               frame.spot);
  }
}

void WireWitness::on_block(const call::BlockSeen& block) {
  if (block.role != call::BlockRole::Request || !block.connection.whole(block.spot.direction)) return;
  WireConnection& seen = connection(block.connection);
  seen.carried_call = true;
  note_first(seen.headers_packet, block.spot);
  IdRead read = read_id(block);
  if (read.id || !read.readable) open_[{block.connection.number, block.spot.place.stream}].id = std::move(read.id);
}

void WireWitness::on_message(const call::MessageSeen& seen) {
  if (seen.spot.direction != Direction::ToClient || seen.message.flag != 0) return;
  if (!seen.connection.whole(seen.spot.direction)) return;
  const auto it = open_.find({seen.connection.number, seen.spot.place.stream});
  if (it == open_.end() || it->second.wrong_reply) return;
  Open& open = it->second;
  if (!open.id) return;
  open.reply = read_reply(seen.message.octets);
  open.reply_packet = seen.spot.place.packet;
  open.wrong_reply = open.reply && !names(*open.reply, *open.id);
  if (!open.wrong_reply) return;
  const Bytes naming = naming_octets(seen.message.octets);
  open.reply_octets = to_hex(naming.first(std::min(naming.size(), kReplyBytesShown)));
}

void WireWitness::on_call(const call::CallClosed& closed) {
  const WireStream* stream = testify(closed);
  if (listener_) listener_(closed, stream);
  if (calls_ == Calls::Told) testimony_.streams.clear();
}

const WireStream* WireWitness::testify(const call::CallClosed& closed) {
  // Neither is it said to be missing.
  if (closed.call.opened_behind_gap || !closed.connection.from_start) return nullptr;
  const call::Call& call = closed.call;
  if (call.ending == call::Ending::Trailers && !call.response.behind_gap) {
    WireConnection& seen = connection(closed.connection);
    if (seen.trailers_packet == 0) seen.trailers_packet = call.end_packet;
  }
  const auto it = open_.find({call.place.connection, call.place.stream});
  if (it == open_.end()) {
    ++testimony_.calls_without_id;
    return nullptr;
  }
  if (!it->second.id) {
    // Those of a connection that began before the capture are out of scope whatever their ids are.
    ++(closed.connection.from_start ? testimony_.calls_unidentified : testimony_.calls_without_id);
    open_.erase(it);
    return nullptr;
  }
  WireStream& stream = testimony_.streams.emplace_back();
  stream.id = *std::move(it->second.id);
  stream.call = call;
  if (call.response.behind_gap) forget_answer(stream.call);
  stream.state = state_of(stream.call, false);
  stream.whole = closed.connection.whole();
  stream.ended_without_trailers = stream.whole && call.ending == call::Ending::WithoutStatus;
  stream.reply = std::move(it->second.reply);
  stream.reply_packet = it->second.reply_packet;
  stream.reply_octets = std::move(it->second.reply_octets);
  open_.erase(it);
  return &stream;
}

void WireWitness::on_connection_closed(const call::ConnectionClosed& closed) {
  WireConnection& seen = connection(closed.connection);
  seen.view = closed.connection;
  seen.closed = closed.closing.has_value();
  seen.server_left = seen.closed && closed.closing->direction == Direction::ToClient && !closed.goaway;
  seen.lost = seen.closed && (closed.closing->closing != tcp::Closing::Fin || closed.calls_open > 0);
}

WireTestimony WireWitness::take() {
  open_.clear();
  connections_.clear();
  return std::exchange(testimony_, {});
}

}  // namespace testigo::verdict
