#include "run/shutdown.h"

#include <signal.h>

#include <initializer_list>

namespace testigo::run {
namespace {

volatile sig_atomic_t requests = 0;  // a signal handler can reach nothing else

extern "C" void count_request(int) { requests = requests + 1; }

}  // namespace

void take_signals() {
  struct sigaction action = {};
  action.sa_handler = count_request;
  ::sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
}

int shutdown_requests() { return requests; }

}  // namespace testigo::run
