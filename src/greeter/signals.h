// SIGINT and SIGTERM as something to wait for, so that a program ends in order.
#pragma once

#include <csignal>

#include "base/clock.h"

namespace testigo::greeter {

class StopSignals {
 public:
  // Blocks both for this thread and every thread it starts from now on; so: before gRPC starts any.
  StopSignals();

  void wait() const;

  // Sleeps until `monotonic` of the system's clock; true, and at once, when a signal came first.
  bool arrived_by(Duration monotonic) const;

  // From now on a signal kills: who asks twice wants no order.
  void release() const;

 private:
  sigset_t set_{};
};

}  // namespace testigo::greeter
