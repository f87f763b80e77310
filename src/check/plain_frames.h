// Frames as nearly all are, judged at once: DATA, HEADERS and WINDOW_UPDATE of the usual form, on a stream that is where such a
// frame belongs, within all limits, of a connection of which every octet was seen.
//
// Each check that hears them says of them what it would say itself: that rows pass, by kind of frame always the same ones. It may
// call a frame that is right not plain, never one plain that is not: what is not plain all checks hear.
#pragma once

#include <array>
#include <cstdint>

#include "call/event.h"
#include "check/findings.h"
#include "check/followed_streams.h"

namespace testigo::check {

class FlowControlChecks;
class FrameChecks;
class GoawayChecks;
class StreamChecks;

class PlainFrames {
 public:
  // Those of one connection; they must outlive its last call.
  PlainFrames(FrameChecks& form, GoawayChecks& goaways, StreamChecks& streams, FlowControlChecks& windows)
      : form_(form), goaways_(goaways), streams_(streams), windows_(windows) {}

  // True: it was plain, and no check must hear it any more. Of a frame that the judge judges.
  bool take(const call::FrameSeen& seen);
  // Says which rows passed, and how often, since the last call.
  void settle(Findings& findings);
  // How many streams any of them follows.
  std::size_t streams_followed() const;

 private:
  enum class Kind : std::uint8_t { Request, Answer, RequestData, AnswerData, WindowUpdate };
  static constexpr std::size_t kKinds = 5;

  bool passed(Kind kind);
  bool request(const call::FrameSeen& seen);
  bool answer(const call::FrameSeen& seen);
  bool data(const call::FrameSeen& seen);
  bool window_update(const call::FrameSeen& seen);
  FollowedStream* find(const call::FrameSeen& seen);
  void end(FollowedStream& stream, const call::Spot& spot);

  FrameChecks& form_;
  GoawayChecks& goaways_;
  StreamChecks& streams_;
  FlowControlChecks& windows_;
  std::array<std::uint64_t, kKinds> passed_{};
};

}  // namespace testigo::check
