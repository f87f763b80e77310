// One direction of an HTTP/2 connection, as octets: for tests and fuzz targets of what is written of it.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "wire/http2/frame_encoder.h"
#include "wire/http2/hpack_encoder.h"
#include "wire/http2/preface.h"

namespace testigo::capture::testing {

using Fields = std::vector<http2::FieldToEncode>;

inline Fields grpc_request(Fields more = {}) {
  Fields fields = {
      {":method", "POST"}, {":scheme", "http"}, {":path", "/a.B/C"}, {"content-type", "application/grpc"}, {"te", "trailers"}};
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

struct Speaker {
  explicit Speaker(bool huffman = true) : encoder(huffman) {}

  std::vector<std::byte> block(const Fields& fields) {
    std::vector<std::byte> block;
    for (const http2::FieldToEncode& field : fields) encoder.encode(field, block);
    return block;
  }

  Speaker& octets(std::string_view text) { return append(said, as_octets(text)), *this; }
  Speaker& preface() { return octets(http2::kPreface).frame(http2::FrameType::Settings, 0, 0, Bytes()); }

  // Any frame at all.
  Speaker& frame(http2::FrameType type, unsigned flags, http2::StreamId stream, Bytes payload) {
    append_number(said, payload.size(), 3);
    append_number(said, static_cast<std::uint8_t>(type), 1);
    append_number(said, flags, 1);
    append_number(said, stream, 4);
    append(said, payload);
    return *this;
  }
  Speaker& frame(http2::FrameType type, unsigned flags, http2::StreamId stream, std::string_view payload) {
    return frame(type, flags, stream, as_octets(payload));
  }

  Speaker& headers(http2::StreamId stream, const Fields& fields, unsigned flags = 0) {
    return frame(http2::FrameType::Headers, http2::kFlagEndHeaders | flags, stream, block(fields));
  }

  // HEADERS and CONTINUATION of `piece` octets each.
  Speaker& headers_in_pieces(http2::StreamId stream, Bytes block, std::size_t piece, unsigned flags = 0) {
    for (bool first = true; first || !block.empty(); first = false) {
      const Bytes part = block.first(std::min(piece, block.size()));
      block = block.subspan(part.size());
      const unsigned end = block.empty() ? http2::kFlagEndHeaders : 0u;
      frame(first ? http2::FrameType::Headers : http2::FrameType::Continuation, end | (first ? flags : 0u), stream, part);
    }
    return *this;
  }

  Speaker& message(http2::StreamId stream, std::string_view body, unsigned flags = 0) {
    return frame(http2::FrameType::Data, flags, stream, prefixed(body));
  }

  static std::vector<std::byte> prefixed(std::string_view body, std::uint8_t flag = 0) {
    std::vector<std::byte> octets;
    append_number(octets, flag, 1);
    append_number(octets, body.size(), 4);
    append(octets, as_octets(body));
    return octets;
  }

  http2::HpackEncoder encoder;
  std::vector<std::byte> said;
};

}  // namespace testigo::capture::testing
