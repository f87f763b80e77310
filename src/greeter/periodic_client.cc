#include "greeter/periodic_client.h"

#include "greeter/method.h"
#include "greeter/reply.h"

namespace testigo::greeter {
namespace {

// After a long pause of the machine all missed calls start at once; memory bounds how many may be open.
constexpr std::uint64_t kInFlightMax = 10'000;
constexpr Duration kRoomPoll = std::chrono::milliseconds(1);

}  // namespace

std::uint64_t PeriodicClient::run(const Schedule& schedule, const StopBy& stop_by) {
  const Duration begin = parts_.clock.monotonic();
  std::uint64_t number = 0;
  while (const auto due = schedule.start_of(number + 1)) {
    if (stop_by(begin + *due) || !has_room(stop_by)) break;
    start(++number);
  }
  std::unique_lock lock(mutex_);
  one_ended_.wait(lock, [this] { return in_flight_ == 0; });
  parts_.statements.end(number);
  return failed_;
}

bool PeriodicClient::has_room(const StopBy& stop_by) {
  const auto full = [this] {
    const std::scoped_lock lock(mutex_);
    return in_flight_ >= kInFlightMax;
  };
  while (full()) {
    if (stop_by(parts_.clock.monotonic() + kRoomPoll)) return false;
  }
  return true;
}

void PeriodicClient::start(std::uint64_t number) {
  statement::CallId id{parts_.name, parts_.process, number};
  {
    const std::scoped_lock lock(mutex_);
    ++in_flight_;
  }
  const Duration began = parts_.clock.monotonic();
  parts_.statements.state(statement::Started{id, method_of(plan_.kind), plan_.kind});
  start_call(parts_.stub, plan_, id, [this, id, began](const CallOutcome& outcome) { ended(id, began, outcome); });
}

void PeriodicClient::ended(const statement::CallId& id, Duration began, const CallOutcome& outcome) {
  const statement::Ended ended{id,
                               outcome.status.error_code(),
                               outcome.status.error_message(),
                               parts_.clock.monotonic() - began,
                               outcome.requests,
                               outcome.replies,
                               outcome.reply};
  const bool misnamed = outcome.reply && names_another(*outcome.reply, id);
  parts_.statements.state(ended);
  parts_.log.call({.id = id, .kind = plan_.kind, .ended = ended, .peer = {}, .text = outcome.text, .misnamed = misnamed});
  if (!outcome.status.ok() || misnamed) ++failed_;
  const std::scoped_lock lock(mutex_);
  --in_flight_;
  one_ended_.notify_one();
}

}  // namespace testigo::greeter
