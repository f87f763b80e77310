#include "run/live_run.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "capture/rotation.h"
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

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::optional<std::pair<std::uint64_t, std::uint64_t>> identity_of(const std::filesystem::path& file) {
  struct stat status = {};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  return std::pair<std::uint64_t, std::uint64_t>(status.st_dev, status.st_ino);
}

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
      findings_(folder_.capture(), findings_max) {}

// The lock is held, by whoever tells `calls_`.
void LiveRun::take(const PageCall& call) {
  ++total_;
  latest_.push_back(call);
  if (latest_.size() > kLatestKept) latest_.pop_front();
  news_.push_back(call);
  Pair& pair = pairs_[{call.client, call.server}];
  ++pair.calls;
  ++(ended_ok(call) ? pair.ok : pair.failed);
}

void LiveRun::on_capture(const std::filesystem::path& oldest) {
  const std::lock_guard lock(mutex_);
  calls_.expect_wire();
  oldest_ = identity_of(oldest);
}

void LiveRun::on_statement(const HeardStatement& heard) {
  const std::lock_guard lock(mutex_);
  calls_.hear(heard);
}

void LiveRun::on_call(const call::CallClosed& closed, const verdict::WireStream* stream) {
  const std::lock_guard lock(mutex_);
  calls_.hear(closed, stream);
}

void LiveRun::on_opening(const call::ConnectionView& connection) {
  const std::lock_guard lock(mutex_);
  findings_.hear(connection);
}

void LiveRun::on_finding(const check::Finding& finding) {
  const std::lock_guard lock(mutex_);
  calls_.hear(finding);
  findings_.hear(finding);
}

void LiveRun::on_end() {
  const std::lock_guard lock(mutex_);
  calls_.end();
  publish();
  publish_flow();
}

void LiveRun::on_passed_over(std::size_t files) {
  const std::lock_guard lock(mutex_);
  passed_over_ = files;
  hub_.publish("passed_over", dumped({{"statement_files", files}}));
}

bool LiveRun::counts_as_the_files_do() const {
  const std::lock_guard lock(mutex_);
  return oldest_ && oldest_ == identity_of(capture::capture_files(folder_.capture()).front());
}

void LiveRun::on_look(Duration now, bool caught_up) {
  const std::lock_guard lock(mutex_);
  if (caught_up) calls_.settle(now);  // else what is waited for may lie before us
  if (now - published_ >= kPublishEvery) {
    published_ = now;
    publish();
  }
  if (now - flow_published_ >= kFlowEvery) {
    flow_published_ = now;
    publish_flow();
  }
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

bool LiveRun::has(const std::optional<StreamKey>& stream, const std::optional<statement::CallId>& id) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(latest_, [&](const PageCall& call) {
    if (stream && call.connection != 0 && stream->first == call.connection && stream->second == call.stream) return true;
    return id && call.process != PageCall::kNobody && call.number == id->number &&
           names_.caller(call.process) == std::pair(id->client, id->process);
  });
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
    if (passed_over_ != 0) document["statement_files_passed_over"] = passed_over_;
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
