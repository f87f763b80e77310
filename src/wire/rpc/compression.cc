#include "wire/rpc/compression.h"

#include <algorithm>
#include <array>

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

namespace testigo::rpc {
namespace {

constexpr int kWindowBits = 15;
constexpr int kGzip = 16;           // added to the window bits: RFC 1952 in place of RFC 1950
constexpr int kZstdWindowLog = 23;  // 8 MiB, which RFC 8878 section 3.1.1.1.2 recommends that everybody takes
constexpr std::size_t kPieceBytes = std::size_t{16} << 10;

// What one step of a decompressor did.
enum class Step : std::uint8_t { More, End, CutOff, Broken, TooLong };

// gzip and deflate.
class Inflation {
 public:
  Inflation() = default;
  ~Inflation() {
    if (begun_) inflateEnd(&stream_);
  }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  bool begin(Coding coding, Bytes message) {
    const int bits = coding == Coding::Gzip ? kWindowBits + kGzip : kWindowBits;
    if (begun_ ? inflateReset2(&stream_, bits) != Z_OK : inflateInit2(&stream_, bits) != Z_OK) return false;
    begun_ = true;
    // zlib does not write to its input.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(message.data()));
    stream_.avail_in = static_cast<uInt>(message.size());
    return true;
  }
  Step step(std::span<std::byte> piece, std::size_t& written) {
    stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream_.avail_out = static_cast<uInt>(piece.size());
    const int answer = inflate(&stream_, Z_NO_FLUSH);
    written = piece.size() - stream_.avail_out;
    if (answer == Z_STREAM_END) return Step::End;
    if (answer == Z_BUF_ERROR || (answer == Z_OK && stream_.avail_in == 0 && stream_.avail_out != 0)) return Step::CutOff;
    return answer == Z_OK ? Step::More : Step::Broken;
  }
  bool left_over() const { return stream_.avail_in != 0; }

 private:
  z_stream stream_{};
  bool begun_ = false;
};

// Made for one message: what it remembers may be megabytes, and there may be many connections.
class Zstd {
 public:
  Zstd() : context_(ZSTD_createDCtx()) {}
  ~Zstd() { ZSTD_freeDCtx(context_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  bool begin(Bytes message) {
    input_ = {message.data(), message.size(), 0};
    return context_ != nullptr && ZSTD_isError(ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kZstdWindowLog)) == 0;
  }
  Step step(std::span<std::byte> piece, std::size_t& written) {
    ZSTD_outBuffer output{piece.data(), piece.size(), 0};
    const std::size_t answer = ZSTD_decompressStream(context_, &output, &input_);
    written = output.pos;
    if (ZSTD_isError(answer) != 0) {
      return ZSTD_getErrorCode(answer) == ZSTD_error_frameParameter_windowTooLarge ? Step::TooLong : Step::Broken;
    }
    if (answer == 0) return Step::End;
    return input_.pos == input_.size && output.pos != output.size ? Step::CutOff : Step::More;
  }
  bool left_over() const { return input_.pos != input_.size; }

 private:
  ZSTD_DCtx* context_;
  ZSTD_inBuffer input_{};
};

// A stream that has begun, to its end.
template <typename Stream>
Decompressed drain(Stream& stream, std::span<std::byte> piece, std::size_t bytes_max, std::vector<std::byte>* into) {
  std::size_t bytes = 0;
  while (true) {
    std::size_t written = 0;
    const Step step = stream.step(piece, written);
    bytes += written;
    if (bytes > bytes_max) return Decompressed::TooLong;
    if (into != nullptr) append(*into, piece.first(written));
    switch (step) {
      case Step::More:
        break;
      case Step::End:
        return stream.left_over() ? Decompressed::LeftOver : Decompressed::Whole;
      case Step::CutOff:
        return Decompressed::CutOff;
      case Step::Broken:
        return Decompressed::Broken;
      case Step::TooLong:
        return Decompressed::TooLong;
    }
  }
}

}  // namespace

Coding coding(std::string_view name) {
  if (name == "identity") return Coding::Identity;
  if (name == "gzip") return Coding::Gzip;
  if (name == "zstd") return Coding::Zstd;
  return name == "deflate" ? Coding::Deflate : Coding::Other;
}

struct Decompressor::State {
  Inflation inflation;
  std::array<std::byte, kPieceBytes> piece{};
};

Decompressor::Decompressor(const Limits& limits)
    : bytes_max_(limits.decompressed_bytes_max), times_max_(limits.decompressed_times_max) {}
Decompressor::~Decompressor() = default;

Decompressed Decompressor::decompress(Coding coding, Bytes message, std::vector<std::byte>* into) {
  if (into != nullptr) into->clear();
  if (coding == Coding::Identity || coding == Coding::Other) return Decompressed::NotBuiltIn;
  if (state_ == nullptr) state_ = std::make_unique<State>();
  const std::size_t bytes_max = std::max(bytes_max_, times_max_ * message.size());
  if (coding == Coding::Zstd) {
    Zstd zstd;
    return zstd.begin(message) ? drain(zstd, state_->piece, bytes_max, into) : Decompressed::NotBuiltIn;
  }
  if (!state_->inflation.begin(coding, message)) return Decompressed::NotBuiltIn;
  return drain(state_->inflation, state_->piece, bytes_max, into);
}

}  // namespace testigo::rpc
