// One call down to its octets: the frames of its stream, what their headers and messages say, and what each octet means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/chunk.h"
#include "base/clock.h"
#include "call/event.h"
#include "report/frame_parts.h"
#include "report/message_body.h"
#include "wire/http2/hpack_layout.h"

namespace testigo::report {

struct DetailedField {
  std::string name, value;  // inert; the value of a secret one is empty
  http2::Known name_known = http2::Known::Exact, value_known = http2::Known::Exact;
  bool secret = false;
  std::uint64_t unknown_entry = 0;        // http2::HeaderField::unknown_entry
  std::optional<http2::Extent> octets{};  // of its frame, where all of its block stands in one
};

struct DetailedMessage {
  std::uint64_t number = 0;
  std::uint32_t length = 0;  // octets of the message, as they travelled
  std::uint8_t flag = 0;     // the compressed-flag
  MessageBody body;
  std::optional<http2::Extent> octets{};  // of its frame, prefix included, where the message ends and as far as it stands there
};

struct DetailedFrame {
  Time time;
  Direction direction = Direction::ToServer;
  std::uint64_t packet = 0;
  std::uint64_t offset = 0;  // of its first octet, in octets of its direction
  http2::FrameHeader header;
  std::string text;
  std::vector<std::byte> octets;  // the first of it, its header included; zeros where a secret stands
  std::size_t size = 0;           // all of it
  http2::Extent content;          // content_of it
  std::vector<Part> parts;
  std::vector<DetailedField> fields;
  std::vector<DetailedMessage> messages;  // that end here
};

struct CallDetail {
  call::ConnectionNumber connection = 0;
  call::StreamId stream = 0;
  std::vector<DetailedFrame> frames;
  std::uint64_t frames_left_out = 0;  // behind those
};

// As docs/formats/page.md has it: `frames` and `frames_left_out`. Times are told since `began`.
nlohmann::ordered_json frames_json(const CallDetail& detail, Time began);

}  // namespace testigo::report
