#include "run/live_run.h"

#include <sys/stat.h>

#include <thread>
#include <utility>

#include <fmt/format.h>

#include "call/fan.h"
#include "call/model.h"
#include "capture/capture_file.h"
#include "capture/rotation.h"
#include "check/judge.h"
#include "report/page_sample.h"
#include "run/wire_place.h"
#include "wire/rpc/status.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;
using report::PageCall;

constexpr std::size_t kLatestKept = 200'000;
// What moves five times a second is seen as it happens, and an event that gathers so long costs a page that draws it little.
constexpr Duration kPublishEvery = 200ms;
constexpr std::size_t kPublishedAtOnce = 500;  // calls; more are sampled, and that is said
constexpr Duration kFlowEvery = 1s;            // sums, which nobody reads faster
// After the last that came of a run that is over nothing is awaited for longer: its processes have ended, and what they wrote is
// in the files. Longer than an idle writer holds anything back (100 ms), also where the machine is busy.
constexpr Duration kQuiet = 500ms;

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::optional<std::pair<std::uint64_t, std::uint64_t>> identity_of(const std::filesystem::path& file) {
  struct stat status = {};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  return std::pair<std::uint64_t, std::uint64_t>(status.st_dev, status.st_ino);
}

// Of each connection, once it is known what it speaks, or that it never will be.
class KnownOpenings final : public call::Sink {
 public:
  explicit KnownOpenings(std::function<void(const call::ConnectionView&)> take) : take_(std::move(take)) {}
  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = false, .side_ends = false, .calls = false};
  }
  void on_opening(const call::ConnectionView& connection, const call::Spot&, http2::Opening) override { take_(connection); }
  void on_connection_closed(const call::ConnectionClosed& closed) override { take_(closed.connection); }

 private:
  std::function<void(const call::ConnectionView&)> take_;
};

bool ended_ok(const PageCall& call) {
  const std::uint8_t status = call.client_status == PageCall::kSaysNothing ? call.wire_status : call.client_status;
  return status == rpc::kOk;
}

}  // namespace

LiveRun::LiveRun(EvidenceFolder folder, const Clock& clock, show::EventHub& hub, std::size_t findings_max)
    : folder_(std::move(folder)),
      clock_(clock),
      hub_(hub),
      calls_(names_, [this](const PageCall& call) { take(call); }),
      findings_(folder_.capture(), findings_max),
      statements_(folder_.statements(), [this](const HeardStatement& heard) { calls_.hear(heard); }) {}

// The lock is held: whoever tells it is `look`, or the reader of the capture.
void LiveRun::take(const PageCall& call) {
  ++total_;
  latest_.push_back(call);
  if (latest_.size() > kLatestKept) latest_.pop_front();
  news_.push_back(call);
  Pair& pair = pairs_[{call.client, call.server}];
  ++pair.calls;
  ++(ended_ok(call) ? pair.ok : pair.failed);
}

void LiveRun::follow(const std::function<bool()>& over) {
  std::error_code error;
  bool more = true;
  while (more && !std::filesystem::exists(folder_.capture(), error)) {
    more = look(over, true);
    std::this_thread::sleep_for(20ms);
  }
  if (more) {
    {
      const std::lock_guard lock(mutex_);
      calls_.expect_wire();
    }
    look(over, false);
    follow_wire(over);
  }
  end();
}

void LiveRun::end() {
  const std::lock_guard lock(mutex_);
  calls_.end();
  publish();
  publish_flow();
}

void LiveRun::follow_wire(const std::function<bool()>& over) {
  check::Judge checks;
  verdict::WireWitness witness(verdict::WireWitness::Calls::Told);
  checks.on_finding([this](const check::Finding& finding) {
    const std::lock_guard lock(mutex_);
    calls_.hear(finding);
    findings_.hear(finding);
  });
  KnownOpenings openings([this](const call::ConnectionView& connection) {
    const std::lock_guard lock(mutex_);
    findings_.hear(connection);
  });
  witness.on_witnessed([&](const call::CallClosed& closed, const verdict::WireStream* stream) {
    const std::lock_guard lock(mutex_);
    // A client says that it is there before its first call: without its word that call would be told without it.
    if (stream != nullptr && !calls_.knows_clients()) statements_.poll();
    calls_.hear(closed, stream);
  });
  call::Fan fan({&openings, &checks, &witness});
  call::Model model(fan);
  const std::vector<std::filesystem::path> paths = capture::capture_files(folder_.capture());
  {
    const std::lock_guard lock(mutex_);
    oldest_ = identity_of(paths.front());
  }
  const capture::CaptureFiles files(paths);
  Duration looked = clock_.monotonic();
  files.follow(model, {}, [&](const capture::ReadSoFar& so_far) {
    const Duration now = clock_.monotonic();
    if (!so_far.waiting && now - looked < 20ms) return true;
    looked = now;
    return look(over, so_far.waiting);
  });
  // What is damaged in it ends the capture; those who state calls may go on.
  while (look(over, true)) std::this_thread::sleep_for(20ms);
}

