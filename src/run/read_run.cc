#include "run/read_run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <system_error>

#include "base/environment_error.h"
#include "base/inert.h"
#include "base/usage_error.h"
#include "capture/capture_file.h"
#include "capture/connection_copy.h"
#include "capture/pcapng.h"
#include "run/audience.h"
#include "run/both_sides.h"
#include "run/capture_notes.h"
#include "run/kept_memory.h"
#include "run/masked.h"
#include "run/read_progress.h"
#include "run/shutdown.h"
#include "run/tell_verdict.h"
#include "run/terminal.h"
#include "run/workers.h"

namespace testigo::run {
namespace {

const std::filesystem::path kStandardInput = "-";

std::string names_of(const std::vector<std::filesystem::path>& files) {
  std::string names;
  for (const std::filesystem::path& file : files) names += (names.empty() ? "" : ", ") + inert(file.native(), 120);
  return names;
}

std::string packets_text(std::uint64_t count) { return fmt::format("{} packet{}", count, count == 1 ? "" : "s"); }

// What was read of one capture.
struct Reading {
  capture::CaptureSummary summary;
  bool stopped = false;
};

class Reader {
 public:
  Reader(const Shown& shown, Audience& audience) : shown_(shown), audience_(audience) {}

  Reading read(const capture::CaptureFiles& files, tcp::ConnectionSink& sink) {
    // Lines of calls and a progress bar would mix on one terminal.
    ReadProgress progress(stderr, shown_.quiet || !is_terminal(stdout), clock_);
    Reading reading;
    const auto look = [&](const capture::ReadSoFar& so_far) {
      progress.draw(so_far.octets, so_far.total);
      if (so_far.waiting) sink.on_idle();
      if (so_far.waiting) audience_.flush();
      reading.stopped = shutdown_requests() != 0;
      return !reading.stopped;
    };
    try {
      reading.summary = files.read(sink, {}, look);
    } catch (const EnvironmentError&) {
      sink.on_idle();  // what came before is told
      throw;
    }
    return reading;
  }

 private:
  SystemClock clock_;
  const Shown& shown_;
  Audience& audience_;
};

// Keeps other threads from printing: taken once, it costs nothing for each line. The thread that reads tells everything.
class PrintsAlone {
 public:
  explicit PrintsAlone(std::FILE* out) : out_(out) { ::flockfile(out_); }
  ~PrintsAlone() { ::funlockfile(out_); }
  PrintsAlone(const PrintsAlone&) = delete;
  PrintsAlone& operator=(const PrintsAlone&) = delete;

 private:
  std::FILE* out_;
};

// Calls may have passed that are not in what was read.
bool not_whole(const Reading& reading) {
  const capture::CaptureSummary& summary = reading.summary;
  const bool unread = summary.unread != 0 || !summary.unread_carriers.empty();
  return reading.stopped || !summary.trouble.empty() || unread || !summary.unseen.empty();
}

std::string sides_text(const report::Hop& hop) {
  return fmt::format(
      "downstream, the side of the client: {}; upstream, that of the server: {} ({}); {} on both sides, {} downstream "
      "only, {} upstream only",
      hop.downstream, hop.upstream, hop.by_addresses ? "as their addresses tell" : "as given",
      hop.summary.paired == 1 ? "1 call" : fmt::format("{} calls", hop.summary.paired), hop.summary.only_downstream,
      hop.summary.only_upstream);
}

// What the comparison leaves open keeps the verdict from being on the hop.
std::string hop_trouble(const report::Hop& hop) {
  return hop.summary.paired == 0 ? "no call was found on both sides of the hop" : "";
}

void note_hop(report::RunReport& report, const Limits& limits) {
  std::vector<std::string>& notes = report.verdict.notes;
  notes.push_back(sides_text(*report.hop));
  notes.emplace_back("both sides are judged; the calls that are shown and summed up are those of the first");
  if (const std::uint64_t beyond = report.hop->summary.beyond_limit; beyond != 0) {
    notes.push_back(fmt::format("{} not compared: more than {} octets are to be remembered of a side",
                                beyond == 1 ? "1 call was" : fmt::format("{} calls were", beyond), limits.hop_bytes_kept));
  }
}

// Of evidence it is damage; of a file that somebody asks for it is most likely the wrong one.
void refuse_empty(const std::filesystem::path& file) {
  std::error_code error;
  if (file != kStandardInput && std::filesystem::is_regular_file(file, error) && std::filesystem::file_size(file, error) == 0 &&
      !error)
    throw EnvironmentError(fmt::format("{} is empty: it is no capture", inert(file.native(), file.native().size())));
}

// Which connections carry a call that is shown, or have a finding that alone was asked for.
class Chosen final : public call::Sink {
 public:
  call::Interest hears() const override { return {.frames = false, .blocks = false, .messages = false, .side_ends = false}; }
  void on_call(const call::CallClosed& closed) override { add(closed.connection.number); }
  void add(call::ConnectionNumber number) {
    if (connections_.size() <= number) connections_.resize(number + 1);
    connections_[number] = true;
  }
  const std::vector<bool>& connections() const { return connections_; }

