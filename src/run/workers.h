// Connections of a capture spread over threads, as far as each one stands alone; what is heard of them meets on the thread that
// reads. What is told does not depend on the number of threads, nor on how fast each is.
//
//   chunks ── rounds ──▶ lanes: the model, checks of a connection ── Heard ──▶ in the order of the run ──▶ Meeting
//
// A lane follows some of the connections. There are more lanes than threads: who has nothing to do takes the lane that is furthest
// behind, also the thread that reads, when several rounds are under way.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/limits.h"
#include "call/holdings.h"
#include "run/heard.h"
#include "wire/tcp/connection_sink.h"

namespace testigo::run {

// As many as this process may use cores.
std::size_t cores();

class Workers final : public tcp::ConnectionSink {
 public:
  struct Options {
    std::size_t threads = 1;  // with the one that reads
    bool lines = true;        // calls are printed
    bool json = false;
    report::Paint paint = {};
    check::Foreign foreign = check::Foreign::PassedOver;
  };
  static constexpr std::size_t kThreadsMax = 64;

  // What `meeting` names must outlive this. Where the system grants fewer threads, there are fewer.
  Workers(const Options& options, const Meeting& meeting, const Limits& limits = {});
  ~Workers() override;

  // On one thread, on which the meeting is told, too. What a worker throws is thrown from here.
  void on_opened(const tcp::ConnectionOpened& opened) override;
  void on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) override;
  void on_closing(const tcp::ConnectionClosing& closing) override;
  void on_over(tcp::ConnectionNumber connection, tcp::Over over) override;
  void on_idle() override;  // all that came is told
  void on_end() override;

 private:
  static constexpr std::size_t kRounds = call::Stretches::kLag;  // one is filled, the others are under way

  struct Task;
  struct Opened;
  struct Share;
  struct Lane;
  // Of a connection that is open.
  struct Followed {
    std::size_t lane = 0;
    int fins = 0;
  };

  Share& share_of(std::size_t lane, std::uint64_t round);
  void added(std::size_t lane, std::size_t octets);
  void came(std::size_t octets);
  void hand_out(std::optional<std::uint64_t> stretch);
  void settle(std::uint64_t under_way_max);
  void tell(std::uint64_t round);
  void work();
  bool help(std::unique_lock<std::mutex>& lock);
  bool is_done(std::uint64_t round) const;

  Meeting meeting_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::array<std::vector<Share>, kRounds> shares_;  // by round and lane
  std::unordered_map<tcp::ConnectionNumber, Followed> followed_;
  std::vector<std::uint64_t> octets_of_;  // given to each lane so far: the next connection goes to whom was given least
  std::uint64_t turn_ = 0;                // of the task that was added last
  bool filled_ = false;                   // with anything, the round that is
  std::uint64_t told_ = 0;                // rounds
  call::Stretches stretches_;             // a round lasts as long, or until nothing more waits
  std::array<std::optional<std::uint64_t>, kRounds> ends_;  // the stretch that a round ends, if any
  std::array<call::Held, kRounds> counted_;                 // what counts in a round

  std::mutex mutex_;  // of what follows, and of how far each lane is
  std::condition_variable more_, done_;
  std::uint64_t handed_out_ = 0;  // rounds; the thread that reads, which alone changes it, may look without the mutex
  bool over_ = false;
  std::vector<std::thread> threads_;  // last: they use the others
};

}  // namespace testigo::run
