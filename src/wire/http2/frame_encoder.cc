#include "wire/http2/frame_encoder.h"

#include <cassert>

namespace testigo::http2 {
namespace {

constexpr std::uint64_t kReservedBit = 0x8000'0000;

void append_31_bits(std::vector<std::byte>& out, bool high_bit, std::uint32_t number) {
  append_number(out, (high_bit ? kReservedBit : 0) | (number & 0x7fff'ffff), 4);
}

void append_pad_length(std::vector<std::byte>& out, const std::optional<Padding>& padding) {
  if (padding) append_number(out, padding->octets.size(), 1);
}

void append_padding(std::vector<std::byte>& out, const std::optional<Padding>& padding) {
  if (padding) append(out, padding->octets);
}

void append_priority(std::vector<std::byte>& out, const Priority& priority) {
  append_31_bits(out, priority.exclusive, priority.dependency);
  append_number(out, priority.weight, 1);
}

// Appends a payload, one overload a type.
struct PayloadEncoder {
  std::vector<std::byte>& out;

  void operator()(const DataFrame& frame) const {
    append_pad_length(out, frame.padding);
    append(out, frame.data);
    append_padding(out, frame.padding);
  }
  void operator()(const HeadersFrame& frame) const {
    append_pad_length(out, frame.padding);
    if (frame.priority) append_priority(out, *frame.priority);
    append(out, frame.fragment);
    append_padding(out, frame.padding);
  }
  void operator()(const PriorityFrame& frame) const { append_priority(out, frame.priority); }
  void operator()(const RstStreamFrame& frame) const { append_number(out, frame.error_code, 4); }
  void operator()(const SettingsFrame& frame) const { append(out, frame.entries); }
  void operator()(const PushPromiseFrame& frame) const {
    append_pad_length(out, frame.padding);
    append_31_bits(out, frame.reserved, frame.promised);
    append(out, frame.fragment);
    append_padding(out, frame.padding);
  }
  void operator()(const PingFrame& frame) const { append(out, std::span<const std::byte>(frame.opaque)); }
  void operator()(const GoawayFrame& frame) const {
    append_31_bits(out, frame.reserved, frame.last_stream);
    append_number(out, frame.error_code, 4);
    append(out, frame.debug);
  }
  void operator()(const WindowUpdateFrame& frame) const { append_31_bits(out, frame.reserved, frame.increment); }
  void operator()(const ContinuationFrame& frame) const { append(out, frame.fragment); }
  void operator()(const UnknownFrame& frame) const { append(out, frame.payload); }
  void operator()(const MalformedFrame& frame) const { append(out, frame.payload); }
};

}  // namespace

void encode_frame(const Frame& frame, std::vector<std::byte>& out) {
  const std::size_t start = out.size();
  append_number(out, 0, 3);
  append_number(out, frame.header.type, 1);
  append_number(out, frame.header.flags, 1);
  append_31_bits(out, frame.header.reserved, frame.header.stream);
  std::visit(PayloadEncoder{out}, frame.payload);
  const std::size_t length = out.size() - start - kFrameHeaderBytes;
  assert(length < std::size_t{1} << 24);
  for (std::size_t i = 0; i < 3; ++i) out[start + i] = static_cast<std::byte>(length >> (16 - 8 * i));
}

}  // namespace testigo::http2
