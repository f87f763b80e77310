#include "run/workers.h"

#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <exception>
#include <map>
#include <system_error>
#include <utility>

#include "call/fan.h"
#include "call/model.h"

namespace testigo::run {
namespace {

using call::Stretches;

std::size_t lanes_of(std::size_t threads) { return std::max<std::size_t>(threads, std::min<std::size_t>(4 * threads, 32)); }

// Signals are for the thread that reads.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_ = {};
};

}  // namespace

std::size_t cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? static_cast<std::size_t>(CPU_COUNT(&set)) : 1;
}

// One thing to be told to a model.
struct Workers::Task {
  enum class Kind : std::uint8_t { Opened, Chunk, Closing, End, Turned };
  std::uint64_t turn = 0;
  Kind kind{};
  tcp::ConnectionNumber connection = 0;
  std::size_t at = 0;         // in `opened` or `closing`; of a chunk: where its octets begin
  testigo::Chunk chunk = {};  // without its octets, but their number
};

struct Workers::Opened {
  tcp::ConnectionOpened opened;
  std::size_t others = 0;  // that are open then
};

// What a lane has to do in a round, and what it heard then.
struct Workers::Share {
  std::vector<Task> tasks;
  std::vector<std::byte> octets;
  std::vector<Opened> opened;
  std::vector<tcp::ConnectionClosing> closing;
  Heard heard{nullptr};
  call::Held held;  // when all was done
  std::exception_ptr error;

  void clear();
};

// One thread at a time.
struct Workers::Lane {
  Lane(const Options& options, const Limits& limits);

  // `counted` counts against the limits of all connections.
  void work(Share& share, const call::Held& counted);
  void tell(const Task& task, const Share& share);

  CallText text;
  Heard heard;
  check::Judge judge;
  call::Fan fan{{&judge, &heard}};
  call::Model model;
  bool broken = false;

  // Guarded by the mutex of all.
  std::uint64_t done = 0;  // rounds
  bool busy = false;       // somebody works on the next one
};

void Workers::Share::clear() {
  tasks.clear();
  octets.clear();
  opened.clear();
  closing.clear();
  heard.clear();
}

Workers::Lane::Lane(const Options& options, const Limits& limits)
    : text(options.json, options.paint),
      heard(options.lines ? &text : nullptr),
      judge(limits, options.foreign, nullptr, check::Rows::OfConnections),
      model(fan, limits) {
  judge.on_finding([this](const check::Finding& finding) { heard.on_finding(finding); });
  judge.tell_attempts(heard);
  judge.on_counted([this](const check::Judge::Counted& counted) { heard.on_counted(counted); });
}

void Workers::Lane::work(Share& share, const call::Held& counted) {
  if (broken) return;
  model.count(counted);
  std::swap(heard, share.heard);
  try {
    for (const Task& task : share.tasks) tell(task, share);
  } catch (...) {
    broken = true;
    share.error = std::current_exception();
  }
  share.held = model.held();
  std::swap(heard, share.heard);
}

void Workers::Lane::tell(const Task& task, const Share& share) {
  heard.at(task.turn);
  if (task.kind == Task::Kind::End) return model.end(task.connection);
  if (task.kind == Task::Kind::Turned) return model.end(task.connection, tcp::Over::Turned);
  if (task.kind == Task::Kind::Opened) return model.open(share.opened[task.at].opened, share.opened[task.at].others);
  if (task.kind == Task::Kind::Closing) return model.close(share.closing[task.at]);
  Chunk chunk = task.chunk;
  chunk.bytes = Bytes(share.octets).subspan(task.at, chunk.bytes.size());
  model.hear(task.connection, chunk);
}

Workers::Workers(const Options& options, const Meeting& meeting, const Limits& limits) : meeting_(meeting) {
  const std::size_t lanes = lanes_of(options.threads);
  for (std::size_t i = 0; i < lanes; ++i) lanes_.push_back(std::make_unique<Lane>(options, limits));
  for (std::vector<Share>& round : shares_) {
    for (const auto& lane : lanes_) round.emplace_back().heard = lane->heard;
  }
  octets_of_.resize(lanes);
  const SignalsBlocked blocked;
  try {
    for (std::size_t i = 1; i < options.threads; ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // As many as the system grants; the thread that reads does the rest.
  }
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  more_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Workers::Share& Workers::share_of(std::size_t lane, std::uint64_t round) { return shares_[round % kRounds][lane]; }

// Of the other threads.
void Workers::work() {
  std::unique_lock lock(mutex_);
  while (!over_) {
    if (!help(lock)) more_.wait(lock);
  }
}

// Does what the lane has to do in its next round, the one that is furthest behind. False when none has anything to do.
bool Workers::help(std::unique_lock<std::mutex>& lock) {
  std::size_t furthest = lanes_.size();
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i]->busy || lanes_[i]->done == handed_out_) continue;
    if (furthest == lanes_.size() || lanes_[i]->done < lanes_[furthest]->done) furthest = i;
  }
  if (furthest == lanes_.size()) return false;
  Lane& lane = *lanes_[furthest];
  lane.busy = true;
  lock.unlock();
  lane.work(share_of(furthest, lane.done), counted_[lane.done % kRounds]);
  lock.lock();
  lane.busy = false;
  ++lane.done;
  done_.notify_one();
  return true;
}

