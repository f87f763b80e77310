// Header blocks, and the life of calls.
#include <algorithm>

#include "call/connection.h"
#include "call/fields.h"
#include "wire/rpc/percent.h"
#include "wire/rpc/status.h"
#include "wire/rpc/timeout.h"

namespace testigo::call {

using http2::FieldName;

namespace {

std::string bounded(std::string_view text, const Limits& limits) { return std::string(text.substr(0, limits.text_bytes_kept)); }

}  // namespace

Connection::Stream* Connection::find(StreamId id) {
  if (recent_ != nullptr && recent_->call.place.stream == id) return recent_;
  const auto it = streams_.find(id);
  if (it == streams_.end()) return nullptr;
  recent_ = &it->second;
  return recent_;
}

SideOfCall& Connection::side(Stream& stream, Direction direction) const {
  return direction == Direction::ToServer ? stream.call.request : stream.call.response;
}

void Connection::on_block(const Spot& spot, Bytes block, bool end_stream, bool promised, BlockEnd end) {
  Half& from = half(spot.direction);
  http2::BlockOutcome outcome = from.hpack.decode(block, fields_);
  if (end == BlockEnd::Cut) {
    outcome.fault = http2::HpackFault::None;  // the sender's block was longer
    outcome.complete = false;
    from.hpack.taint();
  } else if (outcome.has(http2::HpackFault::LimitReached)) {
    ++view_.blocks_beyond_limit;
  }
  Stream* stream = promised || spot.place.stream == 0 ? nullptr : find(spot.place.stream);
  BlockRole role = BlockRole::Unknown;
  if (!promised && spot.place.stream != 0) {
    role = role_of_block(spot, stream, outcome, end_stream);
    stream = find(spot.place.stream);
  }
  const bool goes_on = stream != nullptr && !side(*stream, spot.direction).ended;  // else ST05
  if (goes_on) {
    side(*stream, spot.direction).end = spot.end;
    side(*stream, spot.direction).packet = spot.place.packet;
  }
  if (from.gap) read_in_doubt(from, stream, role);
  sink_.on_block({view_, spot, role, end_stream, fields_, outcome, stream == nullptr ? nullptr : &stream->call});
  if (goes_on && end_stream) end_side(*stream, spot, true, ending_by_block(outcome));
}

BlockRole Connection::role_of_block(const Spot& spot, Stream* stream, const http2::BlockOutcome& outcome, bool end_stream) {
  const bool client = spot.direction == Direction::ToServer;
  if (stream == nullptr) return client ? open_call(spot, outcome.complete) : BlockRole::Unknown;
  if (side(*stream, spot.direction).ended) return BlockRole::Unknown;
  const bool lost = stream->role_lost[static_cast<std::size_t>(spot.direction)];
  if (client) return lost ? BlockRole::Unknown : BlockRole::RequestTrailers;
  // A :status says what the block is, whatever was lost before it.
  const bool first = lost && !stream->call.response.headers && exact_value(fields_, FieldName::Status);
  if (!lost || first) return read_response(*stream, spot, outcome.complete, end_stream);
  if (end_stream) read_status(stream->call);
  return BlockRole::Unknown;
}

// A new stream gets a call of its own, unless too many are open. An id that is not above all before it opens none: its stream is
// closed, and what crosses the server's RST_STREAM looks the same as a reused id (ST02 tells them apart).
BlockRole Connection::open_call(const Spot& spot, bool complete) {
  if (spot.place.stream <= highest_stream_) return BlockRole::Unknown;
  Half& client = half(Direction::ToServer);
  if (client.gap) note_new_stream(client, spot.place.stream);
  highest_stream_ = spot.place.stream;
  if (client.gap && !opens_request(fields_)) {  // trailers of a request whose headers were lost look the same
    ++view_.calls_not_followed;
    return BlockRole::Unknown;
  }
  if (streams_.size() >= limits_.streams_max || all_.streams >= limits_.streams_max_all) {
    ++view_.calls_not_followed;
    return BlockRole::Unknown;
  }
  ++view_.calls;
  ++all_.streams;
  Call& call = streams_.try_emplace(streams_.end(), spot.place.stream, limits_, all_)->second.call;
  call.place = spot.place;
  call.started = spot.time;
  call.ended = spot.time;
  call.request.headers = true;
  call.request.headers_end = spot.end;
  call.rpc_class = rpc_class(fields_, complete);
  const Named named(fields_);
  if (const auto* path = named[FieldName::Path]) {
    call.path = bounded(path->value, limits_);
    call.path_known = path->value_known;
  }
  if (const auto* timeout = named[FieldName::GrpcTimeout]; timeout != nullptr && timeout->exact()) {
    call.timeout = rpc::parse_timeout(timeout->value);
  }
  if (const auto keeps = keeps_to_grpc(fields_, named, complete)) note_habit(*keeps);
  return BlockRole::Request;
}

BlockRole Connection::read_response(Stream& stream, const Spot& spot, bool complete, bool end_stream) {
  Call& call = stream.call;
  if (call.response.headers) {
    if (end_stream) read_status(call);
    return BlockRole::Trailers;
  }
  const auto* field = call::find(fields_, FieldName::Status);
  const auto status = exact_value(fields_, FieldName::Status);
  if (status && status->size() == 3 && (*status)[0] == '1') return BlockRole::Informational;
  // Without END_STREAM and with a :status that is not known it may be informational, or not.
  const bool known = status || end_stream || (field == nullptr && complete && !any_name_unknown(fields_));
  stream.role_lost[static_cast<std::size_t>(spot.direction)] = !known;
  if (!call.first_response) call.first_response = spot.time;
  call.response.headers = true;
  call.response.headers_end = spot.end;
  if (!known) return BlockRole::Unknown;
  if (status) call.http_status = rpc::parse_status(*status).value_or(0);
  call.response_class = response_class(call.http_status, fields_, complete);
  if (end_stream) read_status(call);
  return BlockRole::Response;
}

void Connection::read_status(Call& call) {
  if (const auto status = exact_value(fields_, FieldName::GrpcStatus)) call.status = rpc::parse_status(*status);
  if (const auto message = exact_value(fields_, FieldName::GrpcMessage)) {
    call.status_message = bounded(rpc::percent_decode(*message), limits_);
  }
}

// That there is no grpc-status can be said only of a block all of whose names are known.
Ending Connection::ending_by_block(const http2::BlockOutcome& outcome) const {
  const bool none = outcome.complete && !any_name_unknown(fields_) && call::find(fields_, FieldName::GrpcStatus) == nullptr;
  return none ? Ending::WithoutStatus : Ending::Trailers;
}

// `ending` counts when the server ended its side.
void Connection::end_side(Stream& stream, const Spot& spot, bool by_headers, Ending ending) {
  SideOfCall& from = side(stream, spot.direction);
  if (from.ended) return;
  from.ended = true;
  const rpc::MessageDecoder& messages = spot.direction == Direction::ToServer ? stream.request : stream.response;
  sink_.on_side_ended({view_, spot, stream.call, static_cast<std::size_t>(messages.pending()), by_headers});
  Call& call = stream.call;
  if (spot.direction == Direction::ToClient) {
    call.end_packet = spot.place.packet;
    call.ended = spot.time;
    call.ending = ending;
  }
  if (!may_go_on(stream)) close(call.place.stream, call.ending, spot);
}

// Whether anything that is still to come of the call can be seen.
bool Connection::may_go_on(const Stream& stream) const {
  const auto goes_on = [&](const SideOfCall& side, Direction direction) {
    return !side.ended && readable(direction) && !may_have_ended(stream, direction);
  };
  return goes_on(stream.call.request, Direction::ToServer) || goes_on(stream.call.response, Direction::ToClient);
}

void Connection::close(StreamId id, Ending ending, const Spot& spot) {
  const auto it = streams_.find(id);
  Call& call = it->second.call;
  const bool unanswered = !call.response.headers && ending != Ending::ResetByServer && ending != Ending::WithoutStatus;
  // A stream that crossed the GOAWAY was not processed either (RFC 9113 section 6.8).
  call.ending = unanswered && id > goaway_last_ ? Ending::Refused : ending;
  if (!call.response.ended) {
    call.ended = spot.time;
    call.end_packet = spot.place.packet;
  }
  const Half& client = half(Direction::ToServer);
  const std::uint64_t taken = half(Direction::ToClient).acked;
  const bool offsets_known = client.offsets_known || !call.request.behind_gap;
  call.headers_delivered = offsets_known && call.request.headers_end <= taken;
  call.request_delivered = offsets_known && call.request.ended && call.request.end <= taken;
  if (client.gap) leave_behind_gap(it->second);
  sink_.on_call({view_, call});
  recent_ = nullptr;
  streams_.erase(it);
  --all_.streams;
}

void Connection::close_all(Ending ending, const Spot& spot) {
  while (!streams_.empty()) {
    const auto& [id, stream] = *streams_.begin();
    const bool answered = stream.call.response.ended;
    if (!answered) ++calls_cut_off_;
    close(id, answered ? stream.call.ending : ending, spot);
  }
}

// Behind a gap: the calls of which nothing more can be seen.
void Connection::close_unfollowed(const Spot& spot) {
  for (auto it = streams_.begin(); it != streams_.end();) {
    const auto& [id, stream] = *it++;
    if (!may_go_on(stream)) close(id, stream.call.response.ended ? stream.call.ending : Ending::StillOpen, spot);
  }
}

}  // namespace testigo::call
