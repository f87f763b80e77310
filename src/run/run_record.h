// run.json: what the collecting run keeps for whoever judges its evidence, now or later. The format is docs/formats/run.md.
//
// Statements and capture say what happened; this says what only the run itself knows. Untrusted input when it is read back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "run/judged_once.h"

namespace testigo::run {

struct RunRecord {
  std::string command;                // "verify"
  bool finished = false;              // the run came to its end, and the notes are all there
  std::uint64_t clients_started = 0;  // 0: they were none of the run's own
  bool shared_server = false;         // the server also served others, whose calls are out of scope
  std::vector<std::string> notes;     // for the reader of the verdict
  std::string wire = {};              // where the wire witness stood: "tap", "listened on lo"; empty: the capture says it
  std::uint64_t packets_dropped = 0;  // by the kernel, before the wire witness could read them
  // How strict its own judge was; nothing: as usual (verdict/judge.h).
  std::optional<Duration> tolerance = {};
  std::optional<Time> since = {};
  JudgedOnce judged_once = {};
  friend bool operator==(const RunRecord&, const RunRecord&) = default;
};

// Many or long notes are cut, and that is said. Throws EnvironmentError.
void write_run_record(const std::filesystem::path& file, const RunRecord& record);

// Of run.json.
constexpr std::string_view kUnknownOfRun = "what the run noted, how many clients it started, and how strict it was, is not known";

// Nothing when there is no such file. One that cannot be read becomes a record whose note says so, and what is `unknown` then.
// Throws EnvironmentError for an unknown major version.
std::optional<RunRecord> read_run_record(const std::filesystem::path& file, std::string_view unknown = kUnknownOfRun);

}  // namespace testigo::run
