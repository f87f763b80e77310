#include "capture/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cassert>
#include <new>
#include <vector>

namespace testigo::capture {
namespace {

constexpr std::size_t kMagicBytes = 2;
constexpr std::uint64_t kMagic = 0x1f8b;
constexpr int kGzipOnly = 16;  // added to the window's bits

}  // namespace

struct Gunzip::State {
  State() {
    if (::inflateInit2(&stream, MAX_WBITS + kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~State() { ::inflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  z_stream stream = {};
  std::vector<std::byte> input;
  bool inside = false;
  std::string trouble;
};

Gunzip::Gunzip() : state_(std::make_unique<State>()) {}
Gunzip::~Gunzip() = default;
Gunzip::Gunzip(Gunzip&&) noexcept = default;
Gunzip& Gunzip::operator=(Gunzip&&) noexcept = default;

bool Gunzip::begins(Bytes octets) { return load_number(octets.data(), kMagicBytes) == kMagic; }

void Gunzip::feed(Bytes octets) {
  assert(state_->stream.avail_in == 0 || !state_->trouble.empty());
  state_->input.assign(octets.begin(), octets.end());
  state_->stream.next_in = reinterpret_cast<Bytef*>(state_->input.data());
  state_->stream.avail_in = static_cast<uInt>(state_->input.size());
}

// Octets of the output may wait in zlib when all of the input is used up.
std::size_t Gunzip::read(std::span<std::byte> out) {
  z_stream& stream = state_->stream;
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  while (stream.avail_out > 0 && state_->trouble.empty()) {
    if (!state_->inside) skip_zeros();
    if (!state_->inside && stream.avail_in == 0) break;
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    state_->inside = result != Z_STREAM_END;
    if (result == Z_BUF_ERROR) break;  // it wants more
    if (result == Z_STREAM_END) {
      ::inflateReset(&stream);  // another member may follow
    } else if (result != Z_OK) {
      state_->trouble =
          fmt::format("the compressed data is damaged: {}", stream.msg != nullptr ? stream.msg : "it goes on wrongly");
    }
  }
  return out.size() - stream.avail_out;
}

// Padding between members, or behind the last one, which gzip(1) passes over.
void Gunzip::skip_zeros() {
  z_stream& stream = state_->stream;
  for (; stream.avail_in > 0 && *stream.next_in == 0; --stream.avail_in) ++stream.next_in;
}

const std::string& Gunzip::trouble() const { return state_->trouble; }
bool Gunzip::inside() const { return state_->inside; }

}  // namespace testigo::capture
