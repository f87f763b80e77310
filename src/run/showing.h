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

  // The run is over: whether what it left has been read.
  bool rest_is_read() { return following_.rest_is_read(); }
  // The run is over, and will soon be judged: the page says so until then.
  void judging();
  // A report.json that somebody has written meanwhile.
  void judged_so_far(nlohmann::ordered_json report);
  // The verdict, with which the page is shown from here on, once what the run left has been read. `ledger` is what was written
  // while that was judged; empty: the one of the folder, where it is up to date, else it is made. Where there is none, it keeps to
  // what was followed. `stage` is neither `Live` nor `Judging`.
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
  // Of what follows; and while a live document is made: what is told then comes behind it, as an event.
  std::mutex document_mutex_;
  nlohmann::ordered_json report_;                // so far
  report::Stage stage_ = report::Stage::Live;    // of a document without the last word
  std::shared_ptr<const std::string> document_;  // with the last word; null before
  std::shared_ptr<const std::string> cached_;    // a live one, for those who come at once
  std::optional<Duration> cached_at_;
  std::mutex page_mutex_;  // of what follows
  std::unique_ptr<EvidencePage> page_;
  std::mutex detail_mutex_;  // one call at a time: it takes a reading of the capture
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
