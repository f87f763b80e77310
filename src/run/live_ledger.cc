#include "run/live_ledger.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "base/inert.h"
#include "run/version.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kRowsOfBatch = 4000;
constexpr Duration kWriteEvery = 1s;
constexpr std::uint64_t kRoomOfEvidence = std::uint64_t{64} << 20;  // octets of a disk that are left to it

std::pair<std::uint64_t, std::uint64_t> identity(const struct stat& status) { return {status.st_dev, status.st_ino}; }

// What the disk has left, as far as it says so.
std::uint64_t room_in(const std::filesystem::path& folder) {
  std::error_code error;
  const std::filesystem::space_info room = std::filesystem::space(folder, error);
  return error ? std::numeric_limits<std::uint64_t>::max() : room.available;
}

}  // namespace

void LiveLedger::Rows::clear() {
  if (size() > 2 * kRowsOfBatch) *this = {};
  statements.clear();
  calls.clear();
  connections.clear();
  findings.clear();
}

LiveLedger::LiveLedger(EvidenceFolder folder, const Clock& clock, Say say, const Limits& limits)
    : folder_(std::move(folder)),
      clock_(clock),
      say_(std::move(say)),
      limits_(limits),
      batch_(std::min(kRowsOfBatch, limits.ledger_queue_rows_max / 2)) {}

LiveLedger::~LiveLedger() { close(); }

void LiveLedger::on_statement(const HeardStatement& heard) {
  if (heard.seq == 0) return;
  const std::lock_guard lock(mutex_);
  if (!hears()) return;
  Said& said = rows_.statements.emplace_back();
  said.place.writer = static_cast<ledger::WitnessId>(heard.testimony);
  said.place.seq = heard.seq;
  said.place.line = heard.line;
  said.place.out_of_place = heard.behind;
  if (heard.seq == 1) said.by = heard.by;
  said.file = fmt::format("{}/{}", folder_.statements().filename().string(), heard.file);
  said.statement = heard.statement;
  taken();
}

void LiveLedger::on_call(const call::CallClosed& closed, const verdict::WireStream* stream) {
  const std::lock_guard lock(mutex_);
  if (!hears()) return;
  OnWire& on_wire = rows_.calls.emplace_back();
  on_wire.call = closed.call;
  if (stream != nullptr) {
    on_wire.stream.emplace();
    on_wire.stream->id = stream->id;
    on_wire.stream->state = stream->state;
    on_wire.stream->reply = stream->reply;
  }
  taken();
}

void LiveLedger::on_connection_closed(const call::ConnectionClosed& closed) {
  const std::lock_guard lock(mutex_);
  if (!hears()) return;
  rows_.connections.push_back({closed.connection, closed.ended, closed.closing, closed.goaway, closed.calls_open});
  rows_.connections.back().view.tls = nullptr;
  taken();
}

void LiveLedger::on_finding(const check::Finding& finding) {
  const std::lock_guard lock(mutex_);
  if (!hears()) return;
  rows_.findings.push_back(finding);
  taken();
}

// After trouble it is tried at looks only, for else each row would be a try.
void LiveLedger::taken() {
  if (state_ == State::Written && rows_.size() >= batch_) write();
  if (rows_.size() >= limits_.ledger_queue_rows_max) leave();
}

void LiveLedger::on_look(Duration now, bool /*caught_up*/) {
  const std::lock_guard lock(mutex_);
  looked_ = now;
  if (hears() && rows_.size() != 0 && (!tried_ || now - *tried_ >= kWriteEvery)) write();
}

void LiveLedger::write() {
  tried_ = looked_;
  try {
    write_rows();
    rows_.clear();
    if (state_ == State::Written) return;
    state_ = State::Written;
    if (std::exchange(said_, false)) say_("ledger.db has caught up");
  } catch (const std::exception& error) {
    writer_.reset();  // what it had not committed is gone
    if (state_ == State::Written) state_ = State::Behind;
    if (!std::exchange(said_, true)) {
      say_(fmt::format("{}; it catches up, at the latest when the run is over, and nothing of the evidence is lost",
                       inert(error.what(), 1024)));
    }
  }
}

// All of them or none.
void LiveLedger::write_rows() {
  if (!file_) make_file();
  struct stat status = {};
  if (::stat(folder_.ledger().c_str(), &status) != 0 || identity(status) != file_) {
    state_ = State::Left;
    rows_.clear();
    throw EnvironmentError("ledger.db was taken away, or another one stands in its place");
  }
  need_room();
  if (!writer_) {
    writer_ = std::make_unique<ledger::Writer>(folder_.ledger(), ledger::Journal::Wal, limits_);
    ledger::Meta meta;
    meta.live = true;
    meta.testigo = kVersion;
    meta.evidence = inert(std::filesystem::weakly_canonical(folder_.path()).filename().string());
    if (!began_) began_ = clock_.now();
    meta.built = *began_;
    writer_->add(std::move(meta));
  }
  for (const Said& said : rows_.statements) {
    if (said.by) writer_->add(*said.by);
    ledger::StatementPlace place = said.place;
    place.file = writer_->file(said.file);
    writer_->add(place, said.statement);
  }
  const call::ConnectionView unread;  // a row of a call says its connection's number alone
  for (const OnWire& on_wire : rows_.calls) {
    writer_->add(call::CallClosed{unread, on_wire.call}, on_wire.stream ? &*on_wire.stream : nullptr);
  }
  for (const Closed& closed : rows_.connections) {
    writer_->add(call::ConnectionClosed{closed.view, closed.ended, closed.closing, closed.goaway, closed.calls_open});
  }
  for (const check::Finding& finding : rows_.findings) writer_->add(finding);
  writer_->commit();
}

// Another's stays as it is.
void LiveLedger::make_file() {
  const int descriptor = ::open(folder_.ledger().c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  struct stat status = {};
  const bool made = descriptor >= 0 && ::fstat(descriptor, &status) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!made) throw EnvironmentError(fmt::format("ledger.db cannot be made: {}", std::strerror(error)));
  file_ = identity(status);
}

void LiveLedger::need_room() const {
  if (room_in(folder_.path()) >= kRoomOfEvidence) return;
  throw EnvironmentError(fmt::format("ledger.db is not written while the disk has less than {} MB left", kRoomOfEvidence >> 20));
}

// The whole one is written beside this one.
void LiveLedger::make_room() {
  struct stat status = {};
  if (!file_ || ::stat(folder_.ledger().c_str(), &status) != 0 || identity(status) != file_) return;
  if (room_in(folder_.path()) >= kRoomOfEvidence + static_cast<std::uint64_t>(status.st_size)) return;
  for (const char* suffix : {"", "-wal", "-shm"}) ::unlink((folder_.ledger().string() + suffix).c_str());
}

void LiveLedger::leave() {
  state_ = State::Left;
  rows_.clear();
  writer_.reset();
}

void LiveLedger::close() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::Over) return;
  if (hears() && rows_.size() != 0) {
    try {
      write_rows();
      if (std::exchange(said_, false)) say_("ledger.db has caught up");
    } catch (const std::exception&) {  // the whole ledger comes in a moment
      rows_.clear();
    }
  }
  leave();
  state_ = State::Over;
  make_room();
}

void LiveLedger::replaced() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(said_, false)) say_("ledger.db has caught up");
}

}  // namespace testigo::run
