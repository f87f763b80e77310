#include "run/evidence_follower.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

#include <fmt/format.h>

#include "base/inert.h"
#include "call/fan.h"
#include "call/model.h"
#include "capture/capture_file.h"
#include "capture/rotation.h"
#include "check/judge.h"
#include "run/terminal.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

constexpr int kNice = 10;
constexpr Duration kLookEvery = 20ms;
// After the last that came of a run that is over nothing is awaited for longer: its processes have ended, and what they wrote is
// in the files. Longer than an idle writer holds anything back (100 ms), also where the machine is busy.
constexpr Duration kQuiet = 500ms;
constexpr Duration kRestMost = 5s;  // who still writes into it then is no part of the run

// Hears what connections speak, and that they close.
class Connections final : public call::Sink {
 public:
  explicit Connections(const std::vector<EvidenceHearer*>& hearers) : hearers_(hearers) {}
  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = false, .side_ends = false, .calls = false};
  }
  void on_opening(const call::ConnectionView& connection, const call::Spot& /*spot*/, http2::Opening /*opening*/) override {
    for (EvidenceHearer* hearer : hearers_) hearer->on_opening(connection);
  }
  void on_connection_closed(const call::ConnectionClosed& closed) override {
    for (EvidenceHearer* hearer : hearers_) {
      hearer->on_opening(closed.connection);
      hearer->on_connection_closed(closed);
    }
  }

 private:
  const std::vector<EvidenceHearer*>& hearers_;
};

}  // namespace

EvidenceFollower::EvidenceFollower(EvidenceFolder folder, const Clock& clock, std::vector<EvidenceHearer*> hearers)
    : folder_(std::move(folder)),
      clock_(clock),
      hearers_(std::move(hearers)),
      statements_(folder_.statements(), [this](const HeardStatement& said) { heard(said); }) {}

void EvidenceFollower::follow(const std::function<bool()>& over) {
  std::error_code error;
  bool more = true;
  while (more && !std::filesystem::exists(folder_.capture(), error)) {
    more = look(over, true);
    std::this_thread::sleep_for(kLookEvery);
  }
  if (more) follow_wire(over);
  for (EvidenceHearer* hearer : hearers_) hearer->on_end();
}

void EvidenceFollower::follow_wire(const std::function<bool()>& over) {
  check::Judge checks;
  verdict::WireWitness witness(verdict::WireWitness::Calls::Told);
  checks.on_finding([this](const check::Finding& finding) {
    for (EvidenceHearer* hearer : hearers_) hearer->on_finding(finding);
  });
  witness.on_witnessed([this](const call::CallClosed& closed, const verdict::WireStream* stream) {
    // A client says that it is there before its first call: without its word that call would be told without it.
    if (stream != nullptr && !knows_clients_) statements_.poll();
    told_ = true;
    for (EvidenceHearer* hearer : hearers_) hearer->on_call(closed, stream);
  });
  Connections connections(hearers_);
  call::Fan fan({&connections, &checks, &witness});
  call::Model model(fan);
  const std::vector<std::filesystem::path> paths = capture::capture_files(folder_.capture());
  for (EvidenceHearer* hearer : hearers_) hearer->on_capture(paths.front());
  const capture::CaptureFiles files(paths);
  look(over, false);
  Duration looked = clock_.monotonic();
  files.follow(model, {}, [&](const capture::ReadSoFar& so_far) {
    const Duration now = clock_.monotonic();
    if (!so_far.waiting && now - looked < kLookEvery) return true;
    looked = now;
    return look(over, so_far.waiting);
  });
}

void EvidenceFollower::heard(const HeardStatement& heard) {
  told_ = true;
  knows_clients_ = knows_clients_ || heard.by.witness == statement::Witness::Client;
  for (EvidenceHearer* hearer : hearers_) hearer->on_statement(heard);
}

// For whoever reads stderr once, however many more come.
void EvidenceFollower::tell_passed_over() {
  if (passed_over_ == 0) {
    put(stderr, fmt::format("{} statement files are too many to follow at once with the others: what they say is judged, and shown "
                            "when the run is over\n",
                            statements_.passed_over()));
  }
  passed_over_ = statements_.passed_over();
  for (EvidenceHearer* hearer : hearers_) hearer->on_passed_over(passed_over_);
}

// What the witnesses beside the wire have said meanwhile. False when nothing more is to come.
// `caught_up`: of the capture there is nothing more for now.
bool EvidenceFollower::look(const std::function<bool()>& over, bool caught_up) {
  if (stopped_) return false;
  const Duration now = clock_.monotonic();
  const bool at_end = caught_up;
  caught_up = !statements_.poll() && caught_up;
  if (statements_.passed_over() != passed_over_) tell_passed_over();
  for (EvidenceHearer* hearer : hearers_) hearer->on_look(now, caught_up);
  if (std::exchange(told_, false) || !caught_up) quiet_since_.reset();
  if (!over()) return true;
  if (!quiet_since_) quiet_since_ = now;
  if (at_end && !rest_since_) rest_since_ = now;
  return now - *quiet_since_ < kQuiet && (!rest_since_ || now - *rest_since_ < kRestMost);
}

Following::Following(const EvidenceFolder& folder, const Clock& clock, std::vector<EvidenceHearer*> hearers, Haste haste)
    : follower_(folder, clock, std::move(hearers)), thread_([this, haste] { follow(haste); }) {}

Following::~Following() {
  follower_.stop();
  wait_for_the_rest();
}

bool Following::rest_is_read() {
  over_ = true;
  return done_;
}

void Following::wait_for_the_rest() {
  over_ = true;
  if (thread_.joinable()) thread_.join();
}

// What cannot be read is told by whoever judges the evidence; whoever follows it ends nothing.
void Following::follow(Haste haste) {
  if (haste == Haste::Yielding) ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);  // of this thread alone
  try {
    follower_.follow([this] { return over_.load(); });
  } catch (const std::exception& error) {
    put(stderr, fmt::format("the evidence is not followed any more: {}\n", inert(error.what(), 1024)));
  }
  done_ = true;
}

}  // namespace testigo::run
