// Octets that were not seen: what they cost, and how a direction is read on behind them (docs/decisions/0013-recovery.md).
#include <algorithm>
#include <limits>
#include <utility>

#include "call/connection.h"
#include "call/fields.h"
#include "wire/http2/hpack_insertions.h"

namespace testigo::call {
namespace {

constexpr std::uint32_t kLeastFrameSizeMax = 16'384;  // RFC 9113 section 6.5.2
constexpr std::uint32_t kFramesToRecognise = 8;
constexpr std::uint64_t kUnrecognisedMax = std::uint64_t{1} << 20;  // octets in which no HTTP/2 is found are none
// Of the client: one direction may have been captured a little before the other.
constexpr StreamId kStreamsUnseen = 1000;

// PRIORITY may stand on an idle stream; what is unknown, on any.
bool shows_that_stream_is_open(const http2::FrameHeader& header) {
  return header.is(http2::FrameType::Headers) || header.is(http2::FrameType::Data) || header.is(http2::FrameType::RstStream) ||
         header.is(http2::FrameType::WindowUpdate);
}

}  // namespace

BehindGap& Connection::behind_gap(Half& from) {
  if (!from.gap) from.gap = std::make_unique<BehindGap>(limits_.unknown_methods_max);
  return *from.gap;
}

// Not from the start: nothing is known but that it may be HTTP/2.
void Connection::begin_late() {
  for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
    behind_gap(half(direction));
    look_for_frames(direction, kUnknownMissing, kUnknownMissing);
  }
}

void Connection::on_gap(const Chunk& chunk) {
  (chunk.direction == Direction::ToServer ? view_.gap_to_server : view_.gap_to_client) = true;
  Half& from = half(chunk.direction);
  if (tls_) tls_->lose(chunk.direction);
  upgrade_.reset();
  if (from.blind) return;
  BehindGap& gap = behind_gap(from);
  gap.time = chunk.time;
  gap.packet = chunk.packet;
  gap.cut = false;
  if (!gap.resync && !gap.broken) break_frame(chunk.direction);
  const std::uint64_t rest = gap.broken ? gap.broken->rest() : 0;
  const bool in_block = gap.broken && gap.broken->header && http2::carries_field_block(*gap.broken->header);
  if (chunk.missing <= rest) {  // inside the frame
    from.position += chunk.missing;
    lose_of_broken(chunk.direction, chunk.missing);
    return;
  }
  gap.rest_of_block = in_block ? rest : 0;
  const bool goes_on = from.block || (in_block && !gap.broken->header->has(http2::kFlagEndHeaders));
  gap.block_goes_on = goes_on || (gap.resync && gap.block_goes_on);
  if (gap.broken) lose_of_broken(chunk.direction, rest);
  look_for_frames(chunk.direction, chunk.missing, chunk.missing - rest);
}

// The frame of which the beginning was seen, if its header was.
void Connection::break_frame(Direction direction) {
  Half& from = half(direction);
  const Bytes seen = from.frames.unfinished();
  if (seen.size() < http2::kFrameHeaderBytes) return;
  const http2::FrameHeader header = http2::decode_frame_header(seen.data());
  const Bytes payload = seen.subspan(http2::kFrameHeaderBytes);
  BrokenFrame& broken = from.gap->broken.emplace();
  broken.header = header;
  broken.begin = from.position - seen.size();
  broken.size = broken.data_end = header.length;
  if (header.has(http2::kFlagPadded)) {
    const auto padding = payload.empty() ? 0 : std::to_integer<std::uint64_t>(payload[0]);
    broken.data_known = !payload.empty() && padding < broken.size;
    broken.data_begin = 1;
    broken.data_end = broken.data_known ? broken.size - padding : broken.size;
  }
  const std::vector<std::byte> kept(payload.begin(), payload.end());  // it borrows from the decoder
  from.frames = {};
  from.base = broken.begin + http2::kFrameHeaderBytes + header.length;
  begin_broken(direction, kept);
}