bool Workers::is_done(std::uint64_t round) const {
  return std::ranges::all_of(lanes_, [round](const auto& lane) { return lane->done > round; });
}

void Workers::on_opened(const tcp::ConnectionOpened& opened) {
  const auto lane = static_cast<std::size_t>(std::ranges::min_element(octets_of_) - octets_of_.begin());
  const std::size_t others = followed_.size();
  followed_.insert_or_assign(opened.connection, Followed{lane, 0});
  Share& share = share_of(lane, handed_out_);
  share.tasks.push_back({++turn_, Task::Kind::Opened, opened.connection, share.opened.size()});
  share.opened.push_back({opened, others});
  added(lane, Stretches::kOctetsOfOpening);
}

void Workers::on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) {
  const auto it = followed_.find(connection);
  if (it == followed_.end()) return came(chunk.bytes.size());
  Share& share = share_of(it->second.lane, handed_out_);
  share.tasks.push_back({++turn_, Task::Kind::Chunk, connection, share.octets.size(), chunk});
  append(share.octets, chunk.bytes);
  added(it->second.lane, chunk.bytes.size());
}

void Workers::on_closing(const tcp::ConnectionClosing& closing) {
  const auto it = followed_.find(closing.connection);
  if (it == followed_.end()) return came(0);
  const std::size_t lane = it->second.lane;
  Share& share = share_of(lane, handed_out_);
  share.tasks.push_back({++turn_, Task::Kind::Closing, closing.connection, share.closing.size()});
  share.closing.push_back(closing);
  if (closing.closing != tcp::Closing::Fin || ++it->second.fins == 2) followed_.erase(it);
  added(lane, 0);
}

void Workers::on_over(tcp::ConnectionNumber connection, tcp::Over over) {
  const auto it = followed_.find(connection);
  if (it == followed_.end()) return came(0);
  const std::size_t lane = it->second.lane;
  followed_.erase(it);
  const Task::Kind kind = over == tcp::Over::Turned ? Task::Kind::Turned : Task::Kind::End;
  share_of(lane, handed_out_).tasks.push_back({++turn_, kind, connection});
  added(lane, 0);
}

void Workers::on_idle() {
  if (filled_) hand_out({});
  settle(0);
}

void Workers::on_end() {
  const std::map<tcp::ConnectionNumber, Followed> open(followed_.begin(), followed_.end());
  followed_.clear();
  for (const auto& [connection, followed] : open) {
    share_of(followed.lane, handed_out_).tasks.push_back({++turn_, Task::Kind::End, connection});
    added(followed.lane, 0);
  }
  on_idle();
}

// A task, to the round that is filled.
void Workers::added(std::size_t lane, std::size_t octets) {
  octets_of_[lane] += octets;
  filled_ = true;
  came(octets);
}

void Workers::came(std::size_t octets) {
  stretches_.add(octets);
  if (!stretches_.is_over()) return;
  hand_out(stretches_.number());
  stretches_.begin_next();
  settle(kRounds - 1);
}

// The round ends that stretch, or none.
void Workers::hand_out(std::optional<std::uint64_t> stretch) {
  filled_ = false;
  ends_[handed_out_ % kRounds] = stretch;
  counted_[handed_out_ % kRounds] = stretches_.counted();
  {
    const std::lock_guard lock(mutex_);
    ++handed_out_;
  }
  more_.notify_all();
}

// Until no more rounds are under way than these, and none that is done is left untold.
void Workers::settle(std::uint64_t under_way_max) {
  std::unique_lock lock(mutex_);
  while (told_ < handed_out_) {
    if (is_done(told_)) {
      lock.unlock();
      tell(told_);
      lock.lock();
      ++told_;
    } else if (handed_out_ - told_ <= under_way_max) {
      return;
    } else if (!help(lock)) {
      done_.wait(lock);
    }
  }
}

void Workers::tell(std::uint64_t round) {
  std::vector<Heard*> heard;
  for (Share& share : shares_[round % kRounds]) {
    if (share.error) std::rethrow_exception(std::exchange(share.error, nullptr));
    heard.push_back(&share.heard);
  }
  Heard::tell(heard, meeting_);
  call::Held held;
  for (Share& share : shares_[round % kRounds]) {
    held += share.held;
    share.clear();
  }
  if (const auto stretch = ends_[round % kRounds]) stretches_.at_end_of(*stretch, held);
}

}  // namespace testigo::run
