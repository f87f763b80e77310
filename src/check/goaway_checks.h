// CN: what follows a GOAWAY (RFC 9113 section 6.8).
#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "check/check.h"
#include "check/findings.h"
#include "check/knowledge.h"

namespace testigo::check {

class GoawayChecks final : public Check {
 public:
  explicit GoawayChecks(Findings& findings) : findings_(findings), knowledge_(findings.limits().pending_settings_max) {}

  call::Interest hears() const override { return kFramesAlone; }
  FrameTypes frame_types() const override {
    return {http2::FrameType::Headers, http2::FrameType::Goaway, http2::FrameType::Ping, http2::FrameType::Settings};
  }
  void on_frame(const call::FrameSeen& seen) override;

  // The short way (plain_frames.h): no row has a word on a stream that the client opens; it is newer than all before.
  bool may_open() const { return !servers_first_.has_value(); }
  void open_new(http2::StreamId id) { highest_ = std::max(highest_, id); }

 private:
  void headers(const call::FrameSeen& seen);
  void new_stream(const call::FrameSeen& seen);
  void goaway(const call::FrameSeen& seen, const http2::GoawayFrame& goaway);

  Findings& findings_;
  Knowledge knowledge_;
  http2::StreamId highest_ = 0;                                // that the client opened
  std::optional<call::Spot> servers_first_;                    // GOAWAY
  std::array<std::optional<http2::StreamId>, 2> last_stream_;  // that a GOAWAY of the direction named
};

}  // namespace testigo::check
