// What the endpoints of a conversation write.
#include <algorithm>

#include "call/testing/conversation.h"
#include "wire/http2/frame_encoder.h"

namespace testigo::call::testing {
namespace {

using http2::FrameType;

http2::FrameHeader head(FrameType type, std::uint8_t flags, StreamId stream) {
  return {.type = static_cast<std::uint8_t>(type), .flags = flags, .stream = stream};
}

std::uint8_t end_flag(EndStream end) { return end == EndStream::Yes ? http2::kFlagEndStream : 0; }

Part write(http2::FrameHeader header, http2::FramePayload payload) {
  return [=](http2::HpackEncoder&, std::vector<std::byte>& out) { http2::encode_frame({header, payload}, out); };
}

std::vector<std::byte> encode(http2::HpackEncoder& encoder, const FieldList& fields) {
  std::vector<std::byte> block;
  for (const auto& [name, value] : fields) encoder.encode({name, value}, block);
  return block;
}

http2::PingFrame named_ping(char name) {
  http2::PingFrame frame;
  frame.opaque.fill(static_cast<std::byte>(name));
  return frame;
}

void write_in_pieces(Bytes block, StreamId stream, EndStream end, std::vector<std::byte>& out) {
  std::size_t at = 0;
  for (const std::size_t size : {std::size_t{1}, std::size_t{1}, block.size() - 2}) {
    const Bytes piece = block.subspan(at, size);
    const bool last = at + size == block.size();
    const std::uint8_t flags = last ? http2::kFlagEndHeaders : 0;
    if (at == 0) {
      http2::encode_frame({head(FrameType::Headers, end_flag(end), stream), http2::HeadersFrame{{}, piece, {}}}, out);
    } else {
      http2::encode_frame({head(FrameType::Continuation, flags, stream), http2::ContinuationFrame{piece}}, out);
    }
    at += size;
  }
}

}  // namespace

Part octets(std::string_view text) {
  return [kept = std::string(text)](http2::HpackEncoder&, std::vector<std::byte>& out) { append(out, as_octets(kept)); };
}

Part preface() { return octets(http2::kPreface); }

Part settings(std::vector<http2::Setting> entries) {
  return [entries = std::move(entries)](http2::HpackEncoder&, std::vector<std::byte>& out) {
    std::vector<std::byte> payload;
    for (const http2::Setting& entry : entries) {
      append_number(payload, entry.id, 2);
      append_number(payload, entry.value, 4);
    }
    http2::encode_frame({head(FrameType::Settings, 0, 0), http2::SettingsFrame{payload}}, out);
  };
}

Part settings_ack() { return write(head(FrameType::Settings, http2::kFlagAck, 0), http2::SettingsFrame{}); }
Part ping(char name) { return write(head(FrameType::Ping, 0, 0), named_ping(name)); }
Part ping_ack(char name) { return write(head(FrameType::Ping, http2::kFlagAck, 0), named_ping(name)); }

Part goaway(StreamId last_stream, std::uint32_t error_code) {
  return write(head(FrameType::Goaway, 0, 0), http2::GoawayFrame{false, last_stream, error_code, {}});
}

Part rst_stream(StreamId stream, std::uint32_t error_code) {
  return write(head(FrameType::RstStream, 0, stream), http2::RstStreamFrame{error_code});
}

Part window_update(StreamId stream) {
  return write(head(FrameType::WindowUpdate, 0, stream), http2::WindowUpdateFrame{false, 1000});
}
Part priority(StreamId stream) { return write(head(FrameType::Priority, 0, stream), http2::PriorityFrame{{false, 0, 15}}); }

Part headers(StreamId stream, const FieldList& fields, EndStream end) {
  return [=](http2::HpackEncoder& encoder, std::vector<std::byte>& out) {
    const auto block = encode(encoder, fields);
    const auto flags = static_cast<std::uint8_t>(http2::kFlagEndHeaders | end_flag(end));
    http2::encode_frame({head(FrameType::Headers, flags, stream), http2::HeadersFrame{{}, block, {}}}, out);
  };
}

Part headers_in_pieces(StreamId stream, const FieldList& fields, EndStream end) {
  return [=](http2::HpackEncoder& encoder, std::vector<std::byte>& out) {
    write_in_pieces(encode(encoder, fields), stream, end, out);
  };
}

Part headers_begun(StreamId stream, const FieldList& fields, EndStream end) {
  return [=](http2::HpackEncoder& encoder, std::vector<std::byte>& out) {
    const auto block = encode(encoder, fields);
    http2::encode_frame({head(FrameType::Headers, end_flag(end), stream), http2::HeadersFrame{{}, block, {}}}, out);
  };
}

Part push_promise(StreamId stream, StreamId promised, const FieldList& fields) {
  return [=](http2::HpackEncoder& encoder, std::vector<std::byte>& out) {
    const auto block = encode(encoder, fields);
    http2::encode_frame(
        {head(FrameType::PushPromise, http2::kFlagEndHeaders, stream), http2::PushPromiseFrame{false, promised, block, {}}}, out);
  };
}

Part data(StreamId stream, const std::string& text, EndStream end) { return frame(FrameType::Data, end_flag(end), stream, text); }

Part message(StreamId stream, const std::string& text, EndStream end, char flag) {
  std::vector<std::byte> prefix{static_cast<std::byte>(flag)};
  append_number(prefix, text.size(), 4);
  return data(stream, std::string(as_text(prefix)) + text, end);
}

Part end_of_data(StreamId stream) { return data(stream, "", EndStream::Yes); }

Part frame(FrameType type, std::uint8_t flags, StreamId stream, const std::string& payload) {
  return [=](http2::HpackEncoder&, std::vector<std::byte>& out) {
    // As a frame of unknown payload, so that it may be malformed.
    http2::encode_frame({head(type, flags, stream), http2::UnknownFrame{as_octets(payload)}}, out);
  };
}

}  // namespace testigo::call::testing
