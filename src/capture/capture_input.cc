#include "capture/capture_input.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/environment_error.h"
#include "base/file.h"
#include "base/inert.h"

namespace testigo::capture {
namespace {

int open_to_read(const std::filesystem::path& file) {
  // Without waiting for somebody to write into a FIFO.
  return file == "-" ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

}  // namespace

Descriptor::~Descriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

CaptureInput::CaptureInput(std::filesystem::path path) : name(std::move(path)), file(open_to_read(name)) {
  struct stat status = {};
  if (!is_open() || ::fstat(file.get(), &status) != 0) return;
  identity = {status.st_dev, status.st_ino};
  if (S_ISREG(status.st_mode)) size = static_cast<std::uint64_t>(status.st_size);
}

bool CaptureInput::is_replaced() const {
  struct stat status = {};
  return ::stat(name.c_str(), &status) == 0 && identity != std::pair(status.st_dev, status.st_ino);
}

bool CaptureInput::has_octets(std::chrono::milliseconds patience) const {
  pollfd pipe{file.get(), POLLIN, 0};
  return ::poll(&pipe, 1, static_cast<int>(patience.count())) > 0;
}

std::size_t CaptureInput::read_some(std::span<std::byte> buffer) const {
  for (;;) {
    const ssize_t size = ::read(file.get(), buffer.data(), buffer.size());
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno != EINTR) cannot_read(name);
  }
}

void CaptureInput::rewind() const {
  if (size) ::lseek(file.get(), 0, SEEK_SET);
}

void cannot_read(const std::filesystem::path& file) {
  throw EnvironmentError(fmt::format("cannot read the capture {}: {}", inert(file.native(), file.native().size()),
                                     why_not_opened(errno, "check its name and your permissions")));
}

// Reading it might wait for ever, and be other each time.
void is_no_regular_file(const std::filesystem::path& file) {
  throw EnvironmentError(
      fmt::format("cannot read the capture {}: not a regular file; copy what it gives to a file, or read it with "
                  "`testigo watch`",
                  inert(file.native(), file.native().size())));
}

void is_no_capture(const std::filesystem::path& file) {
  throw EnvironmentError(fmt::format("{} is no capture; pcapng and pcap are read, also compressed by gzip",
                                     inert(file.native(), file.native().size())));
}

}  // namespace testigo::capture
