// Findings of a run that goes on, for the page: the first so many of them, and how many there were. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "call/event.h"
#include "check/tally.h"
#include "report/finding_share.h"
#include "report/page_columns.h"
#include "run/server_ports.h"

namespace testigo::run {

class LiveFindings {
 public:
  // `capture` is what they are found in; of what is beyond the first `kept_max` some are kept (FindingShare), and all are counted.
  LiveFindings(std::filesystem::path capture, std::size_t kept_max) : capture_(std::move(capture)), share_(kept_max) {}

  // Whom a connection goes to, once it is known what it speaks.
  void hear(const call::ConnectionView& connection) { ports_.add(connection); }
  void hear(const check::Finding& finding);

  // What was not told yet, as events `findings` (docs/formats/page.md) that are not large each; and it is told now.
  std::vector<nlohmann::ordered_json> news();
  // Members `findings` and `found` of a document of these calls, and marks those that a finding is about.
  void add_to(nlohmann::ordered_json& document, std::vector<report::PageCall>& calls) const;

 private:
  nlohmann::ordered_json counts() const;

  std::filesystem::path capture_;
  report::FindingShare share_;
  ServerPorts ports_;
  std::vector<check::Finding> kept_;
  std::array<std::uint64_t, 3> by_severity_ = {};
  std::map<std::string_view, std::uint64_t> by_check_;
  std::size_t told_ = 0;     // of those kept
  bool counts_told_ = true;  // as they are
};

}  // namespace testigo::run
