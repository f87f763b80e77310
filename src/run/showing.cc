#include "run/showing.h"

#include <utility>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "base/inert.h"
#include "report/verdict_json.h"
#include "run/index_evidence.h"
#include "run/judge_again.h"
#include "run/shutdown.h"
#include "run/terminal.h"
#include "run/told_call.h"

namespace testigo::run {
namespace {

constexpr Duration kCachedFor = std::chrono::seconds(1);

std::string dumped(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::vector<EvidenceHearer*> hearers(LiveRun& live, LiveLedger* ledger) {
  if (ledger == nullptr) return {&live};
  return {&live, ledger};
}

}  // namespace

Showing::Showing(const EvidenceFolder& folder, const show::Listen& listen, const Clock& clock, LiveLedger* ledger)
    : folder_(folder),
      live_(folder, clock, hub_),
      clock_(clock),
      ledger_(ledger),
      server_(std::make_unique<show::PageServer>(listen, *this, hub_)),
      following_(folder, clock, hearers(live_, ledger)) {}

Showing::~Showing() { server_.reset(); }

void Showing::judging() {
  const std::lock_guard lock(document_mutex_);
  if (std::exchange(stage_, report::Stage::Judging) == report::Stage::Judging) return;
  cached_at_.reset();
  hub_.publish("judging", "{}");
}

void Showing::judged_so_far(nlohmann::ordered_json report) {
  const std::lock_guard lock(document_mutex_);
  hub_.publish("report", dumped(report));
  report_ = std::move(report);
}

// Null: there is no index of this evidence, and none can be made.
std::unique_ptr<EvidencePage> Showing::page_of(const report::RunReport& report, const verdict::JudgeOptions& strictness,
                                               report::Stage stage, const std::filesystem::path& ledger) {
  try {
    if (ledger.empty() && !is_indexed(folder_, strictness)) {
      EvidenceIndex index(folder_, strictness, clock_);
      judge_again(folder_, strictness, clock_, index.hearers());
      if (!index.finish(report)) return nullptr;
    }
    return std::make_unique<EvidencePage>(folder_, report, ledger.empty() ? folder_.ledger() : ledger, PageOptions{.stage = stage});
  } catch (const EnvironmentError&) {
    return nullptr;
  }
}

void Showing::judged(const report::RunReport& report, const verdict::JudgeOptions& strictness, report::Stage stage,
                     const std::filesystem::path& ledger) {
  following_.wait_for_the_rest();
  if (ledger_ != nullptr) ledger_->close();
  nlohmann::ordered_json json = report::verdict_json(report);
  std::unique_ptr<EvidencePage> page = page_of(report, strictness, stage, ledger);
  if (ledger_ != nullptr && page) ledger_->replaced();
  auto document = std::make_shared<std::string>(page ? page->document() : live_.document(json, stage));
  {
    const std::lock_guard lock(page_mutex_);
    page_ = std::move(page);
  }
  const std::lock_guard lock(document_mutex_);
  document_ = std::move(document);
  hub_.publish("report", dumped(json));
  hub_.publish("end", "{}");
}

std::shared_ptr<const std::string> Showing::document() {
  const std::lock_guard lock(document_mutex_);
  if (document_) return document_;
  const Duration now = clock_.monotonic();
  if (!cached_at_ || now - *cached_at_ > kCachedFor) {
    cached_ = std::make_shared<std::string>(live_.document(report_, stage_));
    cached_at_ = now;
  }
  return cached_;
}

std::optional<std::string> Showing::detail(const show::CallName& name) {
  const std::lock_guard one(detail_mutex_);
  EvidencePage* page = nullptr;
  {
    const std::lock_guard lock(page_mutex_);
    page = page_.get();  // once it is there it stays, and nobody else reads it
  }
  if (page != nullptr) return page->detail(name);
  std::optional<StreamKey> stream;
  if (name.stream != 0) stream = StreamKey(name.connection, name.stream);
  const std::optional<statement::CallId> id = statement::parse_call_id(name.id);
  const bool of_these_files = live_.counts_as_the_files_do();
  auto told = told_call(folder_, of_these_files ? stream : std::nullopt, id, live_.began().value_or(Time()));
  if (!told && live_.has(stream, id)) told = untold_call(why_untold(folder_));
  return told ? std::optional(dumped(*told)) : std::nullopt;
}

std::unique_ptr<Showing> show_if_asked(const std::optional<show::Listen>& page, const EvidenceFolder& folder, const Clock& clock,
                                       LiveLedger* ledger) {
  if (!page) return nullptr;
  auto showing = std::make_unique<Showing>(folder, *page, clock, ledger);
  put(stderr, fmt::format("the page: {}\n", showing->url()));
  return showing;
}

void stay(Showing* showing, const report::RunReport& report, const verdict::JudgeOptions& strictness) {
  if (showing == nullptr) return;
  take_signals();
  const int before = shutdown_requests();
  showing->judged(report, strictness);
  const std::string url = showing->url();  // its token was told when it began
  put(stderr, fmt::format("the page stays at {} until Ctrl-C\n", url.substr(0, url.find('?'))));
  while (shutdown_requests() == before) std::this_thread::sleep_for(std::chrono::milliseconds(100));
}

}  // namespace testigo::run
