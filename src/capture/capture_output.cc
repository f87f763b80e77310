#include "capture/capture_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/environment_error.h"
#include "base/inert.h"
#include "capture/pcapng.h"

namespace testigo::capture {
namespace {

constexpr std::size_t kBufferBytes = 256 << 10;
// The block around a packet, and the mark at the end of a file.
constexpr std::size_t kAroundPacketBytes = 128;

std::string shown(const std::filesystem::path& file) { return inert(file.native(), file.native().size()); }

// Negative: errno says why.
int create(const std::filesystem::path& file, int flags) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
  // An older file may have had other permissions.
  if (descriptor < 0 || ::fchmod(descriptor, 0600) == 0) return descriptor;
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return -1;
}

int create_or_throw(const std::filesystem::path& file) {
  const int descriptor = create(file, O_TRUNC);
  if (descriptor >= 0) return descriptor;
  throw EnvironmentError(
      fmt::format("cannot write the capture {}: {}; name a folder that you may write to", shown(file), std::strerror(errno)));
}

// Where files rotate, those of the run before are not written over.
int create_beside_older(const std::filesystem::path& file, Rotation rotation) {
  std::error_code error;
  if (rotation.bytes_max > 0 && std::filesystem::file_size(file, error) > 0 && !error) grow_older(file, rotation.files_max);
  return create_or_throw(file);
}

// 0, or the errno that stopped it.
int write_all(int descriptor, Bytes octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(descriptor, octets.data(), octets.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) octets = octets.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

CaptureOutput::CaptureOutput(std::filesystem::path file, std::string comment, std::uint16_t link_type, Rotation rotation)
    : file_(std::move(file)),
      comment_(std::move(comment)),
      link_type_(link_type),
      rotation_(rotation),
      descriptor_(create_beside_older(file_, rotation)) {
  buffer_.reserve(2 * kBufferBytes);
  packets_.emplace(buffer_, comment_, link_type_);
  flush();
}

CaptureOutput::~CaptureOutput() {
  flush();
  ::close(descriptor_);
}

std::span<std::byte> CaptureOutput::add(Time time, Bytes octets, std::size_t original_length, std::string_view comment) {
  if (buffer_.size() >= kBufferBytes || error_) flush();
  const std::size_t grown = file_bytes_ + buffer_.size() + octets.size() + comment.size() + kAroundPacketBytes;
  if (rotation_.bytes_max > 0 && grown > rotation_.bytes_max && packets_->packets() > 0 && !error_) rotate();
  return packets_->packet(time, octets, original_length, comment);
}

void CaptureOutput::flush() {
  const int trouble = error_ ? 0 : write_all(descriptor_, buffer_);
  if (trouble != 0) error_ = fmt::format("cannot write the capture {}: {}", shown(file_), std::strerror(trouble));
  file_bytes_ += buffer_.size();
  buffer_.clear();
}

void CaptureOutput::end() {
  packets_->end();
  flush();
}

// When the new file cannot be had, the old one grows on.
void CaptureOutput::rotate() {
  const std::filesystem::path next = next_capture(file_);
  ::unlink(next.c_str());  // what a killed process left; a link is not followed
  const int descriptor = create(next, O_EXCL);
  if (descriptor < 0) return;
  end();
  if (error_ || !grow_older(file_, rotation_.files_max) || ::rename(next.c_str(), file_.c_str()) != 0) {
    if (!error_) error_ = fmt::format("cannot rename the capture {}: {}", shown(file_), std::strerror(errno));
    ::close(descriptor);
    return;
  }
  ::close(std::exchange(descriptor_, descriptor));
  packets_before_ += packets_->packets();
  file_bytes_ = 0;
  packets_.emplace(buffer_, fmt::format("{}{}{}", comment_, pcapng::kContinues, packets_before_ + 1), link_type_);
}

}  // namespace testigo::capture
