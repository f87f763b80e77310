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
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
  ignore_broken_pipes();
}

void release_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::signal(number, SIG_DFL);
}

void ignore_broken_pipes() {
  for (const int number : {SIGPIPE, SIGXFSZ}) ::signal(number, SIG_IGN);
}

int shutdown_requests() { return requests; }

}  // namespace testigo::run
