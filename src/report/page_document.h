// What the page's document says of a run, be it one that goes on or one that is over (docs/formats/page.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "check/tally.h"
#include "report/page_names.h"
#include "report/tshark.h"

namespace testigo::report {

enum class Stage : std::uint8_t {
  Live,      // the run goes on
  Judging,   // it is over, and being judged
  Over,      // it came to its end
  CutShort,  // it did not, and there is nobody any more who could bring it there
};

struct PageHead {
  std::string lang = "en";
  std::string evidence;  // the name of the folder
  Time began, ended;     // the first and the last that was seen
  Stage stage = Stage::Over;
  std::optional<std::uint64_t> next_event = {};  // where the events begin that the document does not hold
  nlohmann::ordered_json report = nullptr;       // what was judged; null: nothing yet
  std::string wire = {};                         // where the wire witness stood; empty: nowhere
};

// Which names stand in a document, and how much of them.
struct NamesShown {
  const NameIndices* only = nullptr;  // null: all
  std::size_t text_bytes_max = PageNames::kTextBytesMax;
};

// The document without calls, findings and details.
nlohmann::ordered_json page_head(const PageHead& head, const PageNames& names, const NamesShown& shown = {});

// `row` is of the call that it is about, where the document holds it; `capture` is empty where there is none.
nlohmann::ordered_json page_finding(const check::Finding& finding, std::optional<std::size_t> row,
                                    const std::filesystem::path& capture, std::span<const DissectedPort> ports);

}  // namespace testigo::report