// What a frame says although its payload is not whole. That of DATA is read as far as it is there.
void Connection::begin_broken(Direction direction, Bytes payload) {
  Half& from = half(direction);
  BrokenFrame& broken = *from.gap->broken;
  const http2::FrameHeader header = *broken.header;
  const Spot spot = spot_behind_gap(direction);
  if (from.block && !header.is(http2::FrameType::Continuation)) {
    const OpenBlock block = *std::exchange(from.block, std::nullopt);
    lose_block(spot, block.stream, block.end_stream, block.promised);
  }
  if (header.is(http2::FrameType::Data)) {
    read_broken(direction, payload);
    return;
  }
  broken.at = payload.size();
  if (http2::carries_field_block(header)) {
    cut_block(direction, payload);
  } else if (header.is(http2::FrameType::RstStream)) {
    on_reset(spot, http2::kNoError);
  } else if (header.is(http2::FrameType::Goaway)) {
    from.goaway = true;
  } else if (header.is(http2::FrameType::Settings)) {
    lose_settings();
  }
}

// Which SETTINGS an acknowledgement answers, of either side, can no longer be told.
void Connection::lose_settings() {
  for (Half& each : halves_) {
    each.settings_lost = true;
    each.settings.clear();
    each.hpack.set_table_size_limit(std::numeric_limits<std::uint32_t>::max());
  }
}

// The block is lost from the cut on; what stands before it is read.
void Connection::cut_block(Direction direction, Bytes payload) {
  Half& from = half(direction);
  const BrokenFrame& broken = *from.gap->broken;
  const http2::FrameHeader header = *broken.header;
  const Spot spot = spot_behind_gap(direction);
  auto history = http2::HpackCandidates::Before::of(from.hpack.history());
  std::vector<std::byte> fragments;
  bool end_stream = header.has(http2::kFlagEndStream) && header.is(http2::FrameType::Headers);
  bool promised = header.is(http2::FrameType::PushPromise);
  std::size_t fixed = header.has(http2::kFlagPadded) ? 1 : 0;
  if (header.is(http2::FrameType::Continuation)) {
    fixed = 0;
    const auto block = std::exchange(from.block, std::nullopt);
    if (!block || block->stream != header.stream) {
      if (block) lose_block(spot, block->stream, block->end_stream, block->promised);
      from.hpack.taint();
      return;
    }
    fragments = block->fragments;
    end_stream = block->end_stream;
    promised = block->promised;
  } else if (promised) {
    fixed += 4;
  } else if (header.has(http2::kFlagPriority)) {
    fixed += 5;
  }
  const std::uint64_t end = broken.data_known ? broken.data_end : 0;
  const Bytes seen = payload.first(std::min<std::size_t>(payload.size(), end));
  append(fragments, seen.subspan(std::min(fixed, seen.size())));
  const std::uint64_t entries_before = from.hpack.history().inserted();
  on_block(spot, fragments, end_stream, promised, BlockEnd::Cut);
  // Those that it inserted before the cut were seen.
  history.entries += from.hpack.history().inserted() - entries_before;
  from.gap->history = history;
  from.gap->cut = true;
  from.gap->candidates.reset();
  if (!header.has(http2::kFlagEndHeaders)) return;  // how much of the block is still to come is not known
  doubt(from, {{.insertions = broken.rest() / http2::kInsertionBytes, .octets = broken.rest(), .cut = true}});
}

// The next octets of the broken frame were seen.
void Connection::read_broken(Direction direction, Bytes octets) {
  Half& from = half(direction);
  BrokenFrame& broken = *from.gap->broken;
  Stream* stream = stream_of_broken(broken, direction);
  const std::uint64_t data = broken.data_in(octets.size());
  if (stream != nullptr && data != 0) {
    SideOfCall& side_of_it = side(*stream, direction);
    side_of_it.bytes += data;
    const std::uint64_t begin = std::max(broken.at, broken.data_begin) - broken.at;
    read_messages(*stream, spot_behind_gap(direction), octets.subspan(begin, data));
  }
  broken.at += octets.size();
  if (broken.rest() == 0) end_broken(direction);
}

// The next octets of it were not.
void Connection::lose_of_broken(Direction direction, std::uint64_t octets) {
  Half& from = half(direction);
  BrokenFrame& broken = *from.gap->broken;
  Stream* stream = stream_of_broken(broken, direction);
  const std::uint64_t data = broken.data_in(octets);
  if (stream != nullptr && data != 0) {
    side(*stream, direction).bytes += data;
    lose_messages(*stream, spot_behind_gap(direction), data, broken.data_known);
  }
  broken.at += octets;
  if (broken.rest() == 0) end_broken(direction);
}

