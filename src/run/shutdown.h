// SIGINT and SIGTERM ask a run to end in order. The first one is a request; a second one means at once.
#pragma once

namespace testigo::run {

// Takes both signals over for this process, and ignores SIGPIPE and SIGHUP's default of dying without a report.
void take_signals();

// Gives them back: what follows may be ended as usual. SIGPIPE stays ignored.
void release_signals();

// A reader that goes away ends no run, nor does a file that may not grow (ulimit -f): whoever writes is told.
void ignore_broken_pipes();

// How often we were asked to end.
int shutdown_requests();

}  // namespace testigo::run
