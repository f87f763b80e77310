#include "check/frame_checks.h"

#include <algorithm>

#include <fmt/format.h>

namespace testigo::check {

using http2::FrameType;
using http2::Malformation;

namespace {

enum class Place : std::uint8_t { Connection, Stream, Any };

}  // namespace

// What section 6 says of each type.
struct FrameChecks::Form {
  Place place;
  std::uint8_t flags;
  bool sized;  // not any length is allowed
};
constexpr std::array<FrameChecks::Form, FrameTypes::kCount> FrameChecks::kForms = {{
    {Place::Stream, http2::kFlagEndStream | http2::kFlagPadded, false},
    {Place::Stream, http2::kFlagEndStream | http2::kFlagEndHeaders | http2::kFlagPadded | http2::kFlagPriority, false},
    {Place::Stream, 0, true},  // PRIORITY
    {Place::Stream, 0, true},  // RST_STREAM
    {Place::Connection, http2::kFlagAck, true},
    {Place::Stream, http2::kFlagEndHeaders | http2::kFlagPadded, false},  // PUSH_PROMISE
    {Place::Connection, http2::kFlagAck, true},                           // PING
    {Place::Connection, 0, true},                                         // GOAWAY
    {Place::Any, 0, true},                                                // WINDOW_UPDATE
    {Place::Stream, http2::kFlagEndHeaders, false},                       // CONTINUATION
    {Place::Any, 0xff, false},                                            // unknown: its flags mean what its inventor says
}};

namespace {

std::string_view sender(Direction direction) { return direction == Direction::ToServer ? "client" : "server"; }

// Null where there is none.
const http2::Padding* padding_of(const http2::Frame& frame) {
  const std::optional<http2::Padding>* padding = nullptr;
  if (const auto* data = std::get_if<http2::DataFrame>(&frame.payload)) padding = &data->padding;
  if (const auto* headers = std::get_if<http2::HeadersFrame>(&frame.payload)) padding = &headers->padding;
  if (const auto* promise = std::get_if<http2::PushPromiseFrame>(&frame.payload)) padding = &promise->padding;
  return padding != nullptr && *padding ? &**padding : nullptr;
}

}  // namespace

// What was recognised is the client's preface, or the header of the server's first frame.
void FrameChecks::on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening) {
  for (LimitInForce& limit : size_limits_) limit.on_opening(connection);
  begins_[static_cast<std::size_t>(spot.direction)] = spot.direction == Direction::ToServer ? spot.end : spot.offset;
}

void FrameChecks::on_frame(const call::FrameSeen& seen) {
  const Form& form = kForms[FrameTypes::index(seen.frame.header.type)];
  if (seen.spot.offset == begins_[static_cast<std::size_t>(seen.spot.direction)]) first_frame(seen);
  block_order_.on_frame(seen);
  place(seen, form);
  unused_bits(seen, form);
  length(seen);
  payload(seen, form);
  if (seen.frame.header.is(FrameType::Settings)) {
    for (LimitInForce& limit : size_limits_) limit.on_settings(seen);
  }
}

// CN02, CN03.
void FrameChecks::first_frame(const call::FrameSeen& seen) {
  if (!seen.connection.whole(seen.spot.direction)) return;
  const http2::FrameHeader& header = seen.frame.header;
  const bool holds = header.is(FrameType::Settings) && header.stream == 0 && !header.has(http2::kFlagAck);
  const Id id = seen.spot.direction == Direction::ToServer ? Id::CN02 : Id::CN03;
  findings_.judge(id, holds, seen.spot, [&] {
    return fmt::format("the first frame of the {} is {}{} on stream {}", sender(seen.spot.direction),
                       http2::frame_type_name(header.type), header.has(http2::kFlagAck) ? " with the flag ACK" : "", header.stream);
  });
}

// CN07.
void FrameChecks::place(const call::FrameSeen& seen, const Form& form) {
  if (form.place == Place::Any) return;
  const http2::FrameHeader& header = seen.frame.header;
  findings_.judge(Id::CN07, (header.stream == 0) == (form.place == Place::Connection), seen.spot,
                  [&] { return fmt::format("{} on stream {}", http2::frame_type_name(header.type), header.stream); });
}

// CN12.
void FrameChecks::unused_bits(const call::FrameSeen& seen, const Form& form) {
  const http2::FrameHeader& header = seen.frame.header;
  const int unused = header.flags & ~form.flags;
  findings_.judge(Id::CN12, unused == 0 && !header.reserved, seen.spot, [&] {
    return fmt::format("{} with {}", http2::frame_type_name(header.type),
                       header.reserved ? "the reserved bit set" : fmt::format("flags {:#04x}, which it does not have", unused));
  });
}

// CN09. No receiver may allow less than 16384 (section 6.5.2).
void FrameChecks::length(const call::FrameSeen& seen) {
  if (!seen.connection.whole()) return;  // the judge says so
  const std::uint32_t length = seen.frame.header.length;
  if (length <= *kMaxFrameSize.initial) {
    findings_.pass(Id::CN09);
    return;
  }
  const LimitInForce& limit = size_limits_[static_cast<std::size_t>(opposite(seen.spot.direction))];
  if (limit.lost()) {
    findings_.not_judgeable(Id::CN09, "which SETTINGS are in force can no longer be told");
  } else if (length <= *limit.in_force()) {
    findings_.pass(Id::CN09);
  } else if (seen.connection.seen_all_before(seen.spot)) {
    findings_.fail(Id::CN09, seen.spot,
                   fmt::format("{} of {} octets; its receiver allows {}", http2::frame_type_name(seen.frame.header.type), length,
                               *limit.in_force()));
  } else {
    findings_.not_judgeable(Id::CN09, "what its receiver allows had not been seen yet");
  }
}

void FrameChecks::payload(const call::FrameSeen& seen, const Form& form) {
  const http2::FrameHeader& header = seen.frame.header;
  if (const auto* broken = std::get_if<http2::MalformedFrame>(&seen.frame.payload)) {
    malformed(seen, broken->malformation);
  } else if (form.sized) {
    findings_.pass(header.is(FrameType::Settings) ? Id::CN06 : Id::CN10);
  } else if (header.has(http2::kFlagPadded)) {
    if (const auto* found = padding_of(seen.frame)) padding(seen, *found);
  }
}

// CN06, CN10, CN11.
void FrameChecks::malformed(const call::FrameSeen& seen, Malformation malformation) {
  const http2::FrameHeader& header = seen.frame.header;
  const std::string type = http2::frame_type_name(header.type);
  switch (malformation) {
    case Malformation::WrongLength:
      findings_.fail(header.is(FrameType::Settings) ? Id::CN06 : Id::CN10, seen.spot,
                     fmt::format("{} with a payload of {} octets", type, header.length));
      return;
    case Malformation::PaddingTooLarge:
      findings_.fail(Id::CN11, seen.spot, fmt::format("the padding of {} does not fit into its {} octets", type, header.length));
      return;
  }
}

// CN11.
void FrameChecks::padding(const call::FrameSeen& seen, const http2::Padding& padding) {
  const bool zeros = std::ranges::all_of(padding.octets, [](std::byte octet) { return octet == std::byte{0}; });
  if (zeros) {
    findings_.pass(Id::CN11);
  } else {
    findings_.fail(Id::CN11, Severity::Warning, seen.spot,
                   fmt::format("the padding of {} is not all zero", http2::frame_type_name(seen.frame.header.type)));
  }
}

}  // namespace testigo::check
