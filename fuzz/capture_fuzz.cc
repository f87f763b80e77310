// A capture file of any octets: nothing crashes; the end is always told, last and once; acknowledgements never go back; cutting the
// input elsewhere changes nothing.
#include <map>

#include "base/testing/cuts.h"
#include "capture/capture_decoder.h"
#include "capture/capture_file.h"
#include "require.h"

namespace {

using namespace testigo;

class RequiringSink final : public tcp::ConnectionSink {
 public:
  void on_opened(const tcp::ConnectionOpened& opened) override {
    REQUIRE(!ended && opened.connection == ++last_);
    acked_[opened.connection] = {};
  }
  void on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) override {
    REQUIRE(!ended && acked_.contains(connection));
    std::uint64_t& acked = acked_[connection][static_cast<std::size_t>(chunk.direction)];
    REQUIRE(chunk.acked >= acked);
    REQUIRE(!chunk.bytes.empty() || chunk.missing != 0 || chunk.acked > acked);
    acked = chunk.acked;
  }
  void on_closing(const tcp::ConnectionClosing& closing) override { REQUIRE(!ended && acked_.contains(closing.connection)); }
  void on_end() override {
    REQUIRE(!ended);
    ended = true;
  }
  bool ended = false;

 private:
  tcp::ConnectionNumber last_ = 0;
  std::map<tcp::ConnectionNumber, std::array<std::uint64_t, 2>> acked_;
};

std::uint64_t blocks_of(Bytes octets, std::uint64_t seed) {
  capture::CaptureDecoder reader;
  std::uint64_t blocks = 0;
  testing::Cuts cuts(octets, seed);
  while (const auto piece = cuts.next()) {
    reader.feed(*piece);
    capture::CaptureBlock block;
    capture::ReadBlock read;
    while ((read = reader.next(block)) == capture::ReadBlock::Done) ++blocks;
    if (read == capture::ReadBlock::Malformed) break;
  }
  return blocks;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes octets(reinterpret_cast<const std::byte*>(data), size);
  RequiringSink sink;
  capture::read_capture(octets, sink);
  REQUIRE(sink.ended);
  REQUIRE(blocks_of(octets, testing::Cuts::kWhole) == blocks_of(octets, 2 + size % 5));
  return 0;
}