bool LiveRun::counts_as_the_files_do() const {
  const std::lock_guard lock(mutex_);
  return oldest_ && oldest_ == identity_of(capture::capture_files(folder_.capture()).front());
}

// What the witnesses beside the wire have said meanwhile. False when nothing more is to come.
// `caught_up`: of the capture there is nothing more for now.
bool LiveRun::look(const std::function<bool()>& over, bool caught_up) {
  const std::lock_guard lock(mutex_);
  const Duration now = clock_.monotonic();
  if (stopped_) return false;
  const std::uint64_t before = total_;
  const bool heard = statements_.poll();
  if (caught_up && !heard) calls_.settle(now);  // else what is waited for may lie before us
  if (now - published_ >= kPublishEvery) {
    published_ = now;
    publish();
  }
  if (now - flow_published_ >= kFlowEvery) {
    flow_published_ = now;
    publish_flow();
  }
  if (heard || total_ != before || !caught_up) quiet_since_.reset();
  if (!over()) return true;
  if (!quiet_since_) quiet_since_ = now;
  return now - *quiet_since_ < kQuiet;
}

void LiveRun::publish() {
  publish_names();
  publish_calls();
  for (const Json& event : findings_.news()) hub_.publish("findings", dumped(event));  // behind the calls that they are about
}

void LiveRun::publish_names() {
  if (names_.changes() == names_published_ && wire_ == wire_published_) return;
  names_published_ = names_.changes();
  wire_published_ = wire_;
  Json names;
  names_.add_to(names);
  names["wire"] = wire_;
  hub_.publish("names", dumped(names));
}

void LiveRun::publish_calls() {
  if (news_.empty()) return;
  const std::size_t seen = news_.size();
  report::thin(news_, kPublishedAtOnce);
  Json columns = report::page_columns(news_);
  hub_.publish("calls", dumped({{"kept", news_.size()}, {"seen", seen}, {"columns_data", std::move(columns["data"])}}));
  news_.clear();
}

void LiveRun::publish_flow() {
  wire_ = wire_place(folder_);
  if (!calls_.began()) return;
  for (auto& [ends, pair] : pairs_) pair.open = 0;
  calls_.for_each_open([this](const PageCall& call) { ++pairs_[{call.client, call.server}].open; });
  Json pairs = Json::array();
  for (const auto& [ends, pair] : pairs_) {
    pairs.push_back({{"client", ends.first},
                     {"server", ends.second},
                     {"calls", pair.calls},
                     {"ok", pair.ok},
                     {"failed", pair.failed},
                     {"open", pair.open}});
  }
  hub_.publish("flow", dumped({{"time_ns", (clock_.now() - *calls_.began()).count()}, {"pairs", std::move(pairs)}}));
}

std::optional<Time> LiveRun::began() const {
  const std::lock_guard lock(mutex_);
  return calls_.began();
}

std::string LiveRun::document(const nlohmann::ordered_json& report, report::Stage stage) {
  std::vector<PageCall> kept;
  std::optional<LiveFindings> findings;
  Json document;
  {
    const std::lock_guard lock(mutex_);
    wire_ = wire_place(folder_);
    publish();  // what the document holds is in no event that follows it
    document = report::page_head({.evidence = folder_.name(),
                                  .began = calls_.began().value_or(clock_.now()),
                                  .ended = clock_.now(),
                                  .stage = stage,
                                  .next_event = hub_.now(),
                                  .report = report,
                                  .wire = wire_},
                                 names_);
    document["calls"] = {{"total", total_}};
    kept.assign(latest_.begin(), latest_.end());
    findings = findings_;
  }
  findings->add_to(document, kept);
  document["calls"].update(report::page_columns(kept));
  document["details"] = Json::array();
  document["details_of"] = "any call, when it is asked for";
  return dumped(document);
}

}  // namespace testigo::run
