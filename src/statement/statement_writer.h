// Appends statements to a file: each is one write(2) of one whole line to a descriptor opened with O_APPEND, so that it is in the
// file before the caller goes on and a killed process loses no earlier line. Files are 0600, and locked: one process writes at a
// time.
//
// Thread-safe: lines of several threads do not mix.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>

#include "statement/statement.h"

namespace testigo::statement {

struct Rotation {
  std::uint64_t bytes_max = 0;  // a file that would grow beyond it is renamed to NAME.1, NAME.1 to NAME.2, …; 0: never
  int files_kept = 4;           // older ones are deleted
};

class StatementWriter {
 public:
  // Opens or creates the file and writes the start record. Throws EnvironmentError when it cannot, and says what to do.
  StatementWriter(std::filesystem::path file, Start start, const Clock& clock, Rotation rotation = {});
  StatementWriter(const StatementWriter&) = delete;
  StatementWriter& operator=(const StatementWriter&) = delete;
  ~StatementWriter();

  // Writes one statement, with the time of now. False when the disk refused it (the first refusal of a run of them is told on
  // stderr by the caller).
  bool write(Body body);

  // Writes the end record; nothing may be written after it.
  bool end(std::uint64_t calls);

 private:
  std::string begin();
  bool append(Body body);
  bool tell_of_lost(Time time, Duration monotonic);
  bool put(std::string line);
  std::string stamped(Body body) const;
  void make_room(std::size_t line_bytes);
  bool rotate();

  std::mutex mutex_;
  const std::filesystem::path file_;
  Start start_;
  const Clock& clock_;
  const Rotation rotation_;
  int descriptor_ = -1;
  bool regular_ = false;  // what is a pipe or a terminal neither rotates nor is locked
  std::uint64_t file_bytes_ = 0;
  bool only_start_ = false;  // the file holds no more than our start record
  bool torn_ = false;        // the last octet of the file is no line break
  std::uint64_t lost_ = 0;   // statements that the disk refused since the last line
  bool ended_ = false;
};

}  // namespace testigo::statement
