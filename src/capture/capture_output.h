// The files of one capture: buffers what is written, and begins a new file when one is full. See docs/formats/wire-pcapng.md.
//
// Disk trouble ends the writing, and `error` says why; what is added after that is dropped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "capture/pcapng_writer.h"
#include "capture/rotation.h"

namespace testigo::capture {

// How a file comes about.
enum class Appearing : std::uint8_t {
  AtOnce,  // it grows under its name; one that is there is written over, but no link is followed, and only a file is written
  Whole,   // in place of what has its name, when it is whole; else what is there stays
};

class CaptureOutput {
 public:
  // Creates the file (0600) with its headers. Throws EnvironmentError when it cannot.
  CaptureOutput(std::filesystem::path file, std::string comment, std::uint16_t link_type, Rotation rotation,
                Appearing appearing = Appearing::AtOnce);
  CaptureOutput(const CaptureOutput&) = delete;
  CaptureOutput& operator=(const CaptureOutput&) = delete;
  ~CaptureOutput();

  // Adds a packet. Its octets may be changed until anything else is asked for.
  std::span<std::byte> add(Time time, Bytes octets, std::size_t original_length, std::string_view comment);

  // What was added is in the file.
  void flush();
  // Adds the mark of a whole file, which has its name now; nothing may be added after it.
  void end();

  const std::optional<std::string>& error() const { return error_; }

 private:
  void rotate();
  void finish_file();

  std::filesystem::path file_;
  std::filesystem::path neighbour_;  // that is written until the file is whole; empty: the file itself is
  std::string comment_;
  std::uint16_t link_type_;
  Rotation rotation_;
  int descriptor_;
  std::vector<std::byte> buffer_;
  std::optional<PcapngWriter> packets_;
  std::uint64_t packets_before_ = 0;  // in the files before this one
  std::size_t file_bytes_ = 0;        // flushed
  std::optional<std::string> error_;
};

}  // namespace testigo::capture
