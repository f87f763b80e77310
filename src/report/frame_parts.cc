#include "report/frame_parts.h"

#include <utility>
#include <variant>

#include <fmt/format.h>

namespace testigo::report {
namespace {

using http2::FrameType;
using http2::kFrameHeaderBytes;

std::string octets_text(std::size_t count) { return fmt::format("{} octet{}", count, count == 1 ? "" : "s"); }

std::string flags_text(const http2::FrameHeader& header) {
  std::string text = "flags";
  for (const std::string& name : flag_names(header)) text += " " + name;
  return header.flags == 0 ? "no flags" : text;
}

// One part behind the other.
class Parts {
 public:
  explicit Parts(const http2::FrameHeader& header) {
    add(3, fmt::format("length {}", header.length));
    add(1, fmt::format("type {}", http2::frame_type_name(header.type)));
    add(1, flags_text(header));
    add(4, header.stream == 0 ? "the connection" : fmt::format("stream {}", header.stream));
  }

  void add(std::size_t octets, std::string text) {
    if (octets != 0) parts_.push_back({at_, at_ + octets, std::move(text)});
    at_ += octets;
  }

  void operator()(const http2::DataFrame& data) {
    pad_length(data.padding);
    add(data.data.size(), "data");
    padding(data.padding);
  }
  void operator()(const http2::HeadersFrame& headers) {
    pad_length(headers.padding);
    if (headers.priority) priority(*headers.priority);
    add(headers.fragment.size(), "header block");
    padding(headers.padding);
  }
  void operator()(const http2::PriorityFrame& frame) { priority(frame.priority); }
  void operator()(const http2::RstStreamFrame& reset) {
    add(4, fmt::format("error code {}", http2::error_code_name(reset.error_code)));
  }
  void operator()(const http2::SettingsFrame& settings) {
    for (std::size_t i = 0; i < settings.size(); ++i) {
      const http2::Setting setting = settings.at(i);
      add(2, http2::setting_name(setting.id));
      add(4, fmt::format("value {}", setting.value));
    }
  }
  void operator()(const http2::PushPromiseFrame& push) {
    pad_length(push.padding);
    add(4, fmt::format("promises stream {}", push.promised));
    add(push.fragment.size(), "header block");
    padding(push.padding);
  }
  void operator()(const http2::PingFrame& ping) { add(ping.opaque.size(), "opaque data"); }
  void operator()(const http2::GoawayFrame& goaway) {
    add(4, fmt::format("last stream {}", goaway.last_stream));
    add(4, fmt::format("error code {}", http2::error_code_name(goaway.error_code)));
    add(goaway.debug.size(), "debug data");
  }
  void operator()(const http2::WindowUpdateFrame& update) { add(4, fmt::format("increment {}", update.increment)); }
  void operator()(const http2::ContinuationFrame& more) { add(more.fragment.size(), "header block, continued"); }
  void operator()(const http2::UnknownFrame& unknown) { add(unknown.payload.size(), "payload of a type that nobody knows"); }
  void operator()(const http2::MalformedFrame& malformed) {
    const bool length = malformed.malformation == http2::Malformation::WrongLength;
    add(malformed.payload.size(),
        length ? "malformed: a length that the type does not allow" : "malformed: the padding does not fit");
  }

  std::vector<Part> take() { return std::move(parts_); }

 private:
  void pad_length(const std::optional<http2::Padding>& of) {
    if (of) add(1, fmt::format("{} of padding", octets_text(of->octets.size())));
  }
  void padding(const std::optional<http2::Padding>& of) {
    if (of) add(of->octets.size(), "padding");
  }
  void priority(const http2::Priority& of) {
    add(4, fmt::format("depends on stream {}{}", of.dependency, of.exclusive ? " alone" : ""));
    add(1, fmt::format("weight {}", of.weight + 1));
  }

  std::size_t at_ = 0;
  std::vector<Part> parts_;
};

// Where a header block fragment, or data, stands in its frame.
struct Content {
  http2::Extent operator()(const http2::DataFrame& data) const { return at(data.padding ? 1 : 0, data.data); }
  http2::Extent operator()(const http2::HeadersFrame& headers) const {
    return at((headers.padding ? 1 : 0) + (headers.priority ? 5 : 0), headers.fragment);
  }
  http2::Extent operator()(const http2::PushPromiseFrame& push) const { return at((push.padding ? 1 : 0) + 4, push.fragment); }
  http2::Extent operator()(const http2::ContinuationFrame& more) const { return at(0, more.fragment); }
  template <typename Payload>
  http2::Extent operator()(const Payload&) const {
    return {kFrameHeaderBytes, kFrameHeaderBytes};
  }

  static http2::Extent at(std::size_t before, Bytes octets) {
    return {kFrameHeaderBytes + before, kFrameHeaderBytes + before + octets.size()};
  }
};

}  // namespace

std::vector<std::string> flag_names(const http2::FrameHeader& header) {
  struct Flag {
    std::uint8_t bit;
    std::string_view name;
    std::initializer_list<FrameType> types;
  };
  static const Flag all[] = {
      {http2::kFlagEndStream, "END_STREAM", {FrameType::Data, FrameType::Headers}},
      {http2::kFlagAck, "ACK", {FrameType::Settings, FrameType::Ping}},
      {http2::kFlagEndHeaders, "END_HEADERS", {FrameType::Headers, FrameType::PushPromise, FrameType::Continuation}},
      {http2::kFlagPadded, "PADDED", {FrameType::Data, FrameType::Headers, FrameType::PushPromise}},
      {http2::kFlagPriority, "PRIORITY", {FrameType::Headers}},
  };
  std::vector<std::string> names;
  unsigned left = header.flags;
  for (const Flag& flag : all) {
    if (!header.has(flag.bit)) continue;
    for (const FrameType type : flag.types) {
      if (!header.is(type)) continue;
      names.emplace_back(flag.name);
      left &= ~static_cast<unsigned>(flag.bit);
    }
  }
  if (left != 0) names.push_back(fmt::format("0x{:02x}", left));
  return names;
}

std::vector<Part> frame_parts(const http2::Frame& frame) {
  Parts parts(frame.header);
  std::visit(parts, frame.payload);
  return parts.take();
}

http2::Extent content_of(const http2::Frame& frame) { return std::visit(Content(), frame.payload); }

}  // namespace testigo::report
