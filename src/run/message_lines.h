// Prints every message with what it says, as they happen, where their frames are not printed.
#pragma once

#include <cstdio>

#include "call/event.h"
#include "report/paint.h"
#include "run/message_bodies.h"

namespace testigo::run {

class MessageLines final : public call::Sink {
 public:
  // `out` and `bodies` must outlive it.
  MessageLines(std::FILE* out, bool json, report::Paint paint, MessageBodies& bodies)
      : out_(out), json_(json), paint_(paint), bodies_(bodies) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = true, .side_ends = false, .calls = false};
  }
  void on_message(const call::MessageSeen& seen) override;

 private:
  std::FILE* out_;
  bool json_;
  report::Paint paint_;
  MessageBodies& bodies_;
};

}  // namespace testigo::run
