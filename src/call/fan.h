// One stream of events, heard by several.
#pragma once

#include <vector>

#include "call/event.h"
#include "call/roster.h"

namespace testigo::call {

class Fan final : public Sink {
 public:
  // The sinks must outlive the fan; they hear in this order.
  explicit Fan(const std::vector<Sink*>& sinks) {
    for (Sink* sink : sinks) roster_.add(*sink);
  }

  Interest hears() const override { return roster_.hears(); }
  // The one who alone hears them.
  Sink& hearer(Heard heard, const ConnectionView& connection) override;

  void on_connection(const ConnectionView& connection) override;
  void on_opening(const ConnectionView& connection, const Spot& spot, http2::Opening opening) override;
  void on_tls(const TlsSeen& seen) override;
  void on_frame(const FrameSeen& seen) override;
  void on_block(const BlockSeen& seen) override;
  void on_message(const MessageSeen& seen) override;
  void on_side_ended(const SideEnded& ended) override;
  void on_call(const CallClosed& closed) override;
  void on_withdrawn(const ConnectionView& connection) override;
  void on_connection_closed(const ConnectionClosed& closed) override;

 private:
  Roster roster_;
};

}  // namespace testigo::call
