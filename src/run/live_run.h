// Evidence that is still being collected, for the page: hears what an EvidenceFollower tells, and makes of it
//
//   calls, findings ──▶ events for whoever looks, a document for whoever comes
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "report/page_columns.h"
#include "report/page_document.h"
#include "report/page_names.h"
#include "run/call_details.h"
#include "run/evidence_folder.h"
#include "run/evidence_follower.h"
#include "run/evidence_page.h"
#include "run/live_calls.h"
#include "run/live_findings.h"
#include "show/event_hub.h"

namespace testigo::run {

class LiveRun final : public EvidenceHearer {
 public:
  // `hub` must outlive it. Of findings at most `findings_max` are told; all are counted.
  LiveRun(EvidenceFolder folder, const Clock& clock, show::EventHub& hub, std::size_t findings_max = report::PageBounds().findings);

  void on_capture(const std::filesystem::path& oldest) override;
  void on_statement(const HeardStatement& heard) override;
  void on_call(const call::CallClosed& closed, const verdict::WireStream* stream) override;
  void on_opening(const call::ConnectionView& connection) override;
  void on_connection_closed(const call::ConnectionClosed& /*closed*/) override {}
  void on_finding(const check::Finding& finding) override;
  void on_passed_over(std::size_t files) override;
  void on_look(Duration now, bool caught_up) override;
  void on_end() override;

  // The files of the capture are still those that it was followed from: connections are counted as they are here.
  bool counts_as_the_files_do() const;  // any thread
  // The document as it stands, and where the events that follow it begin; any thread. `report` is what has been judged so far, or
  // null.
  std::string document(const nlohmann::ordered_json& report, report::Stage stage = report::Stage::Live);
  std::optional<Time> began() const;  // any thread
  // Whether the document as it stands has the call of this stream, or of this id; any thread.
  bool has(const std::optional<StreamKey>& stream, const std::optional<statement::CallId>& id) const;

 private:
  // How calls between a client and a server went.
  struct Pair {
    std::uint64_t calls = 0, ok = 0, failed = 0, open = 0;
  };

  void take(const report::PageCall& call);
  void publish();
  void publish_names();
  void publish_calls();
  void publish_flow();

  EvidenceFolder folder_;
  const Clock& clock_;
  show::EventHub& hub_;

  mutable std::mutex mutex_;  // of all that follows
  report::PageNames names_;
  std::deque<report::PageCall> latest_;
  std::uint64_t total_ = 0;

  LiveCalls calls_;
  LiveFindings findings_;
  std::vector<report::PageCall> news_;  // not published yet
  std::map<std::pair<std::uint16_t, std::uint16_t>, Pair> pairs_;
  std::string wire_;  // where its witness stands
  std::size_t passed_over_ = 0;
  std::size_t names_published_ = 0;
  std::string wire_published_;
  Duration published_{}, flow_published_{};
  std::optional<std::pair<std::uint64_t, std::uint64_t>> oldest_;  // device and number of the oldest file of the capture
};

}  // namespace testigo::run
