#include "capture/capture_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/environment_error.h"
#include "base/file.h"
#include "base/inert.h"
#include "capture/pcapng.h"

namespace testigo::capture {
namespace {

constexpr std::size_t kBufferBytes = 256 << 10;
// The block around a packet, and the mark at the end of a file.
constexpr std::size_t kAroundPacketBytes = 128;

std::string shown(const std::filesystem::path& file) { return inert(file.native(), file.native().size()); }

int failed(int descriptor, int error) {
  ::close(descriptor);
  errno = error;
  return -1;
}

// Negative: errno says why.
int create(const std::filesystem::path& file) {
  return ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

// The same, or a file that is there, emptied. It may have had other permissions.
int create_or_empty(const std::filesystem::path& file) {
  const int created = create(file);
  if (created >= 0 || errno != EEXIST) return created;
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return descriptor;
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0) return failed(descriptor, errno);
  if (!S_ISREG(status.st_mode)) return failed(descriptor, ENXIO);
  return ::fchmod(descriptor, 0600) == 0 && ::ftruncate(descriptor, 0) == 0 ? descriptor : failed(descriptor, errno);
}

// By the errno of `create_or_empty`.
std::string why_not_created(int error) {
  if (error == ELOOP) return "it is a link, which is not followed; remove it";
  if (error == ENXIO) return "it is no file; remove it";
  return std::string(std::strerror(error)) + "; name a folder that you may write to";
}

int created_or_throw(const std::filesystem::path& file, int descriptor) {
  if (descriptor >= 0) return descriptor;
  throw EnvironmentError(fmt::format("cannot write the capture {}: {}", shown(file), why_not_created(errno)));
}

// Where files rotate, those of the run before are not written over.
int create_beside_older(const std::filesystem::path& file, Rotation rotation) {
  std::error_code error;
  if (rotation.bytes_max > 0 && std::filesystem::file_size(file, error) > 0 && !error) grow_older(file, rotation.files_max);
  return created_or_throw(file, create_or_empty(file));
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

CaptureOutput::CaptureOutput(std::filesystem::path file, std::string comment, std::uint16_t link_type, Rotation rotation,
                             Appearing appearing)
    : file_(std::move(file)),
      neighbour_(appearing == Appearing::Whole ? new_neighbour(file_) : std::filesystem::path()),
      comment_(std::move(comment)),
      link_type_(link_type),
      rotation_(rotation),
      descriptor_(appearing == Appearing::Whole ? created_or_throw(file_, create(neighbour_))
                                                : create_beside_older(file_, rotation)) {
  buffer_.reserve(2 * kBufferBytes);
  packets_.emplace(buffer_, comment_, link_type_);
  flush();
}

CaptureOutput::~CaptureOutput() {
  flush();
  ::close(descriptor_);
  if (!neighbour_.empty()) ::unlink(neighbour_.c_str());
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
  finish_file();
  if (neighbour_.empty() || error_) return;
  if (::rename(neighbour_.c_str(), file_.c_str()) == 0) return neighbour_.clear();
  error_ = fmt::format("cannot write the capture {}: {}", shown(file_), std::strerror(errno));
}

void CaptureOutput::finish_file() {
  packets_->end();
  flush();
}

// When the new file cannot be had, the old one grows on.
void CaptureOutput::rotate() {
  const std::filesystem::path next = next_capture(file_);
  ::unlink(next.c_str());  // what a killed process left; a link is not followed
  const int descriptor = create(next);
  if (descriptor < 0) return;
  finish_file();
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
