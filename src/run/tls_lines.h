// Prints a line for every TLS connection: when it is encrypted from then on, or when it closes before.
#pragma once

#include <cstdio>

#include "call/event.h"
#include "report/paint.h"
#include "run/call_filter.h"

namespace testigo::run {

class TlsLines final : public call::Sink {
 public:
  TlsLines(std::FILE* out, bool json, report::Paint paint, CallSelection selection)
      : out_(out), json_(json), paint_(paint), selection_(std::move(selection)) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = false, .side_ends = false, .calls = false};
  }
  void on_tls(const call::TlsSeen& seen) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

 private:
  void tell(const call::ConnectionView& connection) const;

  std::FILE* out_;
  bool json_;
  report::Paint paint_;
  CallSelection selection_;
};

}  // namespace testigo::run
