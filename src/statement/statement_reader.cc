#include "statement/statement_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "base/inert.h"
#include "statement/collector.h"
#include "statement/line_parser.h"
#include "statement/line_splitter.h"
#include "statement/rotated_files.h"

namespace testigo::statement {
namespace {

struct OpenFile {
  std::filesystem::path path;
  int descriptor = -1;
  struct stat status {};

  explicit OpenFile(std::filesystem::path p)
      : path(std::move(p)), descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (descriptor >= 0 && ::fstat(descriptor, &status) != 0) status = {};
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor >= 0) ::close(descriptor);
  }

  bool same_as(const OpenFile& other) const { return status.st_dev == other.status.st_dev && status.st_ino == other.status.st_ino; }
};

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
  throw EnvironmentError("cannot read statements from " + inert(path.string()) + ": " + why +
                         "; give a file that `--statements` wrote, and that you may read");
}

std::unique_ptr<OpenFile> open_or_nothing(const std::filesystem::path& path) {
  auto file = std::make_unique<OpenFile>(path);
  const int error = errno;
  if (file->descriptor < 0 && error == ENOENT) return nullptr;
  if (file->descriptor < 0) fail(path, std::strerror(error));
  if (!S_ISREG(file->status.st_mode)) fail(path, "not a regular file");
  return file;
}

// The file and its predecessors, oldest first. Opened newest first, so that a rotation meanwhile shows the same file under two
// names (passed over) and never hides one.
std::vector<std::unique_ptr<OpenFile>> open_all(const std::filesystem::path& path) {
  std::vector<std::unique_ptr<OpenFile>> files;
  for (int age = 0; age <= kRotatedFilesMax; ++age) {
    auto file = open_or_nothing(rotated(path, age));
    if (!file && age > 0) break;  // age 0 may be missing for a moment, or for ever when a process was killed in it
    if (file && (files.empty() || !file->same_as(*files.back()))) files.push_back(std::move(file));
  }
  if (files.empty()) fail(path, std::strerror(ENOENT));
  std::ranges::reverse(files);
  return files;
}

void read_file(const OpenFile& file, LineSplitter& lines) {
  std::array<char, 1 << 16> buffer;
  // What is appended while we read would never end.
  for (auto left = static_cast<std::uint64_t>(file.status.st_size); left > 0;) {
    const ssize_t got = ::read(file.descriptor, buffer.data(), std::min<std::uint64_t>(buffer.size(), left));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(file.path, std::strerror(errno));
    if (got == 0) return;
    lines.feed({buffer.data(), static_cast<std::size_t>(got)});
    left -= static_cast<std::uint64_t>(got);
  }
}

LineSplitter lines_into(Collector& collector, const Limits& limits) {
  return {limits.statement_line_bytes_max,
          [&collector](std::uint64_t number, std::string_view line, bool overlong) { collector.line(number, line, overlong); }};
}

}  // namespace

Reading read_statements(const std::filesystem::path& file, const Limits& limits) {
  Collector collector;
  for (const auto& open_file : open_all(file)) {
    collector.begin_file(open_file->path.string());
    LineSplitter lines = lines_into(collector, limits);
    read_file(*open_file, lines);
  }
  return collector.take();
}

Reading read_statements(std::string_view octets, std::string name, const Limits& limits) {
  Collector collector;
  collector.begin_file(std::move(name));
  lines_into(collector, limits).feed(octets);
  return collector.take();
}

std::optional<Statement> parse_line(std::string_view line, std::string& what) {
  ParsedLine parsed = parse(line);
  what = std::move(parsed.what);
  return std::move(parsed.statement);
}

}  // namespace testigo::statement
