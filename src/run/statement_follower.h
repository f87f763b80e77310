// Follows all statements of an evidence folder while they are being written, rotated files included.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "statement/statement.h"

namespace testigo::run {

// A line, of whose process it is, and where it stands.
struct HeardStatement {
  const statement::Start& by;  // the start record that it stands behind; its own, of a start record
  const statement::Statement& statement;
  std::uint64_t testimony = 0;  // of all processes, from 1, in the order in which their start records were heard
  std::uint64_t seq = 0;        // of its lines, from 1; 0 of the start record of a file that was rotated
  bool behind = false;          // its process had said that it ended
  std::string_view file = {};   // below the folder, as it was called when it was opened
  std::uint64_t line = 0;       // in that file, from 1
};

// What cannot be read is passed over: judging tells it. One thread.
class StatementFollower {
 public:
  using Hear = std::function<void(const HeardStatement&)>;
  // Each file that is followed stays open: of many, the first `files_max` that are met are.
  StatementFollower(std::filesystem::path folder, Hear hear, const Limits& limits = {}, std::size_t files_max = most_files());
  ~StatementFollower();

  // Tells what has come since the last time, whole lines only, file by file and about a megabyte of each. True when there was
  // anything.
  bool poll();

  // How many files were there the last time beyond those that are followed.
  std::size_t passed_over() const { return passed_over_; }

 private:
  static std::size_t most_files();  // 1000, and no more than half of what this process may open

  class Tail;
  std::filesystem::path folder_;
  Hear hear_;
  Limits limits_;
  std::size_t files_max_;
  std::size_t passed_over_ = 0;
  std::uint64_t testimonies_ = 0;
  std::map<std::string, Tail> tails_;  // by name
};

}  // namespace testigo::run
