// BH01 to BH04: PINGs over time (gRFC A8, keepalive.md). What is in a PING never decides: all are alike.
#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/ping_strikes.h"

namespace testigo::check {
namespace {

using http2::FrameType;
using namespace std::chrono_literals;

constexpr Duration kApartLeast = 10s;
constexpr Duration kJitter = 500ms;      // of timers, and of what lies between them and the witness; at most
constexpr int kJitterShare = 5;          // of the time that a timer takes: a fifth
constexpr Duration kTimerLeast = 100ms;  // what comes sooner is a burst (ST09), or measures the way
constexpr int kTimesOfKeepalive = 3;     // that PINGs came as soon, in a row
constexpr Duration kTimeout = 20s;       // KEEPALIVE_TIMEOUT, the default
constexpr Duration kClosedAtOnce = 2s;   // later than this is not at once; grpc-go waits a second for its GOAWAY to be read
constexpr std::size_t kPingsListed = 5;  // the newest

class KeepaliveChecks final : public Check {
 public:
  KeepaliveChecks(Findings& findings, CallsSoFar& calls) : findings_(findings), calls_(calls), unanswered_(calls.block_notes) {}

  call::Interest hears() const override {
    return {.frames = true, .blocks = true, .messages = false, .side_ends = false, .calls = true};
  }
  FrameTypes frame_types() const override { return kSignals; }
  void on_frame(const call::FrameSeen& seen) override;
  bool speaks_without_notes(const call::BlockSeen&) const override { return true; }
  void on_block(const call::BlockSeen& seen) override { silence(seen.connection, seen.spot); }
  void on_call(const call::CallClosed&) override { ++calls_.closed; }
  void on_connection_closed(const call::ConnectionClosed& closed) override;

 private:
  // A PING of one side, and how much its sender had been sent by then.
  struct Sent {
    call::Spot spot;
    std::uint64_t received = 0;
  };
  static std::uint64_t received(const call::ConnectionView& connection, const call::Spot& spot) {
    return spot.direction == Direction::ToServer ? connection.octets_to_client : connection.octets_to_server;
  }
  // PINGs in a row that came too soon.
  struct Soon {
    int times = 0;
    Duration shortest{};
    Duration longest{};
  };
  void client_ping(const call::FrameSeen& seen);
  void too_soon(const call::Spot& ping, Duration apart);
  void silence(const call::ConnectionView& connection, const call::Spot& spot);
  void goaway(const call::FrameSeen& seen, const http2::GoawayFrame& frame);

