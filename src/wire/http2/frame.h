// HTTP/2 frames as values (RFC 9113 section 4.1 and section 6), kept without loss: flags, reserved bits, padding and
// unknown types survive, so that encoding a decoded frame gives the same octets.
//
// A frame borrows its octets from whoever decoded it; see FrameDecoder for how long.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.h"

namespace testigo::http2 {

using StreamId = std::uint32_t;  // 31 bits

constexpr std::size_t kFrameHeaderBytes = 9;

// RFC 9113 section 6; the numbers of section 11.2.
enum class FrameType : std::uint8_t {
  Data = 0,
  Headers = 1,
  Priority = 2,
  RstStream = 3,
  Settings = 4,
  PushPromise = 5,
  Ping = 6,
  Goaway = 7,
  WindowUpdate = 8,
  Continuation = 9,
};

constexpr std::uint8_t kFlagEndStream = 0x01;   // DATA, HEADERS
constexpr std::uint8_t kFlagAck = 0x01;         // SETTINGS, PING
constexpr std::uint8_t kFlagEndHeaders = 0x04;  // HEADERS, PUSH_PROMISE, CONTINUATION
constexpr std::uint8_t kFlagPadded = 0x08;      // DATA, HEADERS, PUSH_PROMISE
constexpr std::uint8_t kFlagPriority = 0x20;    // HEADERS

// The nine octets before every payload.
struct FrameHeader {
  std::uint32_t length = 0;  // of the payload, 24 bits
  std::uint8_t type = 0;     // a FrameType, or any other number
  std::uint8_t flags = 0;
  bool reserved = false;  // the bit before the stream identifier
  StreamId stream = 0;

  bool is(FrameType wanted) const { return type == static_cast<std::uint8_t>(wanted); }
  bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

// Pad Length is the number of octets; they should all be zero (section 6.1).
struct Padding {
  Bytes octets;
  friend bool operator==(const Padding&, const Padding&) = default;
};

// The deprecated priority fields (section 5.3.2), in HEADERS and PRIORITY.
struct Priority {
  bool exclusive = false;
  StreamId dependency = 0;
  std::uint8_t weight = 0;  // as on the wire: one less than the weight meant
  friend bool operator==(const Priority&, const Priority&) = default;
};

struct DataFrame {
  Bytes data;
  std::optional<Padding> padding;
  friend bool operator==(const DataFrame&, const DataFrame&) = default;
};

struct HeadersFrame {
  std::optional<Priority> priority;
  Bytes fragment;
  std::optional<Padding> padding;
  friend bool operator==(const HeadersFrame&, const HeadersFrame&) = default;
};

struct PriorityFrame {
  Priority priority;
  friend bool operator==(const PriorityFrame&, const PriorityFrame&) = default;
};

struct RstStreamFrame {
  std::uint32_t error_code = 0;
  friend bool operator==(const RstStreamFrame&, const RstStreamFrame&) = default;
};

// One parameter of SETTINGS (section 6.5.1).
struct Setting {
  std::uint16_t id = 0;
  std::uint32_t value = 0;
  friend bool operator==(const Setting&, const Setting&) = default;
};

constexpr std::uint16_t kSettingHeaderTableSize = 1;
constexpr std::uint16_t kSettingEnablePush = 2;
constexpr std::uint16_t kSettingMaxConcurrentStreams = 3;
constexpr std::uint16_t kSettingInitialWindowSize = 4;
constexpr std::uint16_t kSettingMaxFrameSize = 5;
constexpr std::uint16_t kSettingMaxHeaderListSize = 6;
constexpr std::uint16_t kSettingEnableConnectProtocol = 8;        // RFC 8441 section 3
constexpr std::uint16_t kSettingNoRfc7540Priorities = 9;          // RFC 9218 section 2.1
constexpr std::uint16_t kSettingGrpcTrueBinaryMetadata = 0xfe03;  // gRFC G1

struct SettingsFrame {
  Bytes entries;  // whole parameters, 6 octets each
  std::size_t size() const { return entries.size() / 6; }
  Setting at(std::size_t i) const {
    return {static_cast<std::uint16_t>(load_number(entries.data() + 6 * i, 2)),
            static_cast<std::uint32_t>(load_number(entries.data() + 6 * i + 2, 4))};
  }
  friend bool operator==(const SettingsFrame&, const SettingsFrame&) = default;
};

struct PushPromiseFrame {
  bool reserved = false;
  StreamId promised = 0;
  Bytes fragment;
  std::optional<Padding> padding;
  friend bool operator==(const PushPromiseFrame&, const PushPromiseFrame&) = default;
};

struct PingFrame {
  std::array<std::byte, 8> opaque{};
  friend bool operator==(const PingFrame&, const PingFrame&) = default;
};

struct GoawayFrame {
  bool reserved = false;
  StreamId last_stream = 0;
  std::uint32_t error_code = 0;
  Bytes debug;
  friend bool operator==(const GoawayFrame&, const GoawayFrame&) = default;
};

struct WindowUpdateFrame {
  bool reserved = false;
  std::uint32_t increment = 0;  // octets, 31 bits
  friend bool operator==(const WindowUpdateFrame&, const WindowUpdateFrame&) = default;
};

struct ContinuationFrame {
  Bytes fragment;
  friend bool operator==(const ContinuationFrame&, const ContinuationFrame&) = default;
};

// A type that RFC 9113 does not know; receivers ignore it (section 5.5).
struct UnknownFrame {
  Bytes payload;
  friend bool operator==(const UnknownFrame&, const UnknownFrame&) = default;
};

enum class Malformation : std::uint8_t {
  WrongLength,      // a payload size that the type does not allow
  PaddingTooLarge,  // Pad Length does not fit into the payload (sections 6.1, 6.2, 6.6)
};

// A frame of a known type whose payload does not have the form of that type. The whole payload is kept.
struct MalformedFrame {
  Malformation malformation = Malformation::WrongLength;
  Bytes payload;
  friend bool operator==(const MalformedFrame&, const MalformedFrame&) = default;
};

using FramePayload = std::variant<DataFrame, HeadersFrame, PriorityFrame, RstStreamFrame, SettingsFrame, PushPromiseFrame,
                                  PingFrame, GoawayFrame, WindowUpdateFrame, ContinuationFrame, UnknownFrame, MalformedFrame>;

struct Frame {
  FrameHeader header;
  FramePayload payload;
  friend bool operator==(const Frame&, const Frame&) = default;
};

// "HEADERS"; "UNKNOWN(0x2f)" for other numbers.
std::string frame_type_name(std::uint8_t type);

// "CANCEL", the names of section 7; "0x1f" for other numbers.
std::string error_code_name(std::uint32_t code);

// "INITIAL_WINDOW_SIZE"; "0x1f" for other numbers.
std::string setting_name(std::uint16_t id);

constexpr std::uint32_t kNoError = 0;
constexpr std::uint32_t kProtocolError = 1;
constexpr std::uint32_t kInternalError = 2;
constexpr std::uint32_t kStreamClosed = 5;
constexpr std::uint32_t kRefusedStream = 7;
constexpr std::uint32_t kCancel = 8;
constexpr std::uint32_t kEnhanceYourCalm = 11;

}  // namespace testigo::http2
