#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/environment_error.h"

namespace testigo {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const char* deed) {
  throw EnvironmentError("cannot " + std::string(deed) + " " + file.string() + ": " + std::strerror(errno));
}

void write_all(int descriptor, std::string_view content, const std::filesystem::path& file) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int reason = errno;
      ::close(descriptor);
      ::unlink(file.c_str());
      errno = reason;
      fail(file, "write");
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void write_file(const std::filesystem::path& file, std::string_view content) {
  const std::filesystem::path neighbour = file.string() + ".new";
  const int descriptor = ::open(neighbour.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) fail(file, "create");
  write_all(descriptor, content, neighbour);
  if (::close(descriptor) != 0 || ::rename(neighbour.c_str(), file.c_str()) != 0) fail(file, "write");
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