Stream* Connection::stream_of_broken(const BrokenFrame& broken, Direction direction) {
  if (!broken.header || !broken.header->is(http2::FrameType::Data)) return nullptr;
  Stream* stream = find(broken.header->stream);
  if (stream == nullptr || side(*stream, direction).ended) return nullptr;
  side(*stream, direction).behind_gap = true;
  return stream;
}

void Connection::end_broken(Direction direction) {
  Half& from = half(direction);
  const BrokenFrame broken = *std::exchange(from.gap->broken, std::nullopt);
  Stream* stream = stream_of_broken(broken, direction);
  if (stream == nullptr) return;
  Spot spot = spot_behind_gap(direction);
  spot.place.stream = broken.header->stream;
  spot.offset = broken.begin;
  spot.end = broken.begin + http2::kFrameHeaderBytes + broken.size;
  side(*stream, direction).end = spot.end;
  side(*stream, direction).packet = spot.place.packet;
  if (broken.header->has(http2::kFlagEndStream)) end_side(*stream, spot, false, Ending::WithoutStatus);
}

// The message that was cut is told as such. Where a prefix may be lost, those that follow cannot be told apart.
void Connection::lose_messages(Stream& stream, const Spot& spot, std::uint64_t octets, bool known) {
  rpc::MessageDecoder& messages = spot.direction == Direction::ToServer ? stream.request : stream.response;
  SideOfCall& from = side(stream, spot.direction);
  if (!known || !messages.lose(octets)) from.messages_known = false;
  read_messages(stream, spot, {});
}

// Behind a gap that is not inside one frame; `behind_frame` of its octets stood behind the one that it began in.
void Connection::look_for_frames(Direction direction, std::uint64_t missing, std::uint64_t behind_frame) {
  Half& from = half(direction);
  BehindGap& gap = *from.gap;
  const bool again = gap.resync.has_value();
  const bool recognised = opening(direction) == http2::Opening::Http2;
  if (missing == kUnknownMissing) from.offsets_known = false;
  if (!again) begin_looking(direction);
  if (missing == kUnknownMissing || !recognised || !from.offsets_known) {
    gap.room.reset();
  } else if (gap.room) {
    *gap.room += behind_frame + (again ? from.position - gap.resync_base : 0);
  }
  if (missing != kUnknownMissing) from.position += missing;
  Limits limits = limits_;
  if (all_.counted.resyncs > Holdings::kResyncsWithMemory) limits.resync_bytes_kept = 0;
  http2::FrameResync::Rules rules;
  rules.length_max = largest_frame(opposite(direction));
  rules.frames_to_recognise = recognised ? 0 : kFramesToRecognise;
  rules.even_streams = direction == Direction::ToClient && from.promised;
  if (direction == Direction::ToServer && gap.room) rules.opened_before = gap.highest_before;
  gap.resync.emplace(rules, limits);
  gap.resync_base = from.position;
  if (direction == Direction::ToServer) awaiting_answers_ = gap.room.has_value();
  if (!again) close_unfollowed(spot_behind_gap(direction));
}

void Connection::begin_looking(Direction direction) {
  Half& from = half(direction);
  BehindGap& gap = *from.gap;
  ++all_.resyncs;
  if (!gap.cut) gap.history = http2::HpackCandidates::Before::of(from.hpack.history());
  gap.room.reset();
  if (gap.next_stream_seen) gap.room = from.frames.pending();  // the beginning of a frame header
  gap.highest_before = from.block ? std::max(highest_stream_, from.block->stream) : highest_stream_;
  gap.trailers_possible = false;
  gap.next_stream_seen = false;
  gap.answered.clear();
  gap.passed = {};
  gap.candidates.reset();
  gap.inferred = false;
  from.hpack.taint();
  from.frames = {};
  from.block.reset();
  from.opening.clear();
  lose_settings();
  streams_.for_each([&](Stream& stream) { doubt_side(stream, direction); });
}

// What the other side has announced, at any time. What it may have announced unseen is not counted: see the decision.
std::uint32_t Connection::largest_frame(Direction of_receiver) {
  return std::max(kLeastFrameSizeMax, half(of_receiver).frame_size_max);
}

