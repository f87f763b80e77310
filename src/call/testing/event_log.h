// Every event as one line of text, without packets and times: what must not depend on how the octets were cut.
#pragma once

#include <string>
#include <vector>

#include "call/event.h"

namespace testigo::call::testing {

class EventLog final : public Sink {
 public:
  void on_connection(const ConnectionView& connection) override;
  void on_opening(const ConnectionView& connection, const Spot& spot, http2::Opening opening) override;
  void on_tls(const TlsSeen& seen) override;
  void on_frame(const FrameSeen& seen) override;
  void on_block(const BlockSeen& seen) override;
  void on_message(const MessageSeen& seen) override;
  void on_side_ended(const SideEnded& ended) override;
  void on_call(const CallClosed& closed) override;
  void on_connection_closed(const ConnectionClosed& closed) override;

  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

}  // namespace testigo::call::testing
