// RT02 to RT04, BH07: attempts of one call, over whatever connections (gRFC A6). Calls of class grpc only (RULE 3).
//
// An attempt is known by the client, the method and the metadata of its call, where no call had these before: most have an id among
// their metadata, and of the others nothing is said. A call that looks the same may have had its first attempt where nobody
// listened: so the attempt must come soon, and with the same deadline, for all attempts of a call share it.
#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "check/across.h"
#include "check/all_checks.h"
#include "wire/rpc/status.h"

namespace testigo::check {
namespace {

using namespace std::chrono_literals;
using call::Ending;

constexpr Duration kAtOnce = 10ms;     // several attempts within it did not back off
constexpr std::uint64_t kSeveral = 3;  // attempts before
constexpr Duration kSlack = 50ms;      // a delay is seen as it arrives
constexpr Duration kSoon = 10s;        // gRFC A6 leaves the backoff to the configuration; its examples stay below this
constexpr Duration kDeadlineSlack = 100ms;
constexpr int kTimeoutRounding = 100;  // clients round grpc-timeout by a hundredth of it, at most

class AttemptChecks final : public Check {
 public:
  AttemptChecks(Findings& findings, CallsSoFar& calls, FailedCalls& failed)
      : findings_(findings), failed_(failed), again_(calls.notes) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = false, .side_ends = false, .calls = true};
  }
  void on_connection(const call::ConnectionView& connection) override { client_ = connection.client.address; }
  void on_attempt(const Attempt& attempt) override {
    if (attempt.goaway) {
      left_out(attempt.spot, *attempt.goaway);
    } else if (attempt.answer) {
      pushback(attempt);
    } else if (failed_.wanted()) {
      request(attempt);
    }
  }
  void on_call(const call::CallClosed& closed) override {
    if (closed.call.status != rpc::kOk || !again_.empty()) attempted(closed);
  }

 private:
  // Of few calls only.
  struct Again {
    std::optional<FailedCall> after;
    std::uint64_t attempts_before = 0;
    std::uint64_t sent_again = 0;
    std::optional<std::string> pushback;
    call::Spot spot;
  };
  struct Named {
    call::Place place;
    CallName name = 0;
    std::uint64_t attempts_before = 0;
  };
  // The newest streams, each in a slot; of one that had to make room nothing is told.
  using Names = std::array<Named, 64>;
  static std::size_t slot(call::StreamId stream) { return stream / 2 % std::tuple_size_v<Names>; }

  void request(const Attempt& attempt);
  void attempt_again(const Attempt& attempt, FailedCall after);
  void pushback(const Attempt& attempt);
  static bool is_same(const FailedCall& before, const Again& attempt, const call::Call& call);
  void attempted(const call::CallClosed& closed);
  void left_out(const call::Spot& spot, call::StreamId last_stream);
  void fail(CallName name, const Again& attempt, const call::CallClosed& closed);
  void judge(const FailedCall& before, const Again& attempt, const call::Call& call);
  void judge_headers(const FailedCall& before, const Again& attempt);
  void judge_delay(const FailedCall& before, const Again& attempt, Duration delay);
  void judge_sent_again(const FailedCall& before, const Again& attempt);

  Findings& findings_;
  FailedCalls& failed_;
  std::string client_;            // its address
  std::unique_ptr<Names> names_;  // made for the first of them
  Notes<call::StreamId, Again> again_;
};

void AttemptChecks::request(const Attempt& attempt) {
  const call::StreamId stream = attempt.spot.place.stream;
  if (!failed_.is_new(attempt.name)) {
    auto after = failed_.take(attempt.name, attempt.attempts_before);
    if (!after || after->client != client_) return;
    attempt_again(attempt, std::move(*after));
  }
  if (!names_) names_ = std::make_unique<Names>();
  (*names_)[slot(stream)] = {attempt.spot.place, attempt.name, attempt.attempts_before};
}

