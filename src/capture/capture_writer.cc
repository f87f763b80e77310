#include "capture/capture_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/environment_error.h"
#include "base/inert.h"
#include "capture/pcapng_writer.h"
#include "capture/tcp_reconstruction.h"

namespace testigo::capture {
namespace {

constexpr std::size_t kBufferBytes = 256 << 10;

std::string shown(const std::filesystem::path& file) { return inert(file.native(), file.native().size()); }

int create(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  // An older file may have had other permissions.
  if (descriptor >= 0 && ::fchmod(descriptor, 0600) == 0) return descriptor;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  throw EnvironmentError(
      fmt::format("cannot write the capture {}: {}; name a folder that you may write to", shown(file), std::strerror(error)));
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

struct CaptureWriter::State {
  State(const std::filesystem::path& path, tcp::ConnectionSink& next_sink)
      : file(path), next(next_sink), descriptor(create(path)), packets(buffer), reconstruction(packets, next) {
    buffer.reserve(2 * kBufferBytes);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ::close(descriptor); }

  // Who takes what comes: the reconstruction, or, when the disk refused, who comes after it.
  tcp::ConnectionSink& sink() { return error ? next : reconstruction; }

  void flush() {
    const int trouble = error ? 0 : write_all(descriptor, buffer);
    if (trouble != 0) error = fmt::format("cannot write the capture {}: {}", shown(file), std::strerror(trouble));
    buffer.clear();
  }

  void flush_when_full() {
    if (buffer.size() >= kBufferBytes) flush();
  }

  std::filesystem::path file;
  tcp::ConnectionSink& next;
  int descriptor;
  std::vector<std::byte> buffer;
  PcapngWriter packets;
  TcpReconstruction reconstruction;
  std::optional<std::string> error;
};

CaptureWriter::CaptureWriter(const std::filesystem::path& file, tcp::ConnectionSink& next)
    : state_(std::make_unique<State>(file, next)) {
  state_->flush();
}

CaptureWriter::~CaptureWriter() { state_->flush(); }

void CaptureWriter::on_opened(const tcp::ConnectionOpened& opened) {
  state_->sink().on_opened(opened);
  state_->flush_when_full();
}

void CaptureWriter::on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) {
  state_->sink().on_chunk(connection, chunk);
  state_->flush_when_full();
}

void CaptureWriter::on_closing(const tcp::ConnectionClosing& closing) {
  state_->sink().on_closing(closing);
  state_->flush_when_full();
}

void CaptureWriter::on_idle() {
  state_->flush();
  state_->next.on_idle();
}

void CaptureWriter::on_end() {
  state_->reconstruction.finish();
  state_->packets.end();
  state_->flush();
  state_->next.on_end();
}

void CaptureWriter::flush() { state_->flush(); }

std::uint64_t CaptureWriter::packets() const { return state_->packets.packets(); }

const std::optional<std::string>& CaptureWriter::error() const { return state_->error; }

}  // namespace testigo::capture
