#include "statement/statement_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/environment_error.h"
#include "base/inert.h"
#include "base/rotated_files.h"

namespace testigo::statement {
namespace {

constexpr mode_t kOwnerOnly = 0600;

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& why) {
  throw EnvironmentError("cannot write statements to " + inert(file.string()) + ": " + why +
                         "; give --statements a file in a folder that exists and that you may write to");
}

int open_for_append(const std::filesystem::path& file, int flags) {
  return ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | flags, kOwnerOnly);
}

// Whether a process was killed, or the disk full, in the middle of the file's last line.
bool ends_torn(const std::filesystem::path& file, off_t size) {
  if (size == 0) return false;
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  char last = 0;
  const bool whole = descriptor >= 0 && ::pread(descriptor, &last, 1, size - 1) == 1 && last == '\n';
  if (descriptor >= 0) ::close(descriptor);
  return !whole;
}

ssize_t write_once(int descriptor, const std::string& octets) {
  ssize_t written = 0;
  do {
    written = ::write(descriptor, octets.data(), octets.size());
  } while (written < 0 && errno == EINTR);
  return written;
}

}  // namespace

StatementWriter::StatementWriter(std::filesystem::path file, Start start, const Clock& clock, Rotation rotation)
    : file_(std::move(file)), start_(std::move(start)), clock_(clock), rotation_(rotation), descriptor_(open_for_append(file_, 0)) {
  if (descriptor_ < 0) fail(file_, std::strerror(errno));
  const std::string trouble = begin();
  if (trouble.empty()) return;
  ::close(descriptor_);
  fail(file_, trouble);
}

// Takes the lock and writes the start record; what hindered it, or nothing.
std::string StatementWriter::begin() {
  struct stat status {};
  regular_ = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
  if (regular_ && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return "another process writes to it";
  if (regular_) {
    file_bytes_ = static_cast<std::uint64_t>(status.st_size);
    torn_ = ends_torn(file_, status.st_size);
  }
  const std::string line = stamped(start_);
  make_room(line.size() + 1);
  if (!only_start_ && !put(line)) return std::strerror(errno);
  only_start_ = file_bytes_ <= line.size() + 1;
  start_.continues = true;
  return {};
}

StatementWriter::~StatementWriter() { ::close(descriptor_); }

bool StatementWriter::write(Body body) {
  const std::scoped_lock lock(mutex_);
  return append(std::move(body));
}

bool StatementWriter::end(std::uint64_t calls) {
  const std::scoped_lock lock(mutex_);
  const bool written = append(End{calls});
  ended_ = true;
  return written;
}

bool StatementWriter::append(Body body) {
  assert(!ended_);
  const std::string line = stamped(std::move(body));
  make_room(line.size() + 1);
  const bool written = (lost_ == 0 || tell_of_lost(clock_.now(), clock_.monotonic())) && put(line);
  if (!written) ++lost_;
  only_start_ = false;
  return written;
}

// A reader must not take what the disk refused for what was never said.
bool StatementWriter::tell_of_lost(Time time, Duration monotonic) {
  const bool told = put(R"({"type":"lost","time":")" + to_rfc3339(time) + R"(","monotonic_ns":)" +
                        std::to_string(monotonic.count()) + R"(,"statements":)" + std::to_string(lost_) + "}");
  if (told) lost_ = 0;
  return told;
}

bool StatementWriter::put(std::string line) {
  line += '\n';
  if (torn_) line.insert(0, 1, '\n');
  const ssize_t written = write_once(descriptor_, line);
  if (written <= 0) return false;
  file_bytes_ += static_cast<std::uint64_t>(written);
  torn_ = static_cast<std::size_t>(written) < line.size();
  return !torn_;
}

std::string StatementWriter::stamped(Body body) const { return to_line({clock_.now(), clock_.monotonic(), std::move(body)}); }

void StatementWriter::make_room(std::size_t line_bytes) {
  const bool full = rotation_.bytes_max > 0 && file_bytes_ > 0 && file_bytes_ + line_bytes > rotation_.bytes_max;
  if (full && regular_ && !only_start_) rotate();
}

// When the new file cannot be had, the old one grows on: a statement is worth more than a bound.
bool StatementWriter::rotate() {
  const std::filesystem::path next = next_file(file_);
  ::unlink(next.c_str());  // what a killed process left; a link is not followed
  const int descriptor = open_for_append(next, O_EXCL);
  if (descriptor < 0) return false;
  const std::string line = stamped(start_) + '\n';
  ::flock(descriptor, LOCK_EX | LOCK_NB);
  const bool ready = write_once(descriptor, line) == static_cast<ssize_t>(line.size()) && grow_older(file_, rotation_.files_kept) &&
                     ::rename(next.c_str(), file_.c_str()) == 0;
  if (!ready) {
    ::close(descriptor);
    return false;
  }
  ::close(descriptor_);
  descriptor_ = descriptor;
  file_bytes_ = line.size();
  only_start_ = true;
  torn_ = false;
  return true;
}

}  // namespace testigo::statement
