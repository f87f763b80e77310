// The page of an evidence folder, served: live while its run goes on, and afterwards with the verdict.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "report/page_document.h"
#include "report/run_report.h"
#include "run/evidence_folder.h"
#include "run/evidence_follower.h"
#include "run/evidence_page.h"
#include "run/live_ledger.h"
#include "run/live_run.h"
#include "show/page_server.h"
#include "verdict/judge.h"

namespace testigo::run {

class Showing final : public show::Pages {
 public:
  // Serves, and follows the folder on a thread of its own. Throws EnvironmentError when it cannot listen. `clock` must outlive it.
  // So must `ledger`, which hears what is followed and is closed when the run has been judged; null: there is none.
  Showing(const EvidenceFolder& folder, const show::Listen& listen, const Clock& clock, LiveLedger* ledger = nullptr);
  ~Showing() override;
  Showing(const Showing&) = delete;
  Showing& operator=(const Showing&) = delete;

  std::string url() const { return server_->url(); }

  // The run is over: waits until what it left has been read.
  void wait_for_the_rest() { following_.wait_for_the_rest(); }
  // A report.json that somebody has written meanwhile.
  void judged_so_far(nlohmann::ordered_json report);
  // The verdict, with which the page is shown from here on. `ledger` is what was written while that was
  // judged; empty: the one of the folder, where it is up to date, else it is made. Where there is none, it keeps to what was
  // followed. `stage` is not `Live`.
  void judged(const report::RunReport& report, const verdict::JudgeOptions& strictness = {},
              report::Stage stage = report::Stage::Over, const std::filesystem::path& ledger = {});

  std::shared_ptr<const std::string> document() override;
  std::optional<std::string> detail(const show::CallName& name) override;

 private:
  std::unique_ptr<EvidencePage> page_of(const report::RunReport& report, const verdict::JudgeOptions& strictness,
                                        report::Stage stage, const std::filesystem::path& ledger);

  EvidenceFolder folder_;
  show::EventHub hub_;
  LiveRun live_;
  std::mutex mutex_;  // of what follows
  nlohmann::ordered_json report_;
  bool judged_ = false;  // with the last word
  std::unique_ptr<EvidencePage> page_;
  std::shared_ptr<const std::string> document_;  // of the page
  std::mutex detail_mutex_;                      // one call at a time: it takes a reading of the capture
  std::mutex cache_mutex_;                       // of what follows: the live document, for those who come at once
  std::shared_ptr<const std::string> cached_;
  std::optional<Duration> cached_at_;
  const Clock& clock_;
  LiveLedger* ledger_;
  std::unique_ptr<show::PageServer> server_;
  Following following_;
};

// Where it is asked for: serves the page of a run that begins, and says where. Behind what needs privileges, for its threads keep
// those that there are.
std::unique_ptr<Showing> show_if_asked(const std::optional<show::Listen>& page, const EvidenceFolder& folder, const Clock& clock,
                                       LiveLedger* ledger = nullptr);
// The run is over, and the page stays until a signal comes. `showing` may be null.
void stay(Showing* showing, const report::RunReport& report, const verdict::JudgeOptions& strictness = {});

}  // namespace testigo::run
