#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <system_error>

#include "base/environment_error.h"
#include "base/random_id.h"

namespace testigo {
namespace {

constexpr std::string_view kNew = ".new";
constexpr std::time_t kStrayAfterSeconds = 3600;

[[noreturn]] void fail(const std::filesystem::path& file, const char* deed) {
  throw EnvironmentError("cannot " + std::string(deed) + " " + file.string() + ": " + std::strerror(errno));
}

// 0, or why not.
int write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

bool is_neighbour(std::string_view name, std::string_view of) {
  constexpr std::size_t kDigits = 16;
  if (name.size() != of.size() + 1 + kDigits + kNew.size() || !name.starts_with(of) || !name.ends_with(kNew)) return false;
  const std::string_view id = name.substr(of.size(), 1 + kDigits);
  return id.front() == '.' && id.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
}

// A neighbour that is still being written is younger.
void take_strays_away(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const std::string of = file.filename().string();
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!is_neighbour(entry->path().filename().string(), of)) continue;
    struct stat status = {};
    const bool stray = ::lstat(entry->path().c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
                       status.st_mtime < std::time(nullptr) - kStrayAfterSeconds;
    if (stray) ::unlink(entry->path().c_str());
  }
}

}  // namespace

std::filesystem::path new_neighbour(const std::filesystem::path& file) {
  take_strays_away(file);
  return file.string() + "." + random_id() + std::string(kNew);
}

void write_file(const std::filesystem::path& file, std::string_view content) {
  const std::filesystem::path neighbour = new_neighbour(file);
  const int descriptor = ::open(neighbour.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) fail(file, "create");
  int reason = write_all(descriptor, content);
  if (::close(descriptor) != 0 && reason == 0) reason = errno;
  if (reason == 0 && ::rename(neighbour.c_str(), file.c_str()) != 0) reason = errno;
  if (reason == 0) return;
  ::unlink(neighbour.c_str());
  errno = reason;
  fail(file, "write");
}

std::string why_not_opened(int error, std::string_view advice) {
  const std::string_view told = error == EMFILE ? "raise the limit with `ulimit -n`" : advice;
  return std::string(std::strerror(error)) + "; " + std::string(told);
}

std::string read_file(const std::filesystem::path& file, std::size_t bytes_max) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) fail(file, "read");
  std::string content(bytes_max + 1, '\0');
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (stream.bad()) fail(file, "read");
  content.resize(static_cast<std::size_t>(stream.gcount()));
  if (content.size() > bytes_max)
    throw EnvironmentError(file.string() + " is larger than " + std::to_string(bytes_max) + " octets");
  return content;
}

}  // namespace testigo
