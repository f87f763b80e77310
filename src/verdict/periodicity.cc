#include "verdict/periodicity.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/inert.h"
#include "verdict/wording.h"

namespace testigo::verdict {
namespace {

constexpr double kShareOfPeriod = 0.20;
constexpr Duration kLeastTolerance = std::chrono::milliseconds(20);
constexpr double kRateShare = 0.05;
constexpr std::uint64_t kMissesOf = 100;  // one start of so many may miss its place

struct Beat {
  const CallFacts* call = nullptr;
  double offset = 0;  // ns: of its start, from number × period
};

double nanoseconds(Duration duration) { return static_cast<double>(duration.count()); }
std::string human(double ns) { return to_human(Duration(static_cast<Duration::rep>(std::clamp(ns, 0.0, 9e18)))); }

class Rhythm {
 public:
  Rhythm(Docket& docket, const ClientProcess& client, std::vector<Beat> beats)
      : docket_(docket), client_(client), beats_(std::move(beats)), period_(nanoseconds(*client.testimony->start.period)) {
    const Duration usual = std::max(kLeastTolerance, Duration(static_cast<Duration::rep>(period_ * kShareOfPeriod)));
    tolerance_ = nanoseconds(docket.options.tolerance.value_or(usual));
  }

  void judge() {
    find_places();
    starts();
    rate();
  }

  double furthest() const { return furthest_; }

 private:
  // The places are number × period from a start that the calls themselves say best: the median, so that one late call, be it the
  // first, does not make the others early.
  void find_places() {
    std::vector<double> offsets;
    for (Beat& beat : beats_) {
      beat.offset = nanoseconds(beat.call->started->monotonic) - static_cast<double>(beat.call->number) * period_;
      offsets.push_back(beat.offset);
    }
    const auto middle = offsets.begin() + static_cast<std::ptrdiff_t>(offsets.size() / 2);
    std::ranges::nth_element(offsets, middle);
    for (Beat& beat : beats_) beat.offset -= *middle;
  }

  void starts() {
    std::uint64_t misses = 0;
    const Beat* worst = &beats_.front();
    for (const Beat& beat : beats_) {
      if (std::abs(beat.offset) > tolerance_) ++misses;
      if (std::abs(beat.offset) > std::abs(worst->offset)) worst = &beat;
    }
    furthest_ = std::abs(worst->offset);
    if (misses * kMissesOf <= beats_.size()) return;
    const std::string text = fmt::format(
        "{} of {} starts of {} missed their place by more than {}; the furthest is call {}, {} too {}", misses, beats_.size(),
        inert(client_.name), human(tolerance_), worst->call->number, human(furthest_), worst->offset > 0 ? "late" : "early");
    docket_.claims[5].broken([&] { return exhibit(docket_.facts, *worst->call, {}, text); });
  }

  // Where 5 % of the time that was seen is less than the tolerance of a start, the tolerance holds.
  void rate() {
    const CallFacts& first = *beats_.front().call;
    const CallFacts& last = *beats_.back().call;
    const double span = nanoseconds(last.started->monotonic) - nanoseconds(first.started->monotonic);
    const double due = static_cast<double>(last.number - first.number) * period_;
    if (std::abs(span - due) <= std::max(kRateShare * due, tolerance_)) return;
    const std::string text = fmt::format("{} called every {} in the mean, and its period is {}", inert(client_.name),
                                         human(span / static_cast<double>(last.number - first.number)), human(period_));
    docket_.claims[5].broken([&] { return exhibit(docket_.facts, last, {}, text); });
  }

  Docket& docket_;
  const ClientProcess& client_;
  std::vector<Beat> beats_;  // by number
  double period_;
  double tolerance_;
  double furthest_ = 0;
};

std::vector<std::vector<Beat>> beats_of_clients(const Facts& facts) {
  std::vector<std::vector<Beat>> beats(facts.clients.size());
  for (const CallFacts& call : facts.calls) {
    const ClientProcess& client = facts.client(call);
    if (client.known() && call.started && call.number >= client.scope_from) beats[call.process].push_back({&call});
  }
  return beats;
}

}  // namespace

std::string judge_periodicity(Docket& docket) {
  const Facts& facts = docket.facts;
  auto beats = beats_of_clients(facts);
  std::uint64_t clients = 0, starts = 0, single = 0;
  double furthest = 0;
  for (std::size_t i = 0; i < beats.size(); ++i) {
    const ClientProcess& client = facts.clients[i];
    if (beats[i].size() < 2) {
      single += beats[i].size();
      continue;
    }
    if (client.testimony->start.period.value_or(Duration::zero()) <= Duration::zero()) {
      docket.claims[5].doubt(fmt::format("client {} states no period", inert(client.name)));
      continue;
    }
    ++clients;
    starts += beats[i].size();
    docket.claims[5].support(
        [&] { return exhibit(facts, *beats[i].front().call, {}, fmt::format("{} began here", inert(client.name))); });
    Rhythm rhythm(docket, client, std::move(beats[i]));
    rhythm.judge();
    furthest = std::max(furthest, rhythm.furthest());
  }
  if (clients == 0) docket.claims[5].doubt("no client started two calls, so that there is no period to judge");
  std::string text = fmt::format("{} of {}: the furthest from its place is off by {}", count_text(starts, "start"),
                                 count_text(clients, "client"), human(furthest));
  if (docket.options.tolerance) text += fmt::format(" (--tolerance {})", to_human(*docket.options.tolerance));
  if (single > 0) text += fmt::format("; {} with a single call not judged", count_text(single, "client"));
  return text;
}

}  // namespace testigo::verdict
