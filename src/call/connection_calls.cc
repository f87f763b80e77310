// Header blocks, and the life of calls.
#include <algorithm>

#include "base/utf8.h"
#include "call/connection.h"
#include "call/fields.h"
#include "wire/rpc/percent.h"

namespace testigo::call {
namespace {

constexpr auto kRequest = static_cast<std::size_t>(Direction::ToServer), kAnswer = static_cast<std::size_t>(Direction::ToClient);

}  // namespace

Stream* Connection::look_up(StreamId id) {
  Stream* const found = streams_.find(id);
  if (found != nullptr) recent_ = found;
  return found;
}

// The sender's block was longer than one that a gap has cut.
const http2::DecodedBlock& Connection::note_faults(Half& from, const http2::DecodedBlock& decoded, BlockEnd end) {
  if (end == BlockEnd::Whole) {
    if (decoded.outcome.has(http2::HpackFault::LimitReached)) ++view_.blocks_beyond_limit;
    return decoded;
  }
  cut_block_ = decoded;
  cut_block_.alike = 0;
  cut_block_.outcome.fault = http2::HpackFault::None;
  cut_block_.outcome.complete = false;
  from.hpack.taint();
  return cut_block_;
}

void Connection::on_block(const Spot& spot, Bytes block, bool end_stream, bool promised, BlockEnd end) {
  Half& from = half(spot.direction);
  if (end != BlockEnd::Held) block_ = &from.hpack.decode(block);
  if (block_->outcome.faults != 0 || end == BlockEnd::Cut) block_ = &note_faults(from, *block_, end);
  const bool client = spot.direction == Direction::ToServer;
  const bool of_call = !promised && spot.place.stream != 0;
  Stream* const known = of_call ? find(spot.place.stream) : nullptr;
  Stream* const stream = known == nullptr && of_call && client ? open_call(spot) : known;
  if (stream == nullptr && of_call && hold_block(spot, end_stream)) return;
  SideOfCall* const from_side = stream == nullptr ? nullptr : &side(*stream, spot.direction);
  const bool goes_on = from_side != nullptr && !from_side->ended;  // else ST05
  const AnswerGist* const answer = goes_on && !client ? &answers_.of(*block_) : nullptr;
  BlockRole role = BlockRole::Unknown;
  if (goes_on) {
    if (answer != nullptr) {
      role = role_of_answer(*stream, spot, *answer, end_stream);
    } else if (known == nullptr) {
      role = BlockRole::Request;
    } else {
      note_habit(request_trailers_, requests_ended_by_data_);
      if (!stream->role_lost[kRequest]) role = BlockRole::RequestTrailers;
    }
    from_side->end = spot.end;
    from_side->packet = spot.place.packet;
  } else if (stream == nullptr && of_call) {
    note_unopened(spot);
  }
  if (from.gap) read_in_doubt(from, stream, role);
  blocks_->on_block(
      {view_, spot, role, end_stream, fields(), block_->outcome, stream == nullptr ? nullptr : &stream->call, block_->alike});
  if (!goes_on || !end_stream) return;
  const bool without_status = answer != nullptr && answer->without_grpc_status;
  end_side(*stream, spot, true, without_status ? Ending::WithoutStatus : Ending::Trailers);
}

inline void Connection::read_status(Call& call, const AnswerGist& gist) const {
  if (gist.grpc_status) call.status = gist.grpc_status;
  if (gist.grpc_message) read_status_message(call, gist);
}

void Connection::read_status_message(Call& call, const AnswerGist& gist) const {
  call.status_message = shortened(rpc::percent_decode(fields()[*gist.grpc_message].value), limits_.text_bytes_kept);
}

// The block that opens it may be one that a gap has cut: it is read when the next octets of the client come.
void Connection::note_unopened(const Spot& spot) {
  if (spot.direction == Direction::ToClient) answered_unopened_ = std::max(answered_unopened_, spot.place.stream);
}

BlockRole Connection::role_of_answer(Stream& stream, const Spot& spot, const AnswerGist& gist, bool end_stream) {
  const bool lost = stream.role_lost[kAnswer];
  // A :status says what the block is, whatever was lost before it.
  const bool first = lost && !stream.call.response.headers && gist.http_status;
  if (!lost || first) return read_response(stream, spot, gist, end_stream);
  if (end_stream) read_status(stream.call, gist);
  return BlockRole::Unknown;
}

// A new stream gets a call of its own, unless too many are open: then null. An id that is not above all before it opens none: its
// stream is closed, and what crosses the server's RST_STREAM looks the same as a reused id (ST02 tells them apart).
Stream* Connection::open_call(const Spot& spot) {
  if (spot.place.stream <= highest_stream_) {
    note_habit(request_trailers_, requests_ended_by_data_);
    return nullptr;
  }
  const Half& client = half(Direction::ToServer);
  const bool opens = !client.gap || opens_request(fields());
  if (client.gap && opens) note_new_stream(spot.place.stream);
  highest_stream_ = spot.place.stream;
  if (!opens) {  // trailers of a request whose headers were lost look the same
    if (!any_name_unknown(fields())) note_habit(request_trailers_, requests_ended_by_data_);
    ++view_.calls_not_followed;
    return nullptr;
  }
  if (streams_.size() >= limits_.streams_max || all_.counted.streams >= limits_.streams_max_all) {
    ++view_.calls_not_followed;
    return nullptr;
  }
  ++view_.calls;
  ++all_.streams;
  recent_ = &streams_.open(spot.place.stream);
  Call& call = recent_->call;
  if (client.gap && spot.place.stream <= answered_unopened_) miss_beginning(*recent_, Direction::ToClient);
  const auto& [packet, connection, stream, other_side] = spot.place;
  call.place = {packet, connection, stream, other_side};  // copied as a whole it is read before all of it is written
  call.started = spot.time;
  call.ended = spot.time;
  call.request.headers = true;
  call.request.headers_end = spot.end;
  const RequestGist& gist = requests_.of(*block_);
  call.rpc_class = gist.rpc_class;
  if (gist.path) {
    const http2::HeaderField& path = fields()[*gist.path];
    call.path = path.value.substr(0, limits_.text_bytes_kept);
    call.path_known = path.value_known;
    if (path.value.size() > limits_.text_bytes_kept) take_path(call, path.value, path.value_known);
  }
  call.timeout = gist.timeout;
  note_request(gist);
  return recent_;
}

[[gnu::noinline, gnu::cold]] void Connection::take_path(Call& call, std::string_view path, http2::Known known) const {
  call.path_known = known;
  call.path = path.size() <= limits_.text_bytes_kept ? std::string(path) : shortened_path(path, limits_.text_bytes_kept);
}

// What that side said before the stream was known to be open was not read.
void Connection::miss_beginning(Stream& stream, Direction direction) {
  stream.role_lost[static_cast<std::size_t>(direction)] = true;
  side(stream, direction).messages_known = false;
}

BlockRole Connection::read_response(Stream& stream, const Spot& spot, const AnswerGist& gist, bool end_stream) {
  Call& call = stream.call;
  if (call.response.headers) {
    if (end_stream) read_status(call, gist);
    return BlockRole::Trailers;
  }
  if (gist.informational) return BlockRole::Informational;
  // Without END_STREAM and with a :status that is not known it may be informational, or not.
  const bool known = gist.status_known || end_stream;
  stream.role_lost[kAnswer] = !known;
  if (!call.first_response) call.first_response = spot.time;
  call.response.headers = true;
  call.response.headers_end = spot.end;
  if (!known) return BlockRole::Unknown;
  call.http_status = gist.http_status.value_or(0);
  call.response_class = gist.response_class;
  if (end_stream) read_status(call, gist);
  return BlockRole::Response;
}

// `ending` counts when the server ended its side.
void Connection::end_side(Stream& stream, const Spot& spot, bool by_headers, Ending ending) {
  SideOfCall& from = side(stream, spot.direction);
  if (from.ended) return;
  from.ended = true;
  if (spot.direction == Direction::ToServer && !by_headers) ++requests_ended_by_data_;
  const rpc::MessageDecoder& messages = spot.direction == Direction::ToServer ? stream.request : stream.response;
  side_ends_->on_side_ended({view_, spot, stream.call, static_cast<std::size_t>(messages.pending()), by_headers});
  Call& call = stream.call;
  if (spot.direction == Direction::ToClient) {
    call.end_packet = spot.place.packet;
    call.ended = std::max(spot.time, call.started);  // packets may come in another order
    call.ending = ending;
  }
  if (!may_go_on(stream)) close(stream, call.ending, spot);
}

// Whether anything that is still to come of the call can be seen.
inline bool Connection::may_go_on(const Stream& stream) const {
  const auto goes_on = [&](const SideOfCall& side, Direction direction) {
    return !side.ended && readable(direction) && !may_have_ended(stream, direction);
  };
  return goes_on(stream.call.request, Direction::ToServer) || goes_on(stream.call.response, Direction::ToClient);
}

void Connection::close(Stream& stream, Ending ending, const Spot& spot) {
  const StreamId id = stream.call.place.stream;
  Call& call = stream.call;
  const bool unanswered = !call.response.headers && ending != Ending::ResetByServer && ending != Ending::WithoutStatus;
  // A stream that crossed the GOAWAY was not processed either (RFC 9113 section 6.8).
  call.ending = unanswered && id > goaway_last_ ? Ending::Refused : ending;
  const bool by_goaway = stream.refused && call.ending == Ending::Refused;  // it ended then
  if (!call.response.ended && !by_goaway) {
    call.ended = std::max(spot.time, call.started);  // packets may come in another order
    call.end_packet = spot.place.packet;
  }
  const Half& client = half(Direction::ToServer);
  const std::uint64_t taken = half(Direction::ToClient).acked;
  const bool offsets_known = client.offsets_known || !call.request.behind_gap;
  call.headers_delivered = offsets_known && call.request.headers_end <= taken;
  call.request_delivered = offsets_known && call.request.ended && call.request.end <= taken;
  if (client.gap) leave_behind_gap(stream);
  sink_.on_call({view_, call});
  recent_ = nullptr;
  streams_.close(id);
  --all_.streams;
}

void Connection::close_all(Ending ending, const Spot& spot) {
  for (const StreamId id : streams_.ids()) {
    Stream& stream = *streams_.find(id);
    const bool answered = stream.call.response.ended;
    const bool refused = id > goaway_last_ && !stream.call.response.headers;  // before that, see `close`
    if (!answered && !refused) ++calls_cut_off_;
    close(stream, answered ? stream.call.ending : ending, spot);
  }
}

// Behind a gap: the calls of which nothing more can be seen.
void Connection::close_unfollowed(const Spot& spot) {
  for (const StreamId id : streams_.ids()) {
    Stream& stream = *streams_.find(id);
    if (!may_go_on(stream)) close(stream, stream.call.response.ended ? stream.call.ending : Ending::StillOpen, spot);
  }
}

}  // namespace testigo::call
