// Frames and their octets, side by side, for the tests of both directions.
#pragma once

#include <string_view>
#include <vector>

#include "wire/http2/frame.h"

namespace testigo::http2 {

struct FrameCase {
  std::string_view what;
  std::vector<std::byte> octets;
  Frame frame;
};

// Octets that live as long as the program, for a frame to borrow.
inline Bytes lasting(std::string_view digits) {
  static std::vector<std::vector<std::byte>> all;
  all.push_back(from_hex(digits));
  return all.back();
}

inline FrameCase frame_case(std::string_view what, std::string_view digits, FrameHeader header, FramePayload payload) {
  std::vector<std::byte> octets = from_hex(digits);
  header.length = static_cast<std::uint32_t>(octets.size() - kFrameHeaderBytes);
  return {what, std::move(octets), {header, std::move(payload)}};
}

inline FrameHeader head(FrameType type, std::uint8_t flags, StreamId stream, bool reserved = false) {
  return {.type = static_cast<std::uint8_t>(type), .flags = flags, .reserved = reserved, .stream = stream};
}

inline FrameCase malformed_case(std::string_view what, std::string_view header, std::string_view payload, FrameHeader expected,
                                Malformation malformation) {
  return frame_case(what, std::string(header) + std::string(payload), expected, MalformedFrame{malformation, lasting(payload)});
}

inline std::vector<FrameCase> well_formed_cases() {
  using enum FrameType;
  return {
      frame_case("DATA", "000003 00 01 00000001 616263", head(Data, kFlagEndStream, 1), DataFrame{lasting("616263"), {}}),
      frame_case("DATA, empty", "000000 00 00 7fffffff", head(Data, 0, 0x7fffffff), DataFrame{}),
      frame_case("DATA, padded", "000006 00 08 00000003 02 616263 0000", head(Data, kFlagPadded, 3),
                 DataFrame{lasting("616263"), Padding{lasting("0000")}}),
      frame_case("DATA, padded by the Pad Length alone", "000004 00 08 00000003 00 616263", head(Data, kFlagPadded, 3),
                 DataFrame{lasting("616263"), Padding{}}),
      frame_case("DATA, nothing but padding, not zero", "000003 00 08 00000003 02 abcd", head(Data, kFlagPadded, 3),
                 DataFrame{{}, Padding{lasting("abcd")}}),
      frame_case("HEADERS", "000002 01 05 00000001 8286", head(Headers, kFlagEndHeaders | kFlagEndStream, 1),
                 HeadersFrame{{}, lasting("8286"), {}}),
      frame_case("HEADERS, priority", "000007 01 24 00000001 80000003 10 8286", head(Headers, kFlagEndHeaders | kFlagPriority, 1),
                 HeadersFrame{http2::Priority{true, 3, 16}, lasting("8286"), {}}),
      frame_case("HEADERS, padded, priority", "000009 01 28 00000001 01 00000005 ff 8286 00",
                 head(Headers, kFlagPadded | kFlagPriority, 1),
                 HeadersFrame{http2::Priority{false, 5, 255}, lasting("8286"), Padding{lasting("00")}}),
      frame_case("HEADERS, empty", "000000 01 00 00000001", head(Headers, 0, 1), HeadersFrame{}),
      frame_case("PRIORITY", "000005 02 00 00000003 8000000b 07", head(FrameType::Priority, 0, 3),
                 PriorityFrame{http2::Priority{true, 11, 7}}),
      frame_case("RST_STREAM", "000004 03 00 00000001 00000008", head(RstStream, 0, 1), RstStreamFrame{kCancel}),
      frame_case("SETTINGS", "00000c 04 00 00000000 0003 00000064 0004 0000ffff", head(Settings, 0, 0),
                 SettingsFrame{lasting("000300000064 00040000ffff")}),
      frame_case("SETTINGS, empty", "000000 04 00 00000000", head(Settings, 0, 0), SettingsFrame{}),
      frame_case("SETTINGS, ACK", "000000 04 01 00000000", head(Settings, kFlagAck, 0), SettingsFrame{}),
      frame_case("SETTINGS, ACK with parameters: for a check to judge", "000006 04 01 00000000 0003 00000064",
                 head(Settings, kFlagAck, 0), SettingsFrame{lasting("000300000064")}),
      frame_case("PUSH_PROMISE", "000005 05 04 00000001 00000002 82", head(PushPromise, kFlagEndHeaders, 1),
                 PushPromiseFrame{false, 2, lasting("82"), {}}),
      frame_case("PUSH_PROMISE, padded, reserved bit", "000008 05 0c 00000001 02 80000002 82 0000",
                 head(PushPromise, kFlagEndHeaders | kFlagPadded, 1),
                 PushPromiseFrame{true, 2, lasting("82"), Padding{lasting("0000")}}),
      frame_case("PING", "000008 06 00 00000000 0102030405060708", head(Ping, 0, 0),
                 PingFrame{{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5}, std::byte{6}, std::byte{7},
                            std::byte{8}}}),
      frame_case("PING, ACK", "000008 06 01 00000000 0000000000000000", head(Ping, kFlagAck, 0), PingFrame{}),
      frame_case("GOAWAY", "000008 07 00 00000000 00000007 00000000", head(Goaway, 0, 0), GoawayFrame{false, 7, 0, {}}),
      frame_case("GOAWAY, reserved bit, debug data", "00000b 07 00 00000000 ffffffff 0000000b 627965", head(Goaway, 0, 0),
                 GoawayFrame{true, 0x7fffffff, kEnhanceYourCalm, lasting("627965")}),
      frame_case("WINDOW_UPDATE", "000004 08 00 00000001 00000400", head(WindowUpdate, 0, 1), WindowUpdateFrame{false, 1024}),
      frame_case("WINDOW_UPDATE, reserved bit", "000004 08 00 00000001 ffffffff", head(WindowUpdate, 0, 1),
                 WindowUpdateFrame{true, 0x7fffffff}),
      frame_case("CONTINUATION", "000001 09 04 00000001 82", head(Continuation, kFlagEndHeaders, 1),
                 ContinuationFrame{lasting("82")}),
      frame_case("a type that nobody knows", "000002 2f ff 80000009 cafe",
                 {.type = 0x2f, .flags = 0xff, .reserved = true, .stream = 9}, UnknownFrame{lasting("cafe")}),
      frame_case("unused flags and the reserved bit", "000000 04 fe 80000000", head(Settings, 0xfe, 0, true), SettingsFrame{}),
  };
}

