#include "run/index_evidence.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "base/inert.h"
#include "base/rotated_files.h"
#include "capture/rotation.h"
#include "ledger/reader.h"
#include "ledger/writer.h"
#include "run/version.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPatience = 5s;
constexpr Duration kLookEvery = 20ms;

std::string text_of(const verdict::JudgeOptions& strictness) {
  return fmt::format("tolerance {} since {} shared {}", strictness.tolerance ? std::to_string(strictness.tolerance->count()) : "-",
                     strictness.since ? to_rfc3339(*strictness.since) : "-", strictness.others_out_of_scope);
}

void add_source(const std::filesystem::path& file, const std::filesystem::path& folder, std::vector<ledger::Source>& sources) {
  struct stat status = {};
  if (::stat(file.c_str(), &status) != 0) return;
  sources.push_back({file.lexically_relative(folder).string(), static_cast<std::uint64_t>(status.st_size),
                     std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec});
}

// What a verdict is made from, as it is now.
std::vector<ledger::Source> sources_of(const EvidenceFolder& folder) {
  std::vector<ledger::Source> sources;
  for (const std::filesystem::path& file : folder.statement_files()) {
    for (int age = oldest_age(file); age >= 0; --age) add_source(rotated(file, age), folder.path(), sources);
  }
  for (const std::filesystem::path& file : capture::capture_files(folder.capture())) add_source(file, folder.path(), sources);
  add_source(folder.record(), folder.path(), sources);
  std::ranges::sort(sources, {}, &ledger::Source::path);
  return sources;
}

[[noreturn]] void fail(std::string_view what) { throw EnvironmentError(fmt::format("{}: {}", what, std::strerror(errno))); }

void remove_beside(const std::filesystem::path& file) {
  for (const char* suffix : {"-journal", "-wal", "-shm"}) {
    std::error_code ignored;
    std::filesystem::remove(file.string() + suffix, ignored);
  }
}

}  // namespace

