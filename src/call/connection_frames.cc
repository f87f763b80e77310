// What each frame means for the calls of its connection.
#include <algorithm>
#include <limits>
#include <utility>

#include "call/connection.h"

namespace testigo::call {
namespace {

using namespace std::chrono_literals;

// The answer of a call that GOAWAY left out, if its server breaks its word. Who watches a server drain waits so long for the line.
constexpr Duration kAnswersComeWithin = 10s;

}  // namespace

void Connection::on_data(const Spot& spot, const http2::Frame& frame, const http2::DataFrame& data) {
  if (spot.direction == Direction::ToClient) ++view_.answer_frames;
  Stream* stream = find(spot.place.stream);
  if (stream == nullptr) {
    if (!may_hold(spot) || !hold({spot, frame.header, {}, {data.data.begin(), data.data.end()}})) note_unopened(spot);
    return;
  }
  SideOfCall& from = side(*stream, spot.direction);
  if (from.ended) return;  // ST05; the messages of the side are over
  from.bytes += data.data.size();
  from.end = spot.end;
  from.packet = spot.place.packet;
  read_messages(*stream, spot, data.data);
  if (frame.header.has(http2::kFlagEndStream)) end_side(*stream, spot, false, Ending::WithoutStatus);
}

// Only where the octets are gRPC's: an error page of a proxy holds no messages.
void Connection::read_messages(Stream& stream, const Spot& spot, Bytes octets) {
  const bool client = spot.direction == Direction::ToServer;
  const RpcClass of_side = client ? stream.call.rpc_class : stream.call.response_class;
  SideOfCall& from = side(stream, spot.direction);
  if (of_side == RpcClass::Other || !from.messages_known) return;
  rpc::MessageDecoder& messages = client ? stream.request : stream.response;
  messages.feed(octets);
  rpc::Message message;
  while (messages.next(message) == rpc::Decoded::Done) {
    if (message.crowded_out) ++view_.messages_crowded_out;
    messages_->on_message({view_, spot, stream.call, ++from.messages, message});
  }
}

void Connection::on_headers(const Spot& spot, const http2::Frame& frame, Bytes fragment, bool promised) {
  if (spot.direction == Direction::ToClient) ++view_.answer_frames;
  const bool end_stream = !promised && frame.header.has(http2::kFlagEndStream);
  if (promised) half(spot.direction).promised = true;
  if (frame.header.has(http2::kFlagEndHeaders)) {
    on_block(spot, fragment, end_stream, promised);
  } else {
    begin_block(spot, fragment, end_stream, promised);
  }
}

void Connection::begin_block(const Spot& spot, Bytes fragment, bool end_stream, bool promised) {
  half(spot.direction).block = OpenBlock{spot.place.stream, end_stream, promised, {fragment.begin(), fragment.end()}, spot.time};
}

void Connection::on_continuation(const Spot& spot, const http2::Frame& frame, Bytes fragment) {
  Half& from = half(spot.direction);
  if (!from.block) {
    from.hpack.taint();  // whatever it belongs to is lost
    return;
  }
  const bool too_large = from.block->fragments.size() + fragment.size() > limits_.block_bytes_max;
  if (from.block->stream == spot.place.stream && !too_large) {
    append(from.block->fragments, fragment);
    if (!frame.header.has(http2::kFlagEndHeaders)) return;
    OpenBlock block = *std::exchange(from.block, std::nullopt);
    on_block(spot, block.fragments, block.end_stream, block.promised);
    if (block.said_bytes != 0) tell_held(block);
  } else {
    if (too_large) ++view_.blocks_beyond_limit;
    const OpenBlock block = *std::exchange(from.block, std::nullopt);
    lose_block(spot, block.stream, block.end_stream, block.promised);
  }
}

bool Connection::may_hold(const Spot& spot) const {
  const auto& request = half(Direction::ToServer).block;
  return request && spot.direction == Direction::ToClient && request->stream == spot.place.stream && !request->promised &&
         spot.place.stream > highest_stream_ && view_.whole();
}

// False: it is told at once, and of no call.
bool Connection::hold_block(const Spot& spot, bool end_stream) {
  if (!may_hold(spot)) return false;
  if (block_->outcome.faults != 0) {
    lose_held();
    return false;
  }
  if (answers_.of(*block_).informational) return false;
  Said said{spot, {}, *block_};
  said.header.type = static_cast<std::uint8_t>(http2::FrameType::Headers);
  said.header.flags = end_stream ? http2::kFlagEndStream : 0;
  said.block.alike = 0;  // the number may be another one's by then
  for (const http2::HeaderField& field : block_->fields) {
    append(said.octets, as_octets(field.name));
    append(said.octets, as_octets(field.value));
  }
  std::string_view texts = as_text(said.octets);
  for (http2::HeaderField& field : said.block.fields) {
    field.name = texts.substr(0, field.name.size());
    field.value = texts.substr(field.name.size(), field.value.size());
    texts.remove_prefix(field.name.size() + field.value.size());
  }
  return hold(std::move(said));
}

// Where it is too much, all of it is lost.
bool Connection::hold(Said said) {
  OpenBlock& request = *half(Direction::ToServer).block;
  request.said_bytes += sizeof(Said) + said.octets.size() + said.block.fields.size() * sizeof(http2::HeaderField);
  note_unopened(said.spot);
  if (request.said_bytes > limits_.block_bytes_max) {
    lose_held();
    return false;
  }
  request.said.push_back(std::move(said));
  return true;
}

void Connection::lose_held() {
  OpenBlock& request = *half(Direction::ToServer).block;
  request.said.clear();
  request.said_bytes = limits_.block_bytes_max + 1;
}

// The request is known now.
void Connection::tell_held(const OpenBlock& request) {
  Stream* const stream = find(request.stream);
  if (stream == nullptr) return;
  if (request.said.empty() || !view_.whole()) return miss_beginning(*stream, Direction::ToClient);
  stream->call.started = request.begun;
  for (const Said& said : request.said) {
    if (said.header.is(http2::FrameType::Headers)) {
      block_ = &said.block;
      on_block(said.spot, {}, said.header.has(http2::kFlagEndStream), false, BlockEnd::Held);
    } else if (said.header.is(http2::FrameType::Data)) {
      --view_.answer_frames;  // it was counted when it came
      on_data(said.spot, {said.header, {}}, {said.octets, {}});
    } else {
      on_reset(said.spot, said.error_code);
    }
  }
}

// What can be said in spite of a payload that cannot be read (see "Implies" CN06, CN10, CN11 of the catalogue).
void Connection::on_malformed(const Spot& spot, const http2::Frame& frame) {
  const http2::FrameHeader& header = frame.header;
  Half& from = half(spot.direction);
  if (spot.direction == Direction::ToClient) ++view_.answer_frames;  // it may be one
  if (header.is(http2::FrameType::Headers) || header.is(http2::FrameType::PushPromise)) {
    const bool promised = header.is(http2::FrameType::PushPromise);
    lose_block(spot, header.stream, !promised && header.has(http2::kFlagEndStream), promised);
  } else if (header.is(http2::FrameType::RstStream)) {
    on_reset(spot, http2::kNoError);
  } else if (header.is(http2::FrameType::Goaway)) {
    from.goaway = true;
  } else if (header.is(http2::FrameType::Settings) && !header.has(http2::kFlagAck)) {
    from.settings_lost = true;
  } else if (Stream* stream = find(header.stream); stream != nullptr && header.is(http2::FrameType::Data)) {
    side(*stream, spot.direction).messages_known = false;
    if (header.has(http2::kFlagEndStream)) end_side(*stream, spot, false, Ending::WithoutStatus);
  }
}

// A block that cannot be read may have been any: what the blocks after it are does not follow from frames seen any more.
void Connection::lose_block(Spot spot, StreamId id, bool end_stream, bool promised) {
  spot.place.stream = id;  // what interrupted it may stand on another one
  half(spot.direction).hpack.taint();
  if (promised) return;
  Stream* stream = find(id);
  if (stream == nullptr) {
    note_unopened(spot);
    if (may_hold(spot)) lose_held();
    if (spot.direction == Direction::ToClient || id <= highest_stream_) return;
    highest_stream_ = id;
    ++view_.calls_not_followed;
    return;
  }
  stream->role_lost[static_cast<std::size_t>(spot.direction)] = true;
  SideOfCall& from = side(*stream, spot.direction);
  if (from.ended) return;
  from.headers = true;
  from.end = spot.end;
  from.packet = spot.place.packet;
  if (end_stream) end_side(*stream, spot, true, Ending::Trailers);
}

void Connection::on_reset(const Spot& spot, std::uint32_t error_code) {
  Stream* stream = find(spot.place.stream);
  if (stream == nullptr) {
    if (!may_hold(spot)) return;
    Said said{spot, {}};
    said.header.type = static_cast<std::uint8_t>(http2::FrameType::RstStream);
    said.error_code = error_code;
    hold(std::move(said));
    return;
  }
  Call& call = stream->call;
  if (stream->refused && !call.response.headers) return close(*stream, Ending::Refused, spot);  // GOAWAY had said so
  call.error_code = error_code;
  if (call.response.ended) {  // the answer was whole: the reset only says that the rest of the request is not wanted
    close(*stream, call.ending, spot);
    return;
  }
  const bool refused = spot.direction == Direction::ToClient && error_code == http2::kRefusedStream && !call.response.headers;
  const Ending ending = refused                                 ? Ending::Refused
                        : spot.direction == Direction::ToServer ? Ending::ResetByClient
                                                                : Ending::ResetByServer;
  close(*stream, ending, spot);
}

// RFC 9113 section 6.8: streams above the last id were not processed, and never will be. A server may break its word (ST10): the
// call is told when an answer would have come, or has none to wait for.
void Connection::on_goaway(const Spot& spot, const http2::GoawayFrame& goaway) {
  half(spot.direction).goaway = true;
  if (spot.direction == Direction::ToServer || goaway.last_stream >= goaway_last_) return;
  const StreamId before = std::exchange(goaway_last_, goaway.last_stream);
  for (const StreamId id : streams_.ids(goaway.last_stream, before)) {
    Stream& stream = *streams_.find(id);
    if (stream.call.response.headers) continue;
    stream.refused = true;
    stream.call.ended = std::max(spot.time, stream.call.started);  // packets may come in another order
    stream.call.end_packet = spot.place.packet;
    tell_refused_at_ = std::min(tell_refused_at_, spot.time + kAnswersComeWithin);
  }
}

// Those that have waited for less wait as long again: so a flood of GOAWAY is cheap.
void Connection::tell_refused(const Chunk& chunk) {
  tell_refused_at_ = Time::max();
  const Spot spot{{chunk.packet, view_.number, 0}, chunk.direction, chunk.time, 0, 0, 0};
  for (const StreamId id : streams_.ids(goaway_last_)) {
    Stream& stream = *streams_.find(id);
    if (!stream.refused || stream.call.response.headers) continue;
    if (chunk.time - stream.call.ended >= kAnswersComeWithin) {
      close(stream, Ending::Refused, spot);
    } else {
      tell_refused_at_ = chunk.time + kAnswersComeWithin;
    }
  }
}

// HEADER_TABLE_SIZE binds the other side's encoder from its acknowledgement on (RFC 9113 section 4.3.1).
void Connection::on_settings(const Spot& spot, const http2::Frame& frame, const http2::SettingsFrame& settings) {
  if (frame.header.has(http2::kFlagAck)) {
    Half& other = half(opposite(spot.direction));
    if (other.settings_lost) half(spot.direction).hpack.set_table_size_limit(std::numeric_limits<std::uint32_t>::max());
    if (other.settings.empty()) return;
    if (other.settings.front()) half(spot.direction).hpack.set_table_size_limit(*other.settings.front());
    other.settings.pop_front();
    return;
  }
  Half& from = half(spot.direction);
  std::optional<std::uint32_t> table_size;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    if (settings.at(i).id == http2::kSettingHeaderTableSize) table_size = settings.at(i).value;
    if (settings.at(i).id == http2::kSettingMaxFrameSize) from.frame_size_max = std::max(from.frame_size_max, settings.at(i).value);
  }
  if (from.settings.size() >= limits_.pending_settings_max) from.settings_lost = true;
  if (from.settings_lost) {
    from.settings.clear();
  } else {
    from.settings.push_back(table_size);
  }
}

}  // namespace testigo::call
