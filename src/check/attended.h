// A connection and its checks: each hears what it must hear.
//
// What is judged is what stands on HTTP/2 and not behind a gap. What answers a request of HTTP/1.1, or is said to a server that
// speaks something else, is told, and not judged.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "call/event.h"
#include "call/roster.h"
#include "check/alike_blocks.h"
#include "check/all_checks.h"
#include "check/attempt.h"
#include "check/findings.h"

namespace testigo::check {

// It stays where it is: its checks point at `findings`, and the roster at them.
class Attended final : public call::Sink {
 public:
  // The others must outlive it. `declared` may be null; `attempts` are told of those.
  Attended(Rows rows, FindingLog& log, Across& across, Declared* declared, AttemptSink& attempts);
  Attended(const Attended&) = delete;
  Attended& operator=(const Attended&) = delete;

  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override;
  void on_frame(const call::FrameSeen& seen) override;
  void on_block(const call::BlockSeen& seen) override;
  void on_message(const call::MessageSeen& seen) override;
  void on_side_ended(const call::SideEnded& ended) override;
  void on_call(const call::CallClosed& closed) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  const std::vector<std::unique_ptr<Check>>& checks() const { return checks_.list; }
  Findings& findings() { return findings_; }
  const Findings& findings() const { return findings_; }
  // Or one of which that is not known.
  bool carried_grpc() const { return carried_grpc_; }

 private:
  // Those who judge at once what is as usual. Null until both ends have begun with HTTP/2, and where there is no such short way.
  struct ShortWays {
    PlainFrames* frames = nullptr;
    AlikeBlocks* blocks = nullptr;
    PlainCalls* calls = nullptr;
  };
  template <typename Event>
  bool takes(const Event& event) {
    return ways_.calls != nullptr && event.connection.whole() && ways_.calls->take(event);
  }
  // The long way.
  [[gnu::noinline]] void hear(const call::FrameSeen& seen);
  [[gnu::noinline]] void hear(const call::BlockSeen& seen);
  [[gnu::noinline]] void hear(const call::MessageSeen& seen);
  [[gnu::noinline]] void hear(const call::SideEnded& ended);
  [[gnu::noinline]] void hear(const call::CallClosed& closed);
  [[gnu::noinline]] void tell_attempt(const call::BlockSeen& seen);
  void tell_goaway(const call::FrameSeen& seen);

  Findings findings_;
  CallsSoFar calls_;
  AllChecks checks_;
  AlikeBlocks blocks_;
  AttemptSink& attempts_;
  ShortWays ways_;
  bool carried_grpc_ = false;
  call::Roster roster_;
  std::array<std::vector<Check*>, FrameTypes::kCount> frames_;  // by type
  std::array<std::vector<Check*>, SideEnds::kCount> side_ends_;
};

}  // namespace testigo::check