 private:
  std::vector<bool> connections_;
};

// Of its first block, which says nothing of the order of octets.
bool is_pcapng(int descriptor) {
  std::uint32_t type = 0;
  return ::pread(descriptor, &type, sizeof type, 0) == sizeof type &&
         type == static_cast<std::uint32_t>(capture::pcapng::BlockType::SectionHeader);
}

std::string_view what_it_is(mode_t mode) {
  if (S_ISREG(mode)) return "file that is no pcapng capture";
  return S_ISLNK(mode) ? "link" : S_ISDIR(mode) ? "folder" : "device, pipe or socket";
}

// Nothing but a capture of pcapng is written over.
void check_target(const std::filesystem::path& target) {
  const std::string shown = inert(target.native(), target.native().size());
  struct stat status = {};
  if (::lstat(target.c_str(), &status) != 0) return;  // where it cannot be made, the copy says why
  const int descriptor = S_ISREG(status.st_mode) ? ::open(target.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
  const bool ours = descriptor >= 0 && (status.st_size == 0 || is_pcapng(descriptor));
  if (descriptor >= 0) ::close(descriptor);
  if (!ours) throw UsageError(fmt::format("--keep writes over no {}: {}; name a new file", what_it_is(status.st_mode), shown));
}

void check_copy(const ReadOptions& options, const capture::CaptureFiles& files) {
  if (!files.again()) throw UsageError("--keep reads the captures twice, and a pipe can be read once: save it to a file first");
  std::error_code error;
  for (const auto* read : {&options.files, &options.other_side}) {
    for (const std::filesystem::path& file : *read) {
      if (std::filesystem::equivalent(file, *options.keep, error) && !error) {
        throw UsageError(fmt::format("--keep would write over {}, which it reads", inert(file.native(), file.native().size())));
      }
    }
  }
  check_target(*options.keep);
}

bool asks_for_findings_only(const CallSelection& calls) { return calls.findings_only() && !calls.findings.empty(); }

// What the copy holds goes into the report; why it is not whole is returned.
std::optional<std::string> copy(const ReadOptions& options, const capture::CaptureFiles& files, const std::vector<bool>& chosen,
                                const capture::CaptureSummary& summary, report::RunReport& report) {
  const bool payloads = options.payloads && !summary.without_bodies;
  const capture::Copied copied =
      capture::copy_connections(files, {*options.keep, chosen, payloads, options.shown.secrets, summary.reconstructed});
  report.masked = masked_of(copied.masked);
  report.verdict.notes.push_back(
      fmt::format("{} holds {} of {} connections, each with {}; {}", inert(options.keep->native(), 120),
                  packets_text(copied.packets), std::ranges::count(chosen, true),
                  asks_for_findings_only(options.shown.calls) ? "a finding that was asked for" : "a call that is shown",
                  payloads ? "secrets are masked" : "secrets are masked, message bodies left out"));
  if (copied.undecoded != 0) {
    report.verdict.notes.push_back(
        fmt::format("in {} of them what could not be decoded in time is left out", packets_text(copied.undecoded)));
  }
  return copied.error;
}

// The captures of both sides of a hop, one after the other: nothing is compared by their clocks.
class Comparison {
 public:
  explicit Comparison(const ReadOptions& options)
      : options_(options), files_(options.other_side, capture::CaptureFiles::Names::Given) {}

  call::Sink& given() { return sides_.given(); }

  void judge(const Reading& given, Reader& reader, Audience& audience) {
    other_ = reader.read(files_, audience.other_side(sides_.other()));
    if (not_whole(given)) sides_.given().not_whole();
    if (not_whole(other_)) sides_.other().not_whole();
    hop_ = sides_.judge(audience.judge(), names_of(options_.files), names_of(options_.other_side));
  }

  std::string trouble() const {
    const std::string of_file = trouble_of(other_.summary);
    return of_file.empty() ? hop_trouble(hop_) : "of the other side " + of_file;
  }

  void tell(report::RunReport& report) const {
    report.hop = hop_;
    note_hop(report, {});
    for (const std::string& note : notes_on(other_.summary, other_.stopped))
      report.verdict.notes.push_back("the other side: " + note);
  }

 private:
  const ReadOptions& options_;
  capture::CaptureFiles files_;
  BothSides sides_;
  Reading other_;
  report::Hop hop_;
};

// One where something is told that only the thread that reads knows in time: frames, messages, what is declared, another side.
std::size_t workers_of(const ReadOptions& options) {
  const Shown& shown = options.shown;
  const bool alone = shown.frames || shown.messages || shown.follow || shown.schema || !options.other_side.empty();
  return alone ? 1 : options.workers == 0 ? std::min(cores(), Workers::kThreadsMax) : options.workers;
}

}  // namespace

int run_read(const ReadOptions& options) {
  const SystemClock clock;
  take_signals();
  keep_freed_memory();
  const PrintsAlone alone(stdout);
  for (const auto* files : {&options.files, &options.other_side}) std::ranges::for_each(*files, refuse_empty);
  const capture::CaptureFiles files(options.files, capture::CaptureFiles::Names::Given);
  if (options.keep) check_copy(options, files);
  Chosen chosen;
  std::optional<Comparison> comparison;
  if (!options.other_side.empty()) comparison.emplace(options);
  Audience audience(verdict::Hearing::Interface, options.shown, options.keep ? &chosen : nullptr,
                    comparison ? std::vector<call::Sink*>{&comparison->given()} : std::vector<call::Sink*>{});
  if (options.keep && asks_for_findings_only(options.shown.calls)) {
    audience.on_finding([&](const check::Finding& finding) {
      if (asks_for(options.shown.calls, finding)) chosen.add(finding.spot.place.connection);
    });
  }
  Reader reader(options.shown, audience);
  std::optional<Workers> workers;
  if (const std::size_t count = workers_of(options); count > 1) {
    const bool at_once = !options.shown.quiet && options.shown.calls.findings.empty();  // a call is told when it is over
    const Workers::Options of_workers{count, at_once, options.shown.json, paint_for(stdout)};
    workers.emplace(of_workers, audience.meeting());
  }
  const Reading reading = reader.read(files, workers ? static_cast<tcp::ConnectionSink&>(*workers) : audience.sink());
  audience.on_finding({});  // the other side's connections have numbers of their own
  if (comparison) comparison->judge(reading, reader, audience);
  std::string unread = trouble_of(reading.summary);
  if (comparison && unread.empty()) unread = comparison->trouble();
  report::RunReport report = audience.report("watch", clock, {.dropped_packets = 0, .trouble = unread});
  report.wire = "read from " + names_of(options.files);
  if (options.files.size() == 1 && options.files.front() != kStandardInput && !comparison) report.capture = options.files.front();
  constexpr std::uint16_t kVxlanOfLinux = 8472;
  if (reading.summary.vxlan_of_linux) report.ports.push_back({kVxlanOfLinux, report::Dissector::Vxlan});
  std::ranges::move(notes_on(reading.summary, reading.stopped), std::back_inserter(report.verdict.notes));
  if (comparison) comparison->tell(report);
  std::optional<std::string> trouble;
  if (options.keep && !reading.stopped) trouble = copy(options, files, chosen.connections(), reading.summary, report);
  audience.tell_rest();
  const int code = tell_verdict(report, options.shown.json);
  if (trouble) throw EnvironmentError(*trouble);
  return code;
}

}  // namespace testigo::run