inline std::vector<FrameCase> malformed_cases() {
  using enum FrameType;
  using enum Malformation;
  return {
      malformed_case("DATA, padded, without Pad Length", "000000 00 08 00000001", "", head(Data, kFlagPadded, 1), WrongLength),
      malformed_case("DATA, padding as long as the payload", "000003 00 08 00000001", "03 0000", head(Data, kFlagPadded, 1),
                     PaddingTooLarge),
      malformed_case("DATA, padding far too long", "000001 00 08 00000001", "ff", head(Data, kFlagPadded, 1), PaddingTooLarge),
      malformed_case("HEADERS, priority cut", "000004 01 20 00000001", "00000000", head(Headers, kFlagPriority, 1), WrongLength),
      malformed_case("HEADERS, padded, priority cut", "000005 01 28 00000001", "0000000000",
                     head(Headers, kFlagPadded | kFlagPriority, 1), WrongLength),
      malformed_case("HEADERS, padding over the priority", "000007 01 28 00000001", "02 00000000 00 00",
                     head(Headers, kFlagPadded | kFlagPriority, 1), PaddingTooLarge),
      malformed_case("PRIORITY, 4 octets", "000004 02 00 00000001", "00000000", head(FrameType::Priority, 0, 1), WrongLength),
      malformed_case("PRIORITY, 6 octets", "000006 02 00 00000001", "000000000000", head(FrameType::Priority, 0, 1), WrongLength),
      malformed_case("RST_STREAM, 5 octets", "000005 03 00 00000001", "0000000000", head(RstStream, 0, 1), WrongLength),
      malformed_case("RST_STREAM, empty", "000000 03 00 00000001", "", head(RstStream, 0, 1), WrongLength),
      malformed_case("SETTINGS, half a parameter", "000009 04 00 00000000", "000100001000 000000", head(Settings, 0, 0),
                     WrongLength),
      malformed_case("PUSH_PROMISE, 3 octets", "000003 05 00 00000001", "000000", head(PushPromise, 0, 1), WrongLength),
      malformed_case("PUSH_PROMISE, padding over the stream", "000005 05 08 00000001", "01 00000000",
                     head(PushPromise, kFlagPadded, 1), PaddingTooLarge),
      malformed_case("PING, 7 octets", "000007 06 00 00000000", "00000000000000", head(Ping, 0, 0), WrongLength),
      malformed_case("PING, 9 octets", "000009 06 01 00000000", "000000000000000000", head(Ping, kFlagAck, 0), WrongLength),
      malformed_case("GOAWAY, 7 octets", "000007 07 00 00000000", "00000000000000", head(Goaway, 0, 0), WrongLength),
      malformed_case("WINDOW_UPDATE, 3 octets", "000003 08 00 00000000", "000000", head(WindowUpdate, 0, 0), WrongLength),
  };
}

inline std::vector<FrameCase> all_frame_cases() {
  std::vector<FrameCase> all = well_formed_cases();
  for (FrameCase& each : malformed_cases()) all.push_back(std::move(each));
  return all;
}

}  // namespace testigo::http2