  Findings& findings_;
  CallsSoFar& calls_;
  std::optional<call::Spot> last_ping_;  // of the client, without HEADERS or DATA received since
  Soon soon_;
  PingStrikes strikes_;
  std::uint64_t answer_frames_ = 0;  // by the last PING of the client
  std::deque<call::Spot> pings_;     // of the client
  std::optional<call::Spot> too_many_;
  Notes<Direction, Sent> unanswered_;
};

void KeepaliveChecks::on_frame(const call::FrameSeen& seen) {
  const http2::FrameHeader& header = seen.frame.header;
  silence(seen.connection, seen.spot);
  if (header.is(FrameType::Ping) && !header.has(http2::kFlagAck)) {
    unanswered_.try_emplace(seen.spot.direction) = Sent{seen.spot, received(seen.connection, seen.spot)};
    if (seen.spot.direction == Direction::ToServer) client_ping(seen);
  } else if (const auto* frame = std::get_if<http2::GoawayFrame>(&seen.frame.payload)) {
    goaway(seen, *frame);
  }
}

// BH01, BH02. What may have been received unseen excuses any PING.
void KeepaliveChecks::client_ping(const call::FrameSeen& seen) {
  if (!seen.connection.whole() || !seen.connection.seen_all_before(seen.spot)) {
    for (const Id id : {Id::BH01, Id::BH02}) findings_.not_judgeable(id, "octets that the client had received were not seen");
    last_ping_.reset();
    strikes_.forgive();
    return;
  }
  if (seen.connection.answer_frames != answer_frames_) {
    answer_frames_ = seen.connection.answer_frames;
    last_ping_.reset();
    strikes_.forgive();
  }
  if (last_ping_) {
    const Duration apart = seen.spot.time - last_ping_->time;
    too_soon(seen.spot, apart);
  } else {
    soon_ = {};
  }
  last_ping_ = seen.spot;
  pings_.push_back(seen.spot);
  if (pings_.size() > kPingsListed) pings_.pop_front();
  switch (strikes_.ping(seen.spot.time, seen.connection.calls != calls_.closed)) {
    case PingStrikes::Answer::Permitted:
      findings_.pass(Id::BH02);
      break;
    case PingStrikes::Answer::Strike:
      break;
    case PingStrikes::Answer::TooMany:
      findings_.fail(Id::BH02, seen.spot, "a server with the default settings answers this PING with GOAWAY too_many_pings");
      break;
  }
}

// BH01. "PINGs have other uses": one that comes soon may measure or ask anything. Keepalive shows in its timer, which goes off
// again and again after the same time.
void KeepaliveChecks::too_soon(const call::Spot& ping, Duration apart) {
  if (apart >= kApartLeast - kJitter) {
    soon_ = {};
    findings_.pass(Id::BH01);
    return;
  }
  if (apart < kTimerLeast) {
    soon_ = {};
    return;
  }
  const Duration shortest = std::min(soon_.shortest, apart), longest = std::max(soon_.longest, apart);
  const bool regular = soon_.times != 0 && longest - shortest <= std::min(kJitter, shortest / kJitterShare);
  soon_ = regular ? Soon{soon_.times + 1, shortest, longest} : Soon{1, apart, apart};
  if (soon_.times < kTimesOfKeepalive) return;
  findings_.fail(
      Id::BH01, ping,
      fmt::format("a PING {} after the one before it, as {} before it, and neither HEADERS nor DATA was received between them",
                  to_human(apart), soon_.times - 1));
}

// BH04. Octets of any kind show that the connection lives.
void KeepaliveChecks::silence(const call::ConnectionView& connection, const call::Spot& spot) {
  const Sent* const sent = unanswered_.find(spot.direction);
  if (sent == nullptr) return;
  if (received(connection, spot) != sent->received) {
    findings_.pass(Id::BH04);
    unanswered_.erase(spot.direction);
    return;
  }
  const Duration silent = spot.time - sent->spot.time;
  if (silent < kTimeout + kJitter || !connection.whole() || !connection.seen_all_before(spot)) return;
  findings_.fail(Id::BH04, spot,
                 fmt::format("no octet came for {} after a PING, and its sender still uses the connection", to_human(silent)));
  unanswered_.erase(spot.direction);
}

// BH03.
void KeepaliveChecks::goaway(const call::FrameSeen& seen, const http2::GoawayFrame& frame) {
  if (seen.spot.direction == Direction::ToServer) return;
  if (frame.error_code == http2::kEnhanceYourCalm && as_text(frame.debug) == "too_many_pings" && !too_many_) too_many_ = seen.spot;
}

// The packets of the newest PINGs.
std::string listed(const std::deque<call::Spot>& pings) {
  std::string text;
  for (const call::Spot& ping : pings) text += fmt::format("{}{}", text.empty() ? "" : ", ", ping.place.packet);
  return text.empty() ? "none" : text;
}

void KeepaliveChecks::on_connection_closed(const call::ConnectionClosed& closed) {
  if (!too_many_ || !closed.connection.whole()) return;
  const Duration open = (closed.closing ? closed.closing->time : closed.ended) - too_many_->time;
  findings_.judge(Id::BH03, open <= kClosedAtOnce, *too_many_, [&] {
    return fmt::format("GOAWAY too_many_pings, and the connection stayed open for {}; the last PINGs: packets {}", to_human(open),
                       listed(pings_));
  });
}

}  // namespace

std::unique_ptr<Check> keepalive_checks(Findings& findings, CallsSoFar& calls) {
  return std::make_unique<KeepaliveChecks>(findings, calls);
}

}  // namespace testigo::check
