// A file of a capture, or a pipe, that is open to be read: its octets, and whether it still has its name. Private to this room.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

namespace testigo::capture {

// Owns it.
class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Descriptor();
  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

struct CaptureInput {
  // "-" is the standard input. Where it cannot be opened, errno says why. Nobody is waited for who would write into a FIFO.
  explicit CaptureInput(std::filesystem::path path);

  bool is_open() const { return file.get() >= 0; }
  // Another file has its name: whoever wrote this one has closed it.
  bool is_replaced() const;
  // Whether octets, or the end, come within this time; of a regular file always.
  bool has_octets(std::chrono::milliseconds patience) const;
  // 0 at its end. Throws EnvironmentError.
  std::size_t read_some(std::span<std::byte> buffer) const;
  // A regular file, to its beginning.
  void rewind() const;

  std::filesystem::path name;
  Descriptor file;
  std::pair<dev_t, ino_t> identity;
  std::optional<std::uint64_t> size;  // when it was opened; nothing of what is no regular file
};

// Each throws EnvironmentError, which says what to do; the first one by errno.
[[noreturn]] void cannot_read(const std::filesystem::path& file);
[[noreturn]] void is_no_regular_file(const std::filesystem::path& file);
[[noreturn]] void is_no_capture(const std::filesystem::path& file);

}  // namespace testigo::capture