// The rest of that side may have been lost, its end as well as its first block.
void Connection::doubt_side(Stream& stream, Direction direction) const {
  SideOfCall& of = side(stream, direction);
  if (of.ended) return;
  stream.role_lost[static_cast<std::size_t>(direction)] = true;
  stream.may_have_ended[static_cast<std::size_t>(direction)] = true;
  of.messages_known = false;
}

Spot Connection::spot_behind_gap(Direction direction) const {
  const Half& from = halves_[static_cast<std::size_t>(direction)];
  Spot spot{{from.gap->packet, view_.number, 0}, direction, from.gap->time, from.position, from.position, from.acked};
  if (from.gap->broken && from.gap->broken->header) {
    const BrokenFrame& broken = *from.gap->broken;
    spot.place.stream = broken.header->stream;
    spot.offset = broken.begin;
    spot.end = broken.begin + http2::kFrameHeaderBytes + broken.size;
  }
  return spot;
}

// What a frame behind a gap shows: its side of the stream had not ended before.
void Connection::on_frame_behind_gap(const Spot& spot) {
  Stream* stream = find(spot.place.stream);
  if (stream == nullptr || side(*stream, spot.direction).ended) return;
  side(*stream, spot.direction).behind_gap = true;
  stream->may_have_ended[static_cast<std::size_t>(spot.direction)] = false;
}

// Takes off what does not belong to whole frames; true when frames follow in `octets`.
bool Connection::pass_gap(const Chunk& chunk, Bytes& octets) {
  Half& from = half(chunk.direction);
  BehindGap& gap = *from.gap;
  gap.time = chunk.time;
  gap.packet = chunk.packet;
  if (gap.resync) {
    if (chunk.direction == Direction::ToClient && view_.whole(Direction::ToServer)) {
      gap.resync->streams_up_to(2 * highest_stream_ + kStreamsUnseen);
    }
    if (gap.resync->feed(octets)) {
      frames_found(from);
    } else if (opening(chunk.direction) != http2::Opening::Http2) {
      gap.unrecognised += octets.size();
      if (gap.unrecognised > kUnrecognisedMax) give_up(from);
    }
    return false;
  }
  if (!gap.broken) return true;
  const Bytes of_it = octets.first(std::min<std::size_t>(gap.broken->rest(), octets.size()));
  octets = octets.subspan(of_it.size());
  read_broken(chunk.direction, of_it);
  return !from.blind && !octets.empty();
}

void Connection::give_up(Half& from) {
  from.blind = true;
  from.gap->resync.reset();
  --all_.resyncs;
}

void Connection::frames_found(Half& from) {
  BehindGap& gap = *from.gap;
  const Direction direction = &from == halves_.data() ? Direction::ToServer : Direction::ToClient;
  const http2::FrameResync found = *std::exchange(gap.resync, std::nullopt);
  --all_.resyncs;
  if (direction == Direction::ToServer) awaiting_answers_ = false;
  opening(direction) = http2::Opening::Http2;
  // Streams that were opened meanwhile may have been answered meanwhile.
  streams_.for_each([&](Stream& stream) { doubt_side(stream, direction); });
  gap.passed = found.passed_over();
  gap.passed_taints = from.hpack.history().taints();
  if (gap.room && gap.passed.known && direction == Direction::ToServer) doubt(from, ways_lost(gap));
  from.base = gap.resync_base + found.offset();
  const Bytes octets = found.octets();
  if (!octets.empty()) read_frames({gap.time, direction, octets, 0, 0, gap.packet}, octets);
}

// A stream that the server has answered was opened before that: in the gap, or by a frame behind it. What finds no room in the gap
// proves that frames begin before the octets that the server had acknowledged.
void Connection::note_answer(const Spot& spot, const http2::FrameHeader& header) {
  Half& client = half(Direction::ToServer);
  BehindGap& gap = *client.gap;
  if (!shows_that_stream_is_open(header) || header.stream % 2 == 0 || header.stream <= gap.highest_before) return;
  gap.answered.insert(header.stream);
  const std::uint64_t request_bytes = least_request_bytes();
  if (gap.answered.size() * request_bytes + http2::kFrameHeaderBytes <= *gap.room) return;
  // What is acknowledged and was not captured yet may be what opened it.
  if (spot.acked > client.position || spot.acked <= gap.resync_base) return;
  if (gap.resync->answered({spot.acked - gap.resync_base, gap.answered, *gap.room, request_bytes})) frames_found(client);
}

}  // namespace testigo::call
