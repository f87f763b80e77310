// Prints every frame, with the fields of header blocks and the sizes of messages, as they happen. Values of secret fields are not
// shown, nor what messages say, unless that is asked for.
#pragma once

#include <cstdio>
#include <string>

#include "call/event.h"
#include "capture/secret_names.h"
#include "report/paint.h"
#include "run/message_bodies.h"

namespace testigo::run {

class FrameLines final : public call::Sink {
 public:
  // `out`, `secrets` and `bodies` must outlive it. `bodies` is null where they are not to be shown.
  FrameLines(std::FILE* out, bool json, report::Paint paint, const capture::SecretNames& secrets, MessageBodies* bodies)
      : out_(out), json_(json), paint_(paint), secrets_(secrets), bodies_(bodies) {}

  call::Interest hears() const override { return {.side_ends = false, .calls = false}; }
  void on_frame(const call::FrameSeen& seen) override;
  void on_block(const call::BlockSeen& seen) override;
  void on_message(const call::MessageSeen& seen) override;

 private:
  void put_line(const std::string& line);

  std::FILE* out_;
  bool json_;
  report::Paint paint_;
  const capture::SecretNames& secrets_;
  MessageBodies* bodies_;
};

}  // namespace testigo::run
