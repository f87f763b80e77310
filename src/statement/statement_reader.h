// Reads statement files back: untrusted input.
//
// Reading never stops at a bad line: it is counted and quoted. A last line without its line break is not whole and does not count.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/environment_error.h"
#include "base/limits.h"
#include "statement/statement.h"

namespace testigo::statement {

// A file that holds a major version of the format that we do not know. The text says which, and what to do (exit code 4).
class UnknownVersion : public EnvironmentError {
 public:
  using EnvironmentError::EnvironmentError;
};

// Where a line stands: what a verdict points to.
struct Place {
  std::string file;
  std::uint64_t line = 0;  // from 1
  friend bool operator==(const Place&, const Place&) = default;
};

struct Line {
  std::uint32_t file = 0;    // index into Reading::files
  std::uint64_t number = 0;  // in that file, from 1
  Statement statement;
};

// What one process said, as far as the file and its rotated predecessors (NAME.1, NAME.2, …, oldest first) hold it.
struct Testimony {
  Start start;
  Line first;                   // its start record
  std::vector<Line> lines;      // all but start and end records, in the order written
  std::optional<Line> end;      // the process ended in order
  std::vector<Line> behind;     // what stands behind that, without another start record
  bool beginning_lost = false;  // the first start record that is there says that the process wrote before, and rotation deleted it
};

// Whether a start record is none of another process than that of the one before it, but of a file that was rotated. `ended`: that
// process has said that it ended.
bool goes_on(const Start& start, const Start& before, bool ended);

struct Damage {
  Place place;
  std::string what;  // inert
};

struct Reading {
  std::vector<std::string> files;
  std::vector<Testimony> testimonies;  // in the order of their start records
  std::vector<Damage> damages;         // bad lines; the first 100 are kept
  std::uint64_t damaged_lines = 0;

  Place place(const Line& line) const { return {files.at(line.file), line.number}; }
};

// A statement file with its rotated predecessors, as they are at the moment it is opened: what is written later does not count.
class StatementFile {
 public:
  // Throws EnvironmentError when it cannot be read.
  explicit StatementFile(const std::filesystem::path& file);
  StatementFile(StatementFile&&) noexcept;
  ~StatementFile();

  // Whose it is, by its first line; nothing when that is no start record.
  std::optional<Witness> witness() const;

  // Throws EnvironmentError for an unknown major version.
  Reading read(const Limits& limits = {}) const;

  // As `file` and its predecessors (0600), numbered without a gap, whatever the rotation renamed while they were opened. None of
  // them may be there yet. Throws EnvironmentError.
  void copy_to(const std::filesystem::path& file) const;

 private:
  struct Open;
  std::vector<std::unique_ptr<Open>> files_;  // oldest first
};

inline Reading read_statements(const std::filesystem::path& file, const Limits& limits = {}) {
  return StatementFile(file).read(limits);
}

// The same for octets in memory; `name` stands for the file. For tests and the fuzzer.
Reading read_statements(std::string_view octets, std::string name, const Limits& limits = {});

// One line. Nothing when it is no statement; `what` then says why. Types of line that we do not know give nothing and leave `what`
// empty.
std::optional<Statement> parse_line(std::string_view line, std::string& what);

}  // namespace testigo::statement
