// Prints every frame, with the fields of header blocks and the sizes of messages, as they happen. Values of secret fields are not
// shown.
#pragma once

#include <cstdio>
#include <string>

#include "call/event.h"
#include "capture/secret_names.h"
#include "report/paint.h"

namespace testigo::run {

class FrameLines final : public call::Sink {
 public:
  // `out` and `secrets` must outlive it.
  FrameLines(std::FILE* out, bool json, report::Paint paint, const capture::SecretNames& secrets)
      : out_(out), json_(json), paint_(paint), secrets_(secrets) {}

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
};

}  // namespace testigo::run
