// The page of an evidence folder: what its report, its ledger and its capture say, as one document (docs/formats/page.md).
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "report/page_bounds.h"
#include "report/page_document.h"
#include "report/run_report.h"
#include "run/evidence_folder.h"
#include "show/pages.h"

namespace testigo::run {

struct PageOptions {
  std::string lang = "en";             // what it opens with: "en", "es"
  std::size_t bytes_max = 25'000'000;  // of report.html
  report::PageBounds bounds = {};
  report::Stage stage = report::Stage::Over;
};

// One thread at a time.
class EvidencePage {
 public:
  // `report` is what the judge said of the folder, `ledger` its index. Throws EnvironmentError.
  EvidencePage(EvidenceFolder folder, report::RunReport report, const std::filesystem::path& ledger,
               const PageOptions& options = {});
  ~EvidencePage();
  EvidencePage(const EvidencePage&) = delete;
  EvidencePage& operator=(const EvidencePage&) = delete;

  std::string html();      // report.html
  std::string document();  // JSON
  // Any call down to its octets, JSON; nothing when there is no such call.
  std::optional<std::string> detail(const show::CallName& name);

 private:
  struct Open;
  std::optional<std::size_t> find(const show::CallName& name) const;
  std::unique_ptr<Open> open_;
};

// Writes report.html (0600) into the folder. Throws EnvironmentError.
void write_page(const EvidenceFolder& folder, const report::RunReport& report, const std::filesystem::path& ledger,
                const PageOptions& options = {});

}  // namespace testigo::run
