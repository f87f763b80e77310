#include "run/show_run.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "base/file.h"
#include "base/inert.h"
#include "capture/capture_file.h"
#include "run/index_evidence.h"
#include "run/judge_again.h"
#include "run/run_lock.h"
#include "run/run_record.h"
#include "run/showing.h"
#include "run/shutdown.h"
#include "run/silence.h"
#include "run/strictness.h"
#include "run/terminal.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

// A signal asks us to end while the evidence is judged.
struct AskedToEnd {};

std::filesystem::path newest(const std::filesystem::path& parent) {
  if (auto folder = EvidenceFolder::newest(parent)) return *std::move(folder);
  throw EnvironmentError(
      fmt::format("there is no evidence in {}; name the folder of a run: testigo show DIR", inert(parent.native())));
}

// A folder that is gone with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "testigo-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw EnvironmentError(
          fmt::format("cannot make a folder in {}: {}", std::filesystem::temp_directory_path().string(), std::strerror(errno)));
    }
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A capture by itself, as the evidence of a watch that has its name.
class LentCapture {
 public:
  explicit LentCapture(const std::filesystem::path& capture) : folder_(parent_.path() / capture.filename()) {
    std::filesystem::create_directory(folder_);
    std::filesystem::create_symlink(std::filesystem::absolute(capture), folder_ / "wire.pcapng");
    RunRecord record;
    record.command = "watch";
    record.finished = true;
    record.wire = "read from " + inert(capture.native(), 120);  // as `watch` tells it
    write_run_record(folder_ / "run.json", record);
  }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  TemporaryFolder parent_;
  std::filesystem::path folder_;
};

bool says_it_is_over(const EvidenceFolder& folder) {
  const auto record = read_run_record(folder.record());
  return record && record->finished;
}

// What `verify --evidence --repeat` writes, be it in another container.
class ReportFile {
 public:
  explicit ReportFile(const EvidenceFolder& folder) : path_(folder.path() / "report.json") {}

  // When there is another one than before. One that cannot be read, or is none, is passed over: half of it may have been written.
  std::optional<nlohmann::ordered_json> look() {
    std::error_code error;
    const auto time = std::filesystem::last_write_time(path_, error);
    if (error || time == written_ || !std::filesystem::is_regular_file(path_, error)) return std::nullopt;
    try {
      const std::string text = read_file(path_, kReportBytesMax);
      written_ = time;
      const auto shallow = [](int depth, nlohmann::ordered_json::parse_event_t, nlohmann::ordered_json&) {
        if (depth > kDepthMax) throw EnvironmentError("it is too deep");
        return true;
      };
      auto json = nlohmann::ordered_json::parse(text, shallow, false);
      const bool ours = json.is_object() && json.contains("format") && json["format"] == "testigo-report";
      return ours ? std::optional(std::move(json)) : std::nullopt;
    } catch (const EnvironmentError&) {
      return std::nullopt;
    }
  }

 private:
  static constexpr std::size_t kReportBytesMax = std::size_t{8} << 20;
  static constexpr int kDepthMax = 32;
  std::filesystem::path path_;
  std::filesystem::file_time_type written_;
};

// Waits for it, too, unless we are asked to end.
void wait_for_the_rest(Showing& showing) {
  while (!showing.rest_is_read()) {
    if (shutdown_requests() != 0) throw AskedToEnd();
    std::this_thread::sleep_for(50ms);
  }
}

bool go_on(const capture::ReadSoFar& /*so_far*/) {
  if (shutdown_requests() != 0) throw AskedToEnd();
  return true;
}

report::RunReport judge_into(EvidenceIndex& index, const EvidenceFolder& folder, const verdict::JudgeOptions& strictness,
                             const Clock& clock) {
  Hearers hearers = index.hearers();
  hearers.progress = go_on;
  return judge_again(folder, strictness, clock, hearers);
}

// `given` is the capture, where it is one by itself.
void judge(const EvidenceFolder& folder, const ShowOptions& options, Showing& showing, const std::filesystem::path& given,
           report::Stage stage, const Clock& clock) {
  verdict::JudgeOptions chosen;
  chosen.tolerance = options.tolerance;
  chosen.since = options.since;
  const verdict::JudgeOptions strictness = strictness_of(folder, chosen);
  EvidenceIndex index(folder, strictness, clock);
  report::RunReport report = judge_into(index, folder, strictness, clock);
  if (!given.empty()) report.capture = report.evidence = given;
  std::filesystem::path ledger = folder.ledger();
  std::optional<TemporaryFolder> beside;
  if (!index.finish(report)) {
    // What stands there is not believed; the page takes one that is there no longer than it is open.
    put(stderr, fmt::format("ledger.db could not be written: {}; the page is shown all the same\n", index.trouble()));
    ledger = "/";  // which is none: without a place for it the page keeps to what was followed
    try {
      beside.emplace();
      ledger = beside->path() / "ledger.db";
      EvidenceIndex unkept(folder, strictness, clock, Newer::Keep, ledger);
      judge_into(unkept, folder, strictness, clock);
      unkept.finish(report);
    } catch (const EnvironmentError&) {
    }
  }
  wait_for_the_rest(showing);
  showing.judged(report, strictness, stage, ledger);
}

// Those whom it had started end with it, and what they said last is judged, too.
void tell_cut_short(Showing& showing) {
  wait_for_the_rest(showing);
  put(stderr,
      "the run ended without a verdict: its process is gone; what it left is judged, and `testigo report` writes the reports\n");
}

// Follows it, and judges it when it is over, until a signal comes.
void show(const EvidenceFolder& folder, const ShowOptions& options, Showing& showing, const std::filesystem::path& given,
          const Clock& clock) {
  ReportFile report_file(folder);
  Silence silence(folder, clock);
  bool judged = false;
  for (; shutdown_requests() == 0; std::this_thread::sleep_for(200ms)) {
    if (judged) continue;
    const bool cut_short = was_cut_short(folder);
    if (cut_short) tell_cut_short(showing);
    if (cut_short || says_it_is_over(folder) || silence.look()) {
      showing.judging();
      judge(folder, options, showing, given, cut_short ? report::Stage::CutShort : report::Stage::Over, clock);
      judged = true;
    } else if (auto report = report_file.look()) {
      showing.judged_so_far(*std::move(report));
    }
  }
}

}  // namespace

int run_show(const ShowOptions& options) {
  const SystemClock clock;
  take_signals();
  std::optional<LentCapture> lent;
  std::error_code error;
  if (std::filesystem::is_regular_file(options.evidence, error)) lent.emplace(options.evidence);
  const std::filesystem::path path = lent                       ? lent->folder()
                                     : options.evidence.empty() ? newest(options.evidence_parent)
                                                                : options.evidence;
  const EvidenceFolder folder = EvidenceFolder::open(path, "show wants a capture, or the folder of a run");
  Showing showing(folder, options.listen, clock);
  put(stdout, fmt::format("{}\n", showing.url()));
  std::fflush(stdout);
  const std::filesystem::path given = lent ? options.evidence : std::filesystem::path();
  put(stderr, fmt::format("the page of {}; end with Ctrl-C\n", inert((lent ? given : folder.path()).native(), 1024)));
  try {
    show(folder, options, showing, given, clock);
  } catch (const AskedToEnd&) {
    // in order, as at any other moment
  }
  return 0;
}

}  // namespace testigo::run
