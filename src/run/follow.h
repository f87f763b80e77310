// Gathers what happened on one stream, for a diagram of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "call/event.h"
#include "capture/secret_names.h"
#include "report/sequence.h"
#include "run/message_bodies.h"

namespace testigo::run {

// Which one: connections are numbered from 1 as they open, as the JSON lines and findings say.
struct Followed {
  call::ConnectionNumber connection = 0;
  call::StreamId stream = 0;
};

// "2/5"; nothing when it is something else.
std::optional<Followed> parse_followed(std::string_view text);

class Follow final : public call::Sink {
 public:
  // `secrets` and `bodies` must outlive it. `bodies` is null where they are not to be shown.
  Follow(Followed followed, const capture::SecretNames& secrets, MessageBodies* bodies = nullptr)
      : followed_(followed), secrets_(secrets), bodies_(bodies) {}

  call::Interest hears() const override { return {.side_ends = false}; }
  void on_frame(const call::FrameSeen& seen) override;
  void on_block(const call::BlockSeen& seen) override;
  void on_message(const call::MessageSeen& seen) override;
  void on_call(const call::CallClosed& closed) override;

  // Nothing was seen: then there is no arrow.
  const report::Sequence& sequence() const { return sequence_; }
  Followed followed() const { return followed_; }

 private:
  bool is_of(const call::Spot& spot) const {
    return spot.place.stream == followed_.stream && spot.place.connection == followed_.connection;
  }
  void note(const call::Spot& spot, std::string text);

  Followed followed_;
  const capture::SecretNames& secrets_;
  MessageBodies* bodies_;
  report::Sequence sequence_;
};

}  // namespace testigo::run
