#include "run/run_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "base/file.h"
#include "run/file_lock.h"

namespace testigo::run {
namespace {

constexpr std::size_t kTextBytesMax = 256;

// Since when this kernel runs; empty where that cannot be told.
std::string boot() {
  try {
    std::string id = read_file("/proc/sys/kernel/random/boot_id", kTextBytesMax);
    while (!id.empty() && id.back() == '\n') id.pop_back();
    return id;
  } catch (const EnvironmentError&) {
    return {};
  }
}

// What stands in the lock, and in none that was copied.
std::optional<std::string> text_of(int descriptor) {
  struct stat status = {};
  const std::string id = boot();
  if (id.empty() || ::fstat(descriptor, &status) != 0) return std::nullopt;
  return fmt::format("boot {} device {} file {}\n", id, status.st_dev, status.st_ino);
}

bool is_in(int descriptor, const std::string& text) {
  std::string there(kTextBytesMax, '\0');
  const ssize_t size = ::pread(descriptor, there.data(), there.size(), 0);
  return size >= 0 && there.substr(0, static_cast<std::size_t>(size)) == text;
}

bool write_whole(int descriptor, const std::string& text) {
  return ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

// The lock is held before the file says what it is: nobody finds it free meanwhile.
RunLock::RunLock(const EvidenceFolder& folder)
    : folder_(folder), descriptor_(::open(folder.lock().c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) {
  if (descriptor_ < 0) return;
  const std::optional<std::string> text = text_of(descriptor_);
  if (!text || !take_lock(descriptor_) || !write_whole(descriptor_, *text)) ::unlink(folder.lock().c_str());
}

RunLock::~RunLock() {
  if (descriptor_ < 0) return;
  try {
    const std::optional<RunRecord> record = read_run_record(folder_.record());
    if (record && record->finished) ::unlink(folder_.lock().c_str());
  } catch (const EnvironmentError&) {  // the record is another's
  }
  ::close(descriptor_);
}

RunProcess run_process(const EvidenceFolder& folder) {
  const int descriptor = open_to_ask(folder.lock());
  if (descriptor < 0) return RunProcess::NotKnown;
  const bool held = is_locked(descriptor);
  const std::optional<std::string> text = text_of(descriptor);
  const bool ours = text && is_in(descriptor, *text);
  ::close(descriptor);
  if (!ours) return RunProcess::NotKnown;
  return held ? RunProcess::There : RunProcess::Gone;
}

// In this order: who comes to an end says so before it goes.
bool was_cut_short(const EvidenceFolder& folder) {
  if (run_process(folder) != RunProcess::Gone) return false;
  const std::optional<RunRecord> record = read_run_record(folder.record());
  return !record || !record->finished;
}

// Of `watch` and `tap` that run for long a verdict is wanted meanwhile.
std::string note_of_no_end(const EvidenceFolder& folder, const RunRecord& record) {
  const bool may_go_on = (record.command == "watch" || record.command == "tap") && run_process(folder) != RunProcess::Gone;
  return record.finished || may_go_on ? "" : "the run that collected this evidence did not come to its end";
}

}  // namespace testigo::run
