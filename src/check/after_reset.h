// ST: what comes on a stream that RST_STREAM has closed (RFC 9113 sections 5.1, 5.4.2 and 6.4).
#pragma once

#include "call/event.h"
#include "check/findings.h"
#include "check/knowledge.h"
#include "check/stream_table.h"

namespace testigo::check {

class AfterReset {
 public:
  explicit AfterReset(Findings& findings) : findings_(findings), knowledge_(findings.limits().pending_settings_max) {}

  // Every SETTINGS and PING.
  void on_asked(const call::FrameSeen& seen) { knowledge_.on_frame(seen); }
  // A frame on a stream that one side or both have reset.
  void on_frame(const call::FrameSeen& seen, const StreamTable::Stream& stream);

 private:
  void own(const call::FrameSeen& seen);
  void answered_in_kind(const call::FrameSeen& seen, const StreamTable::Stream& stream);
  void received(const call::FrameSeen& seen, const Ended& other);

  Findings& findings_;
  Knowledge knowledge_;
};

}  // namespace testigo::check