void AttemptChecks::attempt_again(const Attempt& attempt, FailedCall after) {
  if (again_.size() >= findings_.limits().streams_remembered) return;
  Again& again = again_.try_emplace(attempt.spot.place.stream);
  again.attempts_before = attempt.attempts_before;
  again.sent_again = again.attempts_before == 0 ? after.sent_again + 1 : 0;
  again.after = std::move(after);
  again.spot = attempt.spot;
}

void AttemptChecks::pushback(const Attempt& attempt) {
  if (again_.size() >= findings_.limits().streams_remembered) return;
  again_.try_emplace(attempt.spot.place.stream).pushback = attempt.pushback;
}

std::optional<Time> deadline_of(const call::Call& call) {
  if (!call.timeout) return std::nullopt;
  return call.started + *call.timeout;
}

// Nothing: it was not asked for, or there is to be no other attempt.
std::optional<Duration> delay_asked(const FailedCall& call) {
  if (!call.pushback) return std::nullopt;
  std::int32_t pushback = -1;
  const char* const end = call.pushback->data() + call.pushback->size();
  const auto [at, error] = std::from_chars(call.pushback->data(), end, pushback);
  if (error != std::errc() || at != end || pushback < 0) return std::nullopt;
  return std::chrono::milliseconds(pushback);
}

bool same_deadline(const FailedCall& before, const call::Call& call) {
  const std::optional<Time> deadline = deadline_of(call);
  if (!deadline || !before.deadline) return deadline.has_value() == before.deadline.has_value();
  const Duration slack = kDeadlineSlack + *call.timeout / kTimeoutRounding;
  return *deadline - *before.deadline <= slack && *before.deadline - *deadline <= slack;
}

// Equal calls have requests of the same length, as far as both were sent. What the client sends again without the application's
// doing may wait for a connection.
bool AttemptChecks::is_same(const FailedCall& before, const Again& attempt, const call::Call& call) {
  if (!before.path.empty() && before.path != call.path) return false;  // else its name alone says which it was
  if (before.request_bytes != call.request.bytes && before.request_bytes != 0 && call.request.ended) return false;
  if (attempt.attempts_before == 0) return true;
  return (before.path.empty() || same_deadline(before, call)) &&
         call.started - before.ended <= delay_asked(before).value_or(Duration{}) + kSoon;
}

// The call has ended, and was attempted before, or has failed.
void AttemptChecks::attempted(const call::CallClosed& closed) {
  const call::StreamId stream = closed.call.place.stream;
  Again again;
  if (Again* const known = again_.find(stream)) again = std::move(*known);
  again_.erase(stream);
  if (again.after && !is_same(*again.after, again, closed.call)) {
    failed_.note_several(again.after->name);
    again.after.reset();
  }
  if (again.after) judge(*again.after, again, closed.call);
  if (closed.call.status == rpc::kOk) return;
  failed_.failed();
  if (!names_ || !closed.connection.whole()) return;
  Named& named = (*names_)[slot(stream)];
  if (named.place.stream != stream) return;
  fail(named.name, again, closed);
  named = {};
}

// Calls that GOAWAY leaves out are told when nothing more is to be expected of them, and sent again at once.
void AttemptChecks::left_out(const call::Spot& spot, call::StreamId last_stream) {
  if (!names_) return;
  for (Named& named : *names_) {
    if (named.place.stream <= last_stream) continue;
    const Again* const again = again_.find(named.place.stream);
    FailedCall failed;
    failed.name = named.name;
    failed.client = client_;
    failed.place = named.place;
    failed.ended = spot.time;
    failed.attempts_before = named.attempts_before;
    failed.headers = false;
    failed.refused = failed.goaway = true;
    failed.sent_again = again != nullptr ? again->sent_again : 0;
    failed.first_ended = again != nullptr && again->after && again->after->first_ended ? again->after->first_ended : spot.time;
    failed_.failed();
    failed_.add(std::move(failed));
    named = {};
  }
}

