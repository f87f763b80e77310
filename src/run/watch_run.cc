#include "run/watch_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "base/environment_error.h"
#include "base/inert.h"
#include "capture/capture_permission.h"
#include "capture/live_source.h"
#include "capture/packet_intake.h"
#include "capture/packet_recorder.h"
#include "run/audience.h"
#include "run/capture_notes.h"
#include "run/evidence_folder.h"
#include "run/masked.h"
#include "run/privileges.h"
#include "run/run_lock.h"
#include "run/run_record.h"
#include "run/showing.h"
#include "run/shutdown.h"
#include "run/tell_verdict.h"
#include "run/terminal.h"
#include "run/watch_lock.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPatience = 20ms;    // of one reading
constexpr Duration kIdleEvery = 100ms;  // lines and packets are written out so often even when something always waits
// At the end: the kernel keeps packets for a moment before it gives them out, a busy one for longer.
constexpr Duration kLastPackets = 150ms;
constexpr Duration kLastPacketsMax = 3s;

class Watch {
 public:
  // `dropped_before`: by the kernel, of what older captures in the folder hold; nothing: there are none.
  Watch(const WatchOptions& options, const EvidenceFolder& folder, capture::LiveSource& source, const Clock& clock,
        std::optional<std::uint64_t> dropped_before);

  void show_page() { showing_ = show_if_asked(options_.page, folder_, clock_); }
  void listen();
  int conclude();

 private:
  bool limit_reached() const;
  bool read(Duration patience);
  void write_out();
  void read_what_is_left();
  void tell_drops();
  void note_so_far() const;
  std::uint64_t dropped() const { return dropped_before_.value_or(0) + source_.counts().dropped; }
  RunRecord record(bool finished) const;
  std::string wire() const { return fmt::format("listened on {}", inert(options_.interface, 64)); }
  std::vector<std::string> recorded_notes(const check::Tally& checks) const;

  const WatchOptions& options_;
  const EvidenceFolder& folder_;
  capture::LiveSource& source_;
  const Clock& clock_;
  std::optional<std::uint64_t> dropped_before_;
  Duration begun_;
  Duration written_out_;
  Time last_packet_;
  std::uint64_t drops_told_ = 0;
  Audience audience_;
  std::optional<capture::PacketRecorder> recorder_;
  std::optional<capture::PacketIntake> intake_;
  std::unique_ptr<Showing> showing_;  // null: nobody asked for it
};

Watch::Watch(const WatchOptions& options, const EvidenceFolder& folder, capture::LiveSource& source, const Clock& clock,
             std::optional<std::uint64_t> dropped_before)
    : options_(options),
      folder_(folder),
      source_(source),
      clock_(clock),
      dropped_before_(dropped_before),
      begun_(clock.monotonic()),
      written_out_(begun_),
      audience_(verdict::Hearing::Interface, options.shown) {
  if (options.write) {
    capture::PacketRecorder::Options recording;
    recording.file = folder.capture();
    recording.link_type = source.link_type();
    recording.payloads = options.payloads;
    recording.secrets = options.shown.secrets;
    recording.rotation = options.rotation;
    recorder_.emplace(std::move(recording));
  }
  intake_.emplace(source.link_type(), audience_.sink(), recorder_ ? &*recorder_ : nullptr);
  note_so_far();
}

bool Watch::limit_reached() const {
  if (shutdown_requests() != 0 || source_.trouble()) return true;
  if (options_.time_limit && clock_.monotonic() - begun_ >= *options_.time_limit) return true;
  return options_.calls_limit && audience_.calls() >= *options_.calls_limit;
}

// True when there was something.
bool Watch::read(Duration patience) {
  const auto take = [this](const capture::LivePacket& packet) {
    last_packet_ = packet.time;
    intake_->take(packet);
  };
  return source_.read(patience, take) != 0;
}

void Watch::write_out() {
  intake_->idle();
  audience_.flush();
  written_out_ = clock_.monotonic();
  if (source_.counts().dropped != drops_told_) tell_drops();
}

void Watch::tell_drops() {
  const std::uint64_t dropped = source_.counts().dropped;
  put(stderr,
      fmt::format("the kernel dropped {} packets more, {} so far: what they held was not seen\n", dropped - drops_told_, dropped));
  drops_told_ = dropped;
  note_so_far();
}

// Not only at the end: it may listen for weeks, and whoever judges the folder meanwhile must know. A disk that is full says so at
// the end.
void Watch::note_so_far() const {
  try {
    write_run_record(folder_.record(), record(false));
  } catch (const EnvironmentError&) {
  }
}

RunRecord Watch::record(bool finished) const {
  RunRecord record;
  record.command = "watch";
  record.wire = wire();
  record.packets_dropped = dropped();
  record.finished = finished;
  return record;
}

void Watch::listen() {
  while (!limit_reached()) {
    const bool busy = read(kPatience);
    if (!busy || clock_.monotonic() - written_out_ >= kIdleEvery) write_out();
  }
  read_what_is_left();
  intake_->end();
  audience_.flush();
}

