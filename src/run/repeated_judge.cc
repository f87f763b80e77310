#include "run/repeated_judge.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "base/environment_error.h"
#include "run/shutdown.h"
#include "run/terminal.h"
#include "statement/statement_reader.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLookEvery = 250ms;
constexpr std::string_view kWanted = "--evidence wants the folder of a run";

// Held by whoever repeats, until the process ends.
class Turn {
 public:
  explicit Turn(const std::filesystem::path& folder) : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    taken_ = descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  bool taken() const { return taken_; }

 private:
  int descriptor_;
  bool taken_ = false;
};

// How much of its own time the client's last process states.
Duration covered(const statement::Reading& reading) {
  const statement::Testimony& last = reading.testimonies.back();
  return last.lines.empty() ? Duration::zero() : last.lines.back().statement.monotonic - last.first.statement.monotonic;
}

// False when a signal came first.
template <typename Condition>
bool wait_until(Condition holds) {
  while (!holds()) {
    if (shutdown_requests() != 0) return false;
    std::this_thread::sleep_for(kLookEvery);
  }
  return shutdown_requests() == 0;
}

// Files that are being made, or rotated away, are looked at again.
bool covered_now(const std::filesystem::path& path, Duration time) {
  try {
    return statements_cover(EvidenceFolder::open(path, kWanted), time);
  } catch (const EnvironmentError&) {
    return false;
  }
}

void wait_for_statements(const std::filesystem::path& path, Duration time) {
  if (!std::filesystem::is_directory(path) || covered_now(path, time)) return;
  put(stderr, fmt::format("waiting until the clients' statements cover {}\n", to_human(time)));
  wait_until([&] { return covered_now(path, time); });
}

}  // namespace

bool statements_cover(const EvidenceFolder& folder, Duration time) {
  bool any = false;
  for (const std::filesystem::path& file : folder.statement_files()) {
    const statement::Reading reading = statement::read_statements(file);
    if (reading.testimonies.empty() || reading.testimonies.back().start.witness != statement::Witness::Client) continue;
    any = true;
    // A client that has ended says no more.
    if (!reading.testimonies.back().end && covered(reading) < time) return false;
  }
  return any;
}

int judge_repeatedly(const std::filesystem::path& path, const Repetition& repetition, const Clock& clock,
                     const std::function<int(const EvidenceFolder&)>& judge) {
  const Turn turn(path);
  const bool repeats = repetition.every && turn.taken();
  if (repetition.every && !repeats) put(stderr, "another verdict is repeated in this folder: judging once\n");
  if (repetition.after > Duration::zero()) wait_for_statements(path, repetition.after);
  for (;;) {
    int code = 0;
    try {
      const EvidenceFolder folder = EvidenceFolder::open(path, kWanted);
      if (repeats && repetition.standing) repetition.standing(folder);
      code = judge(folder);
    } catch (const EnvironmentError& error) {
      if (!repeats) throw;
      put(stderr, fmt::format("testigo: {}\n", error.what()));
      code = 4;
    }
    const Duration next = clock.monotonic() + repetition.every.value_or(Duration::zero());
    if (!repeats || !wait_until([&] { return clock.monotonic() >= next; })) return code;
  }
}

}  // namespace testigo::run
