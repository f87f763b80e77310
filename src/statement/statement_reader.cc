#include "statement/statement_reader.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ranges>
#include <span>
#include <utility>

#include "base/file.h"
#include "base/inert.h"
#include "base/rotated_files.h"
#include "statement/collector.h"
#include "statement/line_parser.h"
#include "statement/line_splitter.h"

namespace testigo::statement {

struct StatementFile::Open {
  std::filesystem::path path;
  int descriptor = -1;
  struct stat status {};

  explicit Open(std::filesystem::path p) : path(std::move(p)), descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (descriptor >= 0 && ::fstat(descriptor, &status) != 0) status = {};
  }
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;
  ~Open() {
    if (descriptor >= 0) ::close(descriptor);
  }

  bool same_as(const Open& other) const { return status.st_dev == other.status.st_dev && status.st_ino == other.status.st_ino; }
  std::size_t read_at(std::uint64_t offset, std::span<char> buffer) const;
  void copy_to(const std::filesystem::path& file) const;
};

namespace {

constexpr std::string_view kAdvice = "give a file that `--statements` wrote, and that you may read";

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
  throw EnvironmentError("cannot read statements from " + inert(path.string()) + ": " + why);
}

[[noreturn]] void fail(const std::filesystem::path& path, int error) { fail(path, why_not_opened(error, kAdvice)); }

LineSplitter lines_into(Collector& collector, const Limits& limits) {
  return {limits.statement_line_bytes_max,
          [&collector](std::uint64_t number, std::string_view line, bool overlong) { collector.line(number, line, overlong); }};
}

}  // namespace

StatementFile::StatementFile(const std::filesystem::path& file) {
  // Newest first, so that a rotation meanwhile shows the same file under two names (passed over) and never hides one.
  for (int age = 0; age <= kRotatedFilesMax; ++age) {
    auto open = std::make_unique<Open>(rotated(file, age));
    const int error = errno;
    const bool absent = open->descriptor < 0 && error == ENOENT;
    if (absent && age > 0) break;  // age 0 may be missing for a moment, or for ever when a process was killed in it
    if (absent) continue;
    if (open->descriptor < 0) fail(open->path, error);
    if (!S_ISREG(open->status.st_mode)) fail(open->path, "not a regular file; " + std::string(kAdvice));
    if (files_.empty() || !open->same_as(*files_.back())) files_.push_back(std::move(open));
  }
  if (files_.empty()) fail(file, ENOENT);
  std::ranges::reverse(files_);
}

StatementFile::StatementFile(StatementFile&&) noexcept = default;
StatementFile::~StatementFile() = default;

std::size_t StatementFile::Open::read_at(std::uint64_t offset, std::span<char> buffer) const {
  for (;;) {
    const ssize_t got = ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) fail(path, errno);
  }
}

void StatementFile::Open::copy_to(const std::filesystem::path& file) const {
  const int copy = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  bool well = copy >= 0;
  for (off_t at = 0; well && at < status.st_size;) {
    const ssize_t copied = ::sendfile(copy, descriptor, &at, static_cast<std::size_t>(status.st_size - at));
    if (copied == 0) break;
    well = copied > 0 || errno == EINTR;
  }
  int error = errno;
  if (copy >= 0 && ::close(copy) != 0 && std::exchange(well, false)) error = errno;
  if (!well) {
    throw EnvironmentError("cannot copy the statements in " + inert(path.string()) + " to " + inert(file.string()) + ": " +
                           std::strerror(error));
  }
}

void StatementFile::copy_to(const std::filesystem::path& file) const {
  int age = 0;
  for (const auto& open : std::views::reverse(files_)) open->copy_to(rotated(file, age++));
}

std::optional<Witness> StatementFile::witness() const {
  std::array<char, 4096> buffer;
  const std::string_view octets(buffer.data(), files_.front()->read_at(0, buffer));
  const ParsedLine line = parse(octets.substr(0, octets.find('\n')));
  const auto* start = line.statement ? std::get_if<Start>(&line.statement->body) : nullptr;
  return start == nullptr ? std::nullopt : std::optional(start->witness);
}

Reading StatementFile::read(const Limits& limits) const {
  Collector collector;
  std::array<char, 1 << 16> buffer;
  for (const auto& file : files_) {
    collector.begin_file(file->path.string());
    LineSplitter lines = lines_into(collector, limits);
    const auto size = static_cast<std::uint64_t>(file->status.st_size);
    for (std::uint64_t at = 0; at < size;) {
      const std::size_t got = file->read_at(at, std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), size - at)));
      if (got == 0) break;
      lines.feed({buffer.data(), got});
      at += got;
    }
  }
  return collector.take();
}

Reading read_statements(std::string_view octets, std::string name, const Limits& limits) {
  Collector collector;
  collector.begin_file(std::move(name));
  lines_into(collector, limits).feed(octets);
  return collector.take();
}

bool goes_on(const Start& start, const Start& before, bool ended) {
  return start.continues && !ended && before.process == start.process && before.witness == start.witness;
}

std::optional<Statement> parse_line(std::string_view line, std::string& what) {
  ParsedLine parsed = parse(line);
  what = std::move(parsed.what);
  return std::move(parsed.statement);
}

}  // namespace testigo::statement