// What passed before we were asked to end.
void Watch::read_what_is_left() {
  const Time asked_at = clock_.now();
  const Duration asked = clock_.monotonic();
  for (Duration now = asked; !source_.trouble() && now - asked < kLastPacketsMax; now = clock_.monotonic()) {
    const bool more = read(kPatience);
    if (more ? last_packet_ > asked_at : now - asked >= kLastPackets) return;
  }
}

// Kept with the evidence too, for whoever judges it again; where the disk would not take them, that is one note more.
std::vector<std::string> Watch::recorded_notes(const check::Tally& checks) const {
  RunRecord record = this->record(true);
  record.judged_once = judged_once(checks);
  if (dropped_before_) {  // what an earlier watch judged of the older captures is not known
    for (auto& [id, row] : record.judged_once) row.passed = 0;
  }
  record.notes = capture_notes(source_, *intake_, recorder_ ? &*recorder_ : nullptr);
  if (dropped_before_.value_or(0) != 0) {
    record.notes.push_back(fmt::format("of what older captures here hold, the kernel had dropped {} packets", *dropped_before_));
  }
  try {
    write_run_record(folder_.record(), record);
  } catch (const EnvironmentError& error) {
    record.notes.emplace_back(error.what());
  }
  return record.notes;
}

int Watch::conclude() {
  const auto [read, dropped] = source_.counts();
  report::RunReport report = audience_.report("watch", clock_, {dropped, trouble_of(*intake_)});
  report.packets = {read, dropped};
  report.evidence = folder_.path();
  report.wire = wire();
  if (recorder_) {
    report.capture = folder_.capture();
    report.masked = masked_of(recorder_->masked());
  }
  std::ranges::move(recorded_notes(report.checks), std::back_inserter(report.verdict.notes));
  audience_.tell_rest();
  const int code = tell_verdict(report, options_.shown.json);
  stay(showing_.get(), report);
  if (recorder_ && recorder_->error()) throw EnvironmentError(*recorder_->error());
  return code;
}

// A folder that is shared with other witnesses, and perhaps with an earlier watch, whose captures are kept as older ones.
class SharedFolder {
 public:
  explicit SharedFolder(const WatchOptions& options) : folder_(EvidenceFolder::share(options.folder)), lock_(options.folder) {
    std::error_code error;
    const std::optional<RunRecord> earlier = read_run_record(folder_.record());
    for (const auto& earlier_ones : {folder_.record(), folder_.lock()}) {  // what else an earlier run noted is not about this one
      std::filesystem::remove(earlier_ones, error);
    }
    if (!std::filesystem::exists(folder_.capture(), error)) return;
    dropped_before_ = earlier ? earlier->packets_dropped : 0;
    if (!capture::grow_older(folder_.capture(), options.rotation.files_max)) {
      throw EnvironmentError(fmt::format("cannot rename {}; choose another folder", folder_.capture().string()));
    }
  }

  const EvidenceFolder& folder() const { return folder_; }
  void listening() { lock_.listening(); }
  // Packets that are missing in the older captures: they stay evidence, and so does that.
  std::optional<std::uint64_t> dropped_before() const { return dropped_before_; }

 private:
  EvidenceFolder folder_;
  WatchLock lock_;
  std::optional<std::uint64_t> dropped_before_;
};

// Everything that needs a privilege, then the end of all privileges, then the first octet of a stranger.
int run_into(const EvidenceFolder& folder, const WatchOptions& options, const Clock& clock,
             std::optional<std::uint64_t> dropped_before, const std::function<void()>& listening) {
  capture::raise_capture_capability();
  capture::LiveSource source({options.interface, options.filter});
  const std::string given_up = drop_privileges(folder);
  Watch watch(options, folder, source, clock, dropped_before);
  put(stderr, fmt::format("listening on {}{}; evidence in {}; end with Ctrl-C\n", options.interface,
                          options.filter.empty() ? "" : fmt::format(" ({})", options.filter), folder.path().string()));
  if (!given_up.empty()) put(stderr, given_up + "\n");
  listening();
  watch.show_page();
  watch.listen();
  return watch.conclude();
}

}  // namespace

int run_watch(const WatchOptions& options) {
  if (!options.filter.empty()) capture::check_filter(options.filter);
  const SystemClock clock;
  take_signals();
  if (!options.folder.empty()) {
    SharedFolder shared(options);
    return run_into(shared.folder(), options, clock, shared.dropped_before(), [&shared] { shared.listening(); });
  }
  const EvidenceFolder folder = EvidenceFolder::create(options.out, "watch", clock.now());
  const RunLock lock(folder);
  try {
    return run_into(folder, options, clock, std::nullopt, [] {});
  } catch (...) {
    folder.discard_if_empty();
    throw;
  }
}

}  // namespace testigo::run
