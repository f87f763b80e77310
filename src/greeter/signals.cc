#include "greeter/signals.h"

#include <algorithm>
#include <ctime>

namespace testigo::greeter {

using namespace std::chrono;

StopSignals::StopSignals() {
  ::sigemptyset(&set_);
  ::sigaddset(&set_, SIGINT);
  ::sigaddset(&set_, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // a reader of our output that goes away does not end us
}

void StopSignals::wait() const {
  while (::sigwaitinfo(&set_, nullptr) < 0) continue;
}

bool StopSignals::arrived_by(Duration monotonic) const {
  const SystemClock clock;
  while (true) {
    const Duration left = std::max(monotonic - clock.monotonic(), Duration::zero());
    const auto whole = duration_cast<seconds>(left);
    const timespec timeout{static_cast<time_t>(whole.count()), static_cast<long>((left - whole).count())};
    if (::sigtimedwait(&set_, nullptr, &timeout) > 0) return true;
    if (clock.monotonic() >= monotonic) return false;
  }
}

void StopSignals::release() const { ::pthread_sigmask(SIG_UNBLOCK, &set_, nullptr); }

}  // namespace testigo::greeter