// Whether response headers came, and not trailers alone. What a connection that was lost had delivered is not known.
std::optional<bool> headers_came(const call::Call& call) {
  if (!call.response.headers) return call.ending == Ending::ConnectionLost ? std::nullopt : std::optional(false);
  if (call.ending != Ending::Trailers && call.ending != Ending::ResetByServer) return std::nullopt;
  return call.ending == Ending::ResetByServer || call.response.headers_end < call.response.end;
}

void AttemptChecks::fail(CallName name, const Again& attempt, const call::CallClosed& closed) {
  const call::Call& call = closed.call;
  FailedCall failed;
  failed.name = name;
  failed.client = closed.connection.client.address;
  failed.path = call.path;
  failed.place = call.place;
  failed.ended = call.ended;
  failed.deadline = deadline_of(call);
  failed.request_bytes = call.request.ended ? call.request.bytes : 0;
  failed.attempts_before = attempt.attempts_before;
  failed.headers = headers_came(call);
  failed.pushback = attempt.pushback;
  failed.refused = call.ending == Ending::Refused;
  failed.goaway = failed.refused && call.error_code == 0;
  failed.sent_again = attempt.sent_again;
  failed.first_ended = attempt.after && attempt.after->first_ended ? attempt.after->first_ended : call.ended;
  failed_.add(std::move(failed));
}

std::string place(const FailedCall& call) { return fmt::format("packet {} stream {}", call.place.packet, call.place.stream); }

void AttemptChecks::judge(const FailedCall& before, const Again& attempt, const call::Call& call) {
  if (attempt.attempts_before != 0) {
    judge_headers(before, attempt);
    judge_delay(before, attempt, call.started - before.ended);
    if (attempt.attempts_before < kSeveral || before.pushback) return;
    const Duration all = call.started - *before.first_ended;
    findings_.judge(Id::RT04, all >= kAtOnce, attempt.spot, [&] {
      return fmt::format("{} attempts were made again within {} after the first had failed", attempt.attempts_before,
                         to_human(all));
    });
  } else if (before.refused) {
    judge_sent_again(before, attempt);
  }
}

// RT02.
void AttemptChecks::judge_headers(const FailedCall& before, const Again& attempt) {
  if (!before.headers) return findings_.not_judgeable(Id::RT02, "whether response headers were received is not known");
  findings_.judge(Id::RT02, !*before.headers, attempt.spot,
                  [&] { return fmt::format("the call is attempted again, whose response headers had come ({})", place(before)); });
}

// RT03. Later than it was asked for an attempt may be, for more reasons than one.
void AttemptChecks::judge_delay(const FailedCall& before, const Again& attempt, Duration delay) {
  if (!before.pushback) return;
  const std::optional<Duration> asked = delay_asked(before);
  if (!asked) {
    findings_.fail(
        Id::RT03, attempt.spot,
        fmt::format("the call is attempted again, and grpc-retry-pushback-ms was \"{}\" ({})", *before.pushback, place(before)));
    return;
  }
  findings_.judge(Id::RT03, delay + kSlack + *asked / 10 >= *asked, attempt.spot, [&] {
    return fmt::format("the call is attempted again after {}, and grpc-retry-pushback-ms was {} ({})", to_human(delay),
                       *before.pushback, place(before));
  });
}

// BH07.
void AttemptChecks::judge_sent_again(const FailedCall& before, const Again& attempt) {
  if (before.goaway && before.place.connection == attempt.spot.place.connection) {
    findings_.fail(Id::BH07, attempt.spot,
                   fmt::format("a call that GOAWAY left out ({}) is sent again on the same connection", place(before)));
    return;
  }
  findings_.judge(Id::BH07, attempt.sent_again <= 1, attempt.spot, [&] {
    return fmt::format("a call that was refused ({}) is sent again without the application's doing, for the {}. time",
                       place(before), attempt.sent_again);
  });
}

}  // namespace

std::unique_ptr<Check> attempt_checks(Findings& findings, CallsSoFar& calls, Across& across) {
  return std::make_unique<AttemptChecks>(findings, calls, across.failed_calls);
}

}  // namespace testigo::check
