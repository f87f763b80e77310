// ST09: frames that cost their receiver much and their sender nothing (RFC 9113 section 10.5).
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "check/all_checks.h"

namespace testigo::check {
namespace {

using http2::FrameType;
using namespace std::chrono_literals;

// The clause names no numbers; nghttp2 does: 1000 resets at once and 33 a second, 1000 ACKs that it owes, and 8 CONTINUATION of one
// block, then it closes.
constexpr std::uint64_t kAtOnce = 1000;
constexpr Duration kInterval = Duration(1s) / 33;
constexpr std::uint64_t kContinuationsMax = 8;

// At most kAtOnce, and one each kInterval.
class Rate {
 public:
  // Whether one more may come now.
  bool take(Time now) {
    const Time earliest = now - static_cast<int>(kAtOnce) * kInterval;
    due_ = std::max(due_, earliest);
    if (due_ >= now) return false;
    due_ += kInterval;
    return true;
  }

 private:
  Time due_{};
};

class FloodChecks final : public Check {
 public:
  explicit FloodChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override { return kFramesAlone; }
  FrameTypes frame_types() const override {
    return {FrameType::Data, FrameType::RstStream, FrameType::Settings, FrameType::Ping, FrameType::Continuation};
  }
  void on_frame(const call::FrameSeen& seen) override;

 private:
  struct Sender {
    std::array<Rate, FrameTypes::kCount> rates;   // by type
    std::array<bool, FrameTypes::kCount> told{};  // once is enough
    std::uint64_t continuations = 0;              // in a row
    std::uint64_t pings = 0;                      // that wait for their ACK
  };

  Sender& sender(Direction direction) { return senders_[static_cast<std::size_t>(direction)]; }
  void rate(const call::FrameSeen& seen);
  void ping(const call::FrameSeen& seen);
  // The same flood is told once.
  void judge(const call::FrameSeen& seen, bool holds, std::string_view limit);
  void continuation(const call::FrameSeen& seen);

  Findings& findings_;
  std::array<Sender, 2> senders_;
};

// What is demanded is no flood: ACKs, the empty DATA that ends a stream, and the RST_STREAM(NO_ERROR) of a client that was answered
// before it had ended its request (gRPC over HTTP2, Early Server Closure). A server resets what a client opened.
bool counts(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  if (header.is(FrameType::Data)) return header.length == 0 && !header.has(http2::kFlagEndStream);
  if (const auto* reset = std::get_if<http2::RstStreamFrame>(&seen.frame.payload)) {
    return seen.spot.direction == Direction::ToServer && reset->error_code != http2::kNoError;
  }
  return !header.has(http2::kFlagAck);
}

void FloodChecks::on_frame(const call::FrameSeen& seen) {
  if (seen.frame.header.is(FrameType::Continuation)) {
    continuation(seen);
  } else if (seen.frame.header.is(FrameType::Ping)) {
    ping(seen);
  } else if (counts(seen)) {
    rate(seen);
  }
}

void FloodChecks::rate(const call::FrameSeen& seen) {
  const std::size_t type = FrameTypes::index(seen.frame.header.type);
  judge(seen, sender(seen.spot.direction).rates[type].take(seen.spot.time), "and 33 each second");
}

// gRPC measures a path by a PING each round trip while DATA flows (BDP): no rate tells such PINGs from a flood, but a flood does
// not wait for its ACKs. nghttp2 bounds the ACKs that it owes, too.
void FloodChecks::ping(const call::FrameSeen& seen) {
  if (!seen.connection.whole()) return;  // the judge says so
  if (seen.frame.header.has(http2::kFlagAck)) {
    std::uint64_t& waiting = sender(opposite(seen.spot.direction)).pings;
    if (waiting != 0) --waiting;
  } else {
    judge(seen, ++sender(seen.spot.direction).pings <= kAtOnce, "without waiting for their ACKs");
  }
}

void FloodChecks::judge(const call::FrameSeen& seen, bool holds, std::string_view limit) {
  const std::uint8_t type = seen.frame.header.type;
  if (!holds && std::exchange(sender(seen.spot.direction).told[FrameTypes::index(type)], true)) return;
  findings_.judge(Id::ST09, holds, seen.spot,
                  [&] { return fmt::format("a flood of {}: more than {}, {}", http2::frame_type_name(type), kAtOnce, limit); });
}

void FloodChecks::continuation(const call::FrameSeen& seen) {
  std::uint64_t& run = sender(seen.spot.direction).continuations;
  if (++run == kContinuationsMax + 1) {
    findings_.fail(Id::ST09, seen.spot, fmt::format("a header block with more than {} CONTINUATION", kContinuationsMax));
  }
  if (!seen.frame.header.has(http2::kFlagEndHeaders)) return;
  if (run <= kContinuationsMax) findings_.pass(Id::ST09);
  run = 0;
}

}  // namespace

std::unique_ptr<Check> flood_checks(Findings& findings) { return std::make_unique<FloodChecks>(findings); }

}  // namespace testigo::check