// ledger.db.new, which one process at a time writes.
class EvidenceIndex::Making final : public call::Sink {
 public:
  // Waits for others that are at it, a while.
  Making(std::filesystem::path place, const Clock& clock) : place_(std::move(place)), file_(place_.string() + ".new") {
    try {
      for (const Duration until = clock.monotonic() + kPatience; !take();) {
        leave();
        if (clock.monotonic() >= until) throw EnvironmentError("another testigo is writing it");
        std::this_thread::sleep_for(kLookEvery);
      }
      writer_ = std::make_unique<ledger::Writer>(file_, ledger::Journal::None);
    } catch (...) {
      leave();
      throw;
    }
  }
  ~Making() override { leave(); }

  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = false, .side_ends = false, .calls = false};
  }
  void on_connection_closed(const call::ConnectionClosed& closed) override { on_closed(closed); }

  ledger::Writer& writer() { return *writer_; }

  // It is written to no more.
  const std::filesystem::path& whole() {
    writer_->close();
    return file_;
  }

  void put_in_place() {
    if (::fsync(descriptor_) != 0) fail("cannot write ledger.db.new");
    remove_beside(place_);  // they belong to the database that it replaces
    if (::rename(file_.c_str(), place_.c_str()) != 0) fail("cannot put ledger.db in its place");
    ours_ = false;
  }

  std::function<void(const call::ConnectionClosed&)> on_closed;

 private:
  // False when another is at it, or has just put it in its place.
  bool take() {
    if (!make() && (!take_away() || !make())) return false;
    if (!lock() || !is_named()) return false;
    ours_ = true;
    remove_beside(file_);
    return true;
  }

  // Never what lies there: it may be another name of somebody's file.
  bool make() {
    descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor_ < 0 && errno != EEXIST) fail("cannot make ledger.db.new");
    return descriptor_ >= 0;
  }

  bool lock() {
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) fail("cannot make ledger.db.new");
    return false;
  }

  // Whether what is open still has the name: who holds the lock of that alone takes the name from it.
  bool is_named() const {
    struct stat held = {};
    struct stat named = {};
    if (::fstat(descriptor_, &held) != 0) fail("cannot make ledger.db.new");
    return ::lstat(file_.c_str(), &named) == 0 && held.st_ino == named.st_ino && held.st_dev == named.st_dev;
  }

  // Others may have left it half made, or put a link there. False when another is at it.
  bool take_away() {
    struct stat named = {};
    if (::lstat(file_.c_str(), &named) != 0) return true;
    if (S_ISREG(named.st_mode)) {
      descriptor_ = ::open(file_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
      if (descriptor_ < 0 && errno == ENOENT) return true;
      if (descriptor_ < 0) fail("cannot make ledger.db.new");
      if (!lock() || !is_named()) return false;
    }
    if (::unlink(file_.c_str()) != 0 && errno != ENOENT) fail("cannot make ledger.db.new");
    leave();
    return true;
  }

  void leave() {
    writer_.reset();
    if (ours_) ::unlink(file_.c_str());
    ours_ = false;
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

  std::filesystem::path place_;
  std::filesystem::path file_;
  int descriptor_ = -1;
  bool ours_ = false;
  std::unique_ptr<ledger::Writer> writer_;
};

template <typename Action>
void EvidenceIndex::attempt(Action action) {
  if (!trouble_.empty()) return;
  try {
    action();
  } catch (const std::exception& error) {
    trouble_ = error.what();
    making_->on_closed = [](const call::ConnectionClosed&) {};
  }
}

EvidenceIndex::EvidenceIndex(const EvidenceFolder& folder, const verdict::JudgeOptions& strictness, const Clock& clock, Newer newer,
                             const std::filesystem::path& place)
    : folder_(folder), clock_(clock), strictness_(text_of(strictness)) {
  try {
    const std::filesystem::path ledger = place.empty() ? folder.ledger() : place;
    auto making = std::make_unique<Making>(ledger, clock);
    if (newer == Newer::Keep) ledger::refuse_newer(ledger);  // it may be what was waited for
    sources_ = sources_of(folder);
    making_ = std::move(making);
  } catch (const std::exception& error) {
    trouble_ = error.what();
    return;
  }
  making_->on_closed = [this](const call::ConnectionClosed& closed) { attempt([&] { making_->writer().add(closed); }); };
}

EvidenceIndex::~EvidenceIndex() = default;

Hearers EvidenceIndex::hearers() {
  if (!making_) return {};
  Hearers hearers;
  hearers.events = making_.get();
  hearers.statements = [this](const statement::Reading& reading) {
    attempt([&] { making_->writer().add(reading, folder_.path()); });
  };
  hearers.calls = [this](const call::CallClosed& closed, const verdict::WireStream* stream) {
    attempt([&] { making_->writer().add(closed, stream); });
  };
  hearers.findings = [this](const check::Finding& finding) { attempt([&] { making_->writer().add(finding); }); };
  hearers.differences = [this](const statement::CallId& call, const verdict::Difference& difference) {
    attempt([&] { making_->writer().add(call, difference); });
  };
  hearers.out_of_scope = [this](const statement::CallId& call) { attempt([&] { making_->writer().add_out_of_scope(call); }); };
  return hearers;
}

bool EvidenceIndex::finish(const report::RunReport& report, const std::function<void(const std::filesystem::path&)>& first) {
  attempt([&] {
    ledger::Writer& writer = making_->writer();
    for (const verdict::Claim& claim : report.verdict.claims) writer.add(claim, folder_.path());
    for (const diagnose::Cause& cause : report.verdict.causes) writer.add(cause);
    ledger::Meta meta;
    meta.testigo = report.version;
    meta.evidence = inert(folder_.name());
    meta.built = clock_.now();
    meta.wire = report.wire;
    meta.verdict = verdict::outcome_name(report.verdict.outcome);
    meta.strictness = strictness_;
    meta.sources = sources_;
    writer.add(std::move(meta));
    const std::filesystem::path& whole = making_->whole();
    if (first) first(whole);
    making_->put_in_place();
  });
  making_.reset();
  return trouble_.empty();
}

bool is_indexed(const EvidenceFolder& folder, const verdict::JudgeOptions& strictness) {
  if (ledger::standing(folder.ledger()) != ledger::Standing::Sound) return false;
  try {
    const ledger::Meta meta = ledger::Reader(folder.ledger()).meta();
    return !meta.live && meta.testigo == kVersion && meta.strictness == text_of(strictness) && meta.sources == sources_of(folder);
  } catch (const EnvironmentError&) {
    return false;
  }
}

}  // namespace testigo::run
