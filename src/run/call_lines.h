// Prints a line for every call that ends, and for every finding of grade E or W, as they happen.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "call/event.h"
#include "check/tally.h"
#include "report/call_line.h"
#include "report/paint.h"

namespace testigo::run {

// The line of a call, with its line break.
class CallText {
 public:
  CallText(bool json, const report::Paint& paint) : json_(json), line_(paint) {}
  // Valid until the next call.
  std::string_view of(const call::CallClosed& closed);

 private:
  bool json_;
  report::CallLine line_;
  std::string json_line_;
};

class CallLines final : public call::Sink {
 public:
  // `out` must outlive it.
  CallLines(std::FILE* out, bool json, report::Paint paint);

  // How the next call is told; somebody has written that already (see CallText).
  void prepared(std::string_view line) { prepared_ = line; }

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
  CallText text_;
  std::string_view prepared_;
};

}  // namespace testigo::run
