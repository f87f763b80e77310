// Runs all checks over all connections of a run.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "base/limits.h"
#include "call/event.h"
#include "check/all_checks.h"
#include "check/findings.h"

namespace testigo::check {

class Judge final : public call::Sink {
 public:
  explicit Judge(const Limits& limits = {}) : findings_(limits) {}

  void on_connection(const call::ConnectionView& connection) override;
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override;
  void on_frame(const call::FrameSeen& seen) override;
  void on_block(const call::BlockSeen& seen) override;
  void on_message(const call::MessageSeen& seen) override;
  void on_side_ended(const call::SideEnded& ended) override;
  void on_call(const call::CallClosed& closed) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  void on_finding(std::function<void(const Finding&)> listener) { findings_.on_finding(std::move(listener)); }
  Tally tally() const { return findings_.tally(); }

 private:
  using Checks = std::vector<std::unique_ptr<Check>>;
  const Checks& of(const call::ConnectionView& connection) { return checks_[connection.number]; }

  Findings findings_;
  std::map<call::ConnectionNumber, Checks> checks_;
};

}  // namespace testigo::check
