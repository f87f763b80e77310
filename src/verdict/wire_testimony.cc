#include "verdict/wire_testimony.h"

#include <algorithm>
#include <utility>

namespace testigo::verdict {
namespace {

constexpr std::size_t kReplyBytesShown = 96;

void note_first(std::uint64_t& packet, const call::Spot& spot) {
  if (packet == 0) packet = spot.place.packet;
}

// Exact fields only; two ids in one request name no call.
std::optional<statement::CallId> find_id(std::span<const http2::HeaderField> fields) {
  const http2::HeaderField* found = nullptr;
  for (const http2::HeaderField& field : fields) {
    if (field.name != statement::kIdKey || !field.exact()) continue;
    if (found != nullptr && found->value != field.value) return std::nullopt;
    found = &field;
  }
  return found == nullptr ? std::nullopt : statement::parse_call_id(found->value);
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
  WireConnection& seen = connection(frame.connection);
  const bool to_server = frame.spot.direction == Direction::ToServer;
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
  if (block.role != call::BlockRole::Request) return;
  WireConnection& seen = connection(block.connection);
  seen.carried_call = true;
  note_first(seen.headers_packet, block.spot);
  if (auto id = find_id(block.fields)) open_[{block.connection.number, block.spot.place.stream}].id = *std::move(id);
}

void WireWitness::on_message(const call::MessageSeen& seen) {
  if (seen.spot.direction != Direction::ToClient || seen.message.flag != 0) return;
  const auto it = open_.find({seen.connection.number, seen.spot.place.stream});
  if (it == open_.end() || it->second.wrong_reply) return;
  Open& open = it->second;
  open.reply = read_reply(seen.message.octets);
  open.reply_packet = seen.spot.place.packet;
  open.wrong_reply = open.reply && !names(*open.reply, open.id);
  if (!open.wrong_reply) return;
  const Bytes naming = naming_octets(seen.message.octets);
  open.reply_octets = to_hex(naming.first(std::min(naming.size(), kReplyBytesShown)));
}

void WireWitness::on_call(const call::CallClosed& closed) {
  const call::Call& call = closed.call;
  if (call.ending == call::Ending::Trailers) {
    WireConnection& seen = connection(closed.connection);
    if (seen.trailers_packet == 0) seen.trailers_packet = call.end_packet;
  }
  const auto it = open_.find({call.place.connection, call.place.stream});
  if (it == open_.end()) {
    ++testimony_.calls_without_id;
    return;
  }
  WireStream& stream = testimony_.streams.emplace_back();
  stream.id = std::move(it->second.id);
  stream.call = call;
  stream.state = state_of(call, false);
  stream.whole = closed.connection.whole();
  stream.ended_without_trailers = stream.whole && call.ending == call::Ending::WithoutStatus;
  stream.reply = std::move(it->second.reply);
  stream.reply_packet = it->second.reply_packet;
  stream.reply_octets = std::move(it->second.reply_octets);
  open_.erase(it);
}

void WireWitness::on_connection_closed(const call::ConnectionClosed& closed) {
  WireConnection& seen = connection(closed.connection);
  seen.view = closed.connection;
  seen.closed = closed.closing.has_value();
  seen.lost = seen.closed && (closed.closing->closing != tcp::Closing::Fin || closed.calls_open > 0);
}

WireTestimony WireWitness::take() {
  open_.clear();
  connections_.clear();
  return std::exchange(testimony_, {});
}

}  // namespace testigo::verdict
