#include "run/call_details.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/inert.h"
#include "base/utf8.h"
#include "report/frame_text.h"
#include "report/message_parts.h"
#include "wire/http2/frame_encoder.h"
#include "wire/http2/frame_resync.h"

namespace testigo::run {
namespace {

using report::DetailedFrame;

constexpr std::size_t kAnnotationMax = 256;  // octets of a value

// The last frame, if it is the one at that spot; it is not where it was left out, or octets of it are missing.
DetailedFrame* frame_at(report::CallDetail& detail, const call::Spot& spot) {
  if (detail.frames.empty()) return nullptr;
  DetailedFrame& last = detail.frames.back();
  return last.direction == spot.direction && last.offset == spot.offset ? &last : nullptr;
}

// Of its fields, from its content on; nothing where the frame holds no whole block.
std::vector<http2::Extent> extents_of_block(const DetailedFrame& frame, Bytes octets) {
  const bool alone = !frame.header.is(http2::FrameType::Continuation) && frame.header.has(http2::kFlagEndHeaders);
  if (!alone || frame.content.end > octets.size()) return {};
  return http2::field_extents(octets.subspan(frame.content.begin, frame.content.end - frame.content.begin));
}

}  // namespace

CallDetails::CallDetails(std::set<StreamKey> chosen, const capture::SecretNames& secrets, const schema::Schema* schema,
                         const DetailLimits& limits)
    : chosen_(std::move(chosen)), secrets_(secrets), bodies_(schema), limits_(limits) {}

report::CallDetail* CallDetails::find(const call::Spot& spot) {
  const StreamKey key(spot.place.connection, spot.place.stream);
  if (!chosen_.contains(key)) return nullptr;
  report::CallDetail& detail = details_[key];
  detail.connection = key.first;
  detail.stream = key.second;
  return &detail;
}

CallDetails::Side& CallDetails::side(const call::Spot& spot) {
  Sides& sides = sides_[{spot.place.connection, spot.place.stream}];
  return spot.direction == Direction::ToServer ? sides.first : sides.second;
}

void CallDetails::on_frame(const call::FrameSeen& seen) {
  report::CallDetail* const detail = find(seen.spot);
  if (detail == nullptr) return;
  const auto* const data = std::get_if<http2::DataFrame>(&seen.frame.payload);
  if (detail->frames.size() == limits_.frames_max) {
    ++detail->frames_left_out;
    if (data != nullptr) side(seen.spot).data += data->data.size();
    return;
  }
  DetailedFrame& frame = detail->frames.emplace_back();
  frame.time = seen.spot.time;
  frame.direction = seen.spot.direction;
  frame.packet = seen.spot.place.packet;
  frame.offset = seen.spot.offset;
  frame.header = seen.frame.header;
  frame.text = report::frame_text(seen.frame);
  frame.parts = report::frame_parts(seen.frame);
  if (frame.parts.size() > limits_.parts_max) frame.parts.resize(limits_.parts_max);
  parts_ += frame.parts.size();
  frame.content = report::content_of(seen.frame);
  frame.size = http2::kFrameHeaderBytes + seen.frame.header.length;
  http2::encode_frame(seen.frame, frame.octets);
  const std::size_t kept = std::min({frame.octets.size(), limits_.octets_max, limits_.octets_max_all - octets_});
  frame.octets.resize(kept);
  frame.octets.shrink_to_fit();
  octets_ += kept;
  if (http2::carries_field_block(frame.header)) {
    block_octets_ = frame.octets;
    std::fill(frame.octets.begin() + std::min<std::ptrdiff_t>(http2::kFrameHeaderBytes, std::ssize(frame.octets)),
              frame.octets.end(), std::byte{0});
  }
  if (data == nullptr) return;
  Side& of = side(seen.spot);
  of.pieces.push_back({detail->frames.size() - 1, of.data, of.data + data->data.size()});
  of.data += data->data.size();
}

void CallDetails::on_block(const call::BlockSeen& seen) {
  if (!chosen_.contains({seen.spot.place.connection, seen.spot.place.stream})) return;
  bodies_.on_block(seen);
  report::CallDetail* const detail = find(seen.spot);
  DetailedFrame* const frame = frame_at(*detail, seen.spot);
  if (frame != nullptr) note_fields(*frame, seen);
}

std::size_t CallDetails::text_left() const {
  return std::min(limits_.text_max, limits_.text_max_all - std::min(texts_, limits_.text_max_all));
}

bool CallDetails::may_add_part(DetailedFrame& frame) {
  if (frame.parts.size() >= limits_.parts_max || parts_ >= limits_.parts_max_all) return false;
  ++parts_;
  return true;
}

// The octets of a block were hidden when they came. Those of fields that are no secret are shown, where it is known which they are.
void CallDetails::note_fields(DetailedFrame& frame, const call::BlockSeen& seen) {
  const std::size_t begin = frame.content.begin;
  std::vector<http2::Extent> extents = extents_of_block(frame, block_octets_);
  if (extents.size() != seen.fields.size() || !seen.outcome.complete) extents.clear();
  for (std::size_t i = 0; i < seen.fields.size() && may_add_part(frame); ++i) {
    const http2::HeaderField& from = seen.fields[i];
    report::DetailedField& field = frame.fields.emplace_back();
    field.name = inert(from.name, text_left());
    field.secret = secrets_.is_secret(from);
    if (!field.secret) field.value = inert(from.value, text_left());
    texts_ += field.name.size() + field.value.size();
    field.name_known = from.name_known;
    field.value_known = from.value_known;
    field.unknown_entry = from.unknown_entry;
    if (extents.empty()) continue;
    field.octets = http2::Extent{begin + extents[i].begin, begin + extents[i].end};
    frame.parts.push_back({field.octets->begin, field.octets->end,
                           field.name + ": " + (field.secret ? "(not shown)" : shortened(field.value, kAnnotationMax))});
    const auto at = static_cast<std::ptrdiff_t>(field.octets->begin);
    const auto end = static_cast<std::ptrdiff_t>(field.secret ? field.octets->begin + 1 : field.octets->end);
    std::copy(block_octets_.begin() + at, block_octets_.begin() + end, frame.octets.begin() + at);
  }
}

void CallDetails::on_message(const call::MessageSeen& seen) {
  report::CallDetail* const detail = find(seen.spot);
  if (detail == nullptr) return;
  report::DetailedMessage message{seen.number, seen.message.length, seen.message.flag, bodies_.of(seen, text_left()), {}};
  texts_ += message.body.fields.size() + message.body.json.size();
  if (seen.connection.whole(seen.spot.direction)) note_octets(*detail, seen, message);
  DetailedFrame* const frame = frame_at(*detail, seen.spot);
  if (frame != nullptr && may_add_part(*frame)) frame->messages.push_back(std::move(message));
}

// The message stands where the one before it ended, in as many frames as it takes.
void CallDetails::note_octets(report::CallDetail& detail, const call::MessageSeen& seen, report::DetailedMessage& message) {
  Side& of = side(seen.spot);
  const std::uint64_t begin = of.message, body = begin + rpc::kPrefixBytes, end = body + seen.message.length;
  of.message = end;
  for (const Side::Piece& piece : of.pieces) {
    DetailedFrame& frame = detail.frames[piece.frame];
    const std::size_t at = frame.content.begin;
    const auto note = [&](std::uint64_t from, std::uint64_t to, std::string text) -> std::optional<http2::Extent> {
      from = std::max(from, piece.begin);
      to = std::min(to, piece.end);
      if (from >= to) return std::nullopt;
      const http2::Extent extent{at + (from - piece.begin), at + (to - piece.begin)};
      if (may_add_part(frame)) frame.parts.push_back({extent.begin, extent.end, std::move(text)});
      return extent;
    };
    note(begin, begin + 1,
         seen.message.flag == 0   ? "not compressed"
         : seen.message.flag == 1 ? "compressed"
                                  : fmt::format("compressed-flag {}", seen.message.flag));
    note(begin + 1, body, fmt::format("length {}", seen.message.length));
    const auto extent = note(body, end, fmt::format("message {}", seen.number));
    const bool all_here = piece.begin <= body && end <= piece.end;
    if (extent && all_here && seen.message.flag == 0 && message.body.why_not.empty() && extent->end <= frame.octets.size()) {
      for (report::Part& part :
           report::message_parts(Bytes(frame.octets).subspan(extent->begin, extent->end - extent->begin), extent->begin)) {
        if (may_add_part(frame)) frame.parts.push_back(std::move(part));
      }
    }
    if (piece.end >= end)
      message.octets = http2::Extent{at + (std::max(begin, piece.begin) - piece.begin), at + (end - piece.begin)};
  }
  std::erase_if(of.pieces, [&](const Side::Piece& piece) { return piece.end <= end; });
}

void CallDetails::on_call(const call::CallClosed& closed) {
  bodies_.on_call(closed);
  const StreamKey key(closed.call.place.connection, closed.call.place.stream);
  if (chosen_.contains(key)) closed_.insert(key);
  sides_.erase({closed.call.place.connection, closed.call.place.stream});
}

}  // namespace testigo::run
