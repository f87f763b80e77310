// Prints a line for every call that ends, and for every finding of grade E or W, as they happen.
#pragma once

#include <cstdio>
#include <string>

#include "call/event.h"
#include "check/tally.h"
#include "report/call_line.h"
#include "report/paint.h"

namespace testigo::run {

class CallLines final : public call::Sink {
 public:
  // `out`, to which nothing has been written yet, must outlive it.
  CallLines(std::FILE* out, bool json, report::Paint paint);

  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = false, .side_ends = false, .calls = true};
  }
  void on_call(const call::CallClosed& closed) override;
  void on_withdrawn(const call::ConnectionView& connection) override;
  void on_finding(const check::Finding& finding);
  void flush() { std::fflush(out_); }

 private:
  std::FILE* out_;
  bool json_;
  report::Paint paint_;
  report::CallLine text_;
  std::string line_;  // of the call at hand: its room is used again
};

}  // namespace testigo::run
