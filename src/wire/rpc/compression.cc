#include "wire/rpc/compression.h"

#include <array>

#include <zlib.h>

namespace testigo::rpc {
namespace {

constexpr int kWindowBits = 15;
constexpr int kGzip = 16;  // added to the window bits: RFC 1952 in place of RFC 1950
constexpr std::size_t kPieceBytes = std::size_t{16} << 10;

int window_bits(Coding coding) { return coding == Coding::Gzip ? kWindowBits + kGzip : kWindowBits; }

}  // namespace

Coding coding(std::string_view name) {
  if (name == "identity") return Coding::Identity;
  if (name == "gzip") return Coding::Gzip;
  return name == "deflate" ? Coding::Deflate : Coding::Other;
}

struct Decompressor::State {
  State() = default;
  ~State() {
    if (begun) inflateEnd(&stream);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  bool begin(int bits) {
    if (begun) return inflateReset2(&stream, bits) == Z_OK;
    begun = inflateInit2(&stream, bits) == Z_OK;
    return begun;
  }

  z_stream stream{};
  bool begun = false;
  std::array<Bytef, kPieceBytes> piece{};
};

Decompressor::Decompressor(const Limits& limits) : bytes_max_(limits.decompressed_bytes_max) {}
Decompressor::~Decompressor() = default;

Decompressed Decompressor::decompress(Coding coding, Bytes message, Digest* digest) {
  if (coding != Coding::Gzip && coding != Coding::Deflate) return Decompressed::NotBuiltIn;
  if (state_ == nullptr) state_ = std::make_unique<State>();
  if (!state_->begin(window_bits(coding))) return Decompressed::NotBuiltIn;
  z_stream& stream = state_->stream;
  // zlib does not write to its input.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(message.data()));
  stream.avail_in = static_cast<uInt>(message.size());
  std::size_t bytes = 0;
  while (true) {
    stream.next_out = state_->piece.data();
    stream.avail_out = static_cast<uInt>(state_->piece.size());
    const int answer = inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = state_->piece.size() - stream.avail_out;
    bytes += made;
    if (digest != nullptr) digest->add(std::as_bytes(std::span(state_->piece)).first(made));
    if (bytes > bytes_max_) return Decompressed::TooLong;
    if (answer == Z_STREAM_END) return stream.avail_in == 0 ? Decompressed::Whole : Decompressed::LeftOver;
    if (answer == Z_BUF_ERROR || (answer == Z_OK && stream.avail_in == 0 && stream.avail_out != 0)) return Decompressed::CutOff;
    if (answer != Z_OK) return Decompressed::Broken;
  }
}

}  // namespace testigo::rpc
