// Masks one direction of HTTP/2, in place: steps over its frames and decides octet by octet what is written. Cutting the input
// elsewhere never changes the output. What a header block holds is known when it is whole, so octets behind its start wait for
// that.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/chunk.h"
#include "base/limits.h"
#include "capture/block_redaction.h"
#include "capture/data_redaction.h"
#include "wire/http2/frame.h"

namespace testigo::capture {

class Http2Redaction {
 public:
  // `data` belongs to both directions of the connection. All but `limits` must outlive it.
  Http2Redaction(Direction direction, const SecretNames& names, SecretTally& tally, DataRedaction& data, const Limits& limits);

  // `octets` are all that are not decided: what the last call left, and new ones behind. Returns how many of them, from the first
  // one, are now as they shall be written.
  std::size_t redact(std::span<std::byte> octets);
  // How many octets there are, behind those decided, up to the end of the frame at hand, as far as its header says.
  std::size_t frame_end() const { return at_ + (head_size_ == http2::kFrameHeaderBytes ? left_ : 0); }

 private:
  // What becomes of the payload of the frame at hand.
  enum class Payload : std::uint8_t { AsItIs, Zeros, PadLength, Data, Block };

  // A run of octets that are not decided.
  struct Piece {
    std::size_t at = 0;
    std::size_t size = 0;
  };

  // A header block whose fragments are not all there.
  struct OpenBlock {
    http2::StreamId stream = 0;
    bool promised = false;
    bool end_stream = false;
    std::size_t from = 0;
    std::vector<Piece> pieces;
    std::size_t bytes = 0;
  };

  bool step();
  bool take_header();
  void begin_frame();
  Payload treatment() const;
  bool take_payload();
  bool take_block_frame();
  void end_frame();
  void take_plain(std::size_t size);
  void take_pad_length();
  void take_data();
  void take_fragment(Bytes fragment, bool promised);
  void take_continuation(Bytes fragment);
  void finish_block(std::span<std::byte> block, http2::StreamId stream, bool promised, bool end_stream);
  void finish_block(const OpenBlock& open);
  void lose_block();
  std::span<std::byte> next(std::size_t size) { return octets_.subspan(at_, size); }
  std::span<std::byte> piece(Piece piece) { return octets_.subspan(piece.at, piece.size); }
  Piece piece_of(Bytes inside) const;

  Direction direction_;
  DataRedaction& data_;
  BlockRedaction blocks_;
  std::size_t block_bytes_max_;
  std::span<std::byte> octets_;  // for the call
  std::size_t at_ = 0;           // octets of them that were stepped over
  std::array<std::byte, http2::kFrameHeaderBytes> head_{};
  std::size_t head_size_ = 0;
  http2::FrameHeader header_;
  std::size_t left_ = 0;     // of the frame's payload
  std::size_t padding_ = 0;  // at its end
  Payload payload_ = Payload::AsItIs;
  std::optional<OpenBlock> block_;
};

}  // namespace testigo::capture
