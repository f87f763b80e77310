// CN: the form of frames (RFC 9113 sections 4.1, 4.2 and 6), and which one comes first (3.4). Every frame comes by here: what is in
// order must cost little.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/block_order.h"
#include "check/limit_in_force.h"

namespace testigo::check {
namespace {

using http2::FrameType;
using http2::Malformation;

enum class Place : std::uint8_t { Connection, Stream, Any };

// What section 6 says of each type.
struct Form {
  Place place;
  std::uint8_t flags;
  bool sized;  // not any length is allowed
};
constexpr std::array<Form, FrameTypes::kCount> kForms = {{
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

class FrameChecks final : public Check {
 public:
  explicit FrameChecks(Findings& findings)
      : findings_(findings),
        block_order_(findings),
        size_limits_{{{kMaxFrameSize, Direction::ToServer, findings.limits().pending_settings_max},
                      {kMaxFrameSize, Direction::ToClient, findings.limits().pending_settings_max}}} {}

  call::Interest hears() const override { return kFramesAlone; }
  void on_frame(const call::FrameSeen& seen) override;
  void on_connection_closed(const call::ConnectionClosed&) override;

 private:
  bool is_plain(const call::FrameSeen& seen, const Form& form) const;
  void look_closely(const call::FrameSeen& seen, const Form& form);
  void first_frame(const call::FrameSeen& seen);
  void place(const call::FrameSeen& seen, const Form& form);
  void unused_bits(const call::FrameSeen& seen, const Form& form);
  void length(const call::FrameSeen& seen);
  void payload(const call::FrameSeen& seen, const Form& form);
  void malformed(const call::FrameSeen& seen, Malformation malformation);
  void padding(const call::FrameSeen& seen, const http2::Padding& padding);

  Findings& findings_;
  BlockOrder block_order_;
  std::array<LimitInForce, 2> size_limits_;                // by the direction of the SETTINGS
  std::array<std::uint64_t, FrameTypes::kCount> plain_{};  // frames that were, by type
};

std::string_view sender(Direction direction) { return direction == Direction::ToServer ? "client" : "server"; }

// Null where there is none.
const http2::Padding* padding_of(const http2::Frame& frame) {
  const std::optional<http2::Padding>* padding = nullptr;
  if (const auto* data = std::get_if<http2::DataFrame>(&frame.payload)) padding = &data->padding;
  if (const auto* headers = std::get_if<http2::HeadersFrame>(&frame.payload)) padding = &headers->padding;
  if (const auto* promise = std::get_if<http2::PushPromiseFrame>(&frame.payload)) padding = &promise->padding;
  return padding != nullptr && *padding ? &**padding : nullptr;
}

// The usual frame of a stream, or of either place: every row passes it. It may say no of one that is right, never yes of one that
// is not.
bool FrameChecks::is_plain(const call::FrameSeen& seen, const Form& form) const {
  const http2::FrameHeader& header = seen.frame.header;
  return (form.place == Place::Any || (form.place == Place::Stream && header.stream != 0)) &&
         (header.flags & (~form.flags | http2::kFlagPadded)) == 0 && !header.reserved && header.length <= *kMaxFrameSize.initial &&
         seen.connection.whole() && seen.spot.offset > http2::kPreface.size() && !block_order_.concerns(seen) &&
         !std::holds_alternative<http2::MalformedFrame>(seen.frame.payload);
}

void FrameChecks::on_connection_closed(const call::ConnectionClosed&) {
  for (std::size_t type = 0; type < plain_.size(); ++type) {
    const Form& form = kForms[type];
    if (form.place == Place::Stream) findings_.pass(Id::CN07, plain_[type]);
    for (const Id id : {Id::CN12, Id::CN09}) findings_.pass(id, plain_[type]);
    if (form.sized) findings_.pass(Id::CN10, plain_[type]);
  }
}

void FrameChecks::on_frame(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  const Form& form = kForms[FrameTypes::index(header.type)];
  if (is_plain(seen, form)) {
    ++plain_[FrameTypes::index(header.type)];
  } else {
    look_closely(seen, form);
  }
}

[[gnu::noinline]] void FrameChecks::look_closely(const call::FrameSeen& seen, const Form& form) {
  if (seen.spot.offset == (seen.spot.direction == Direction::ToServer ? http2::kPreface.size() : 0)) first_frame(seen);
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

}  // namespace

std::unique_ptr<Check> frame_checks(Findings& findings) { return std::make_unique<FrameChecks>(findings); }

}  // namespace testigo::check
