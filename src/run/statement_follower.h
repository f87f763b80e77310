// Follows all statements of an evidence folder while they are being written, rotated files included.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/limits.h"
#include "statement/statement.h"

namespace testigo::run {

// A line, and of whose process it is.
struct HeardStatement {
  const statement::Start& by;  // the start record that it stands behind; its own, of a start record
  const statement::Statement& statement;
};

// What cannot be read is passed over: judging tells it. One thread.
class StatementFollower {
 public:
  using Hear = std::function<void(const HeardStatement&)>;
  StatementFollower(std::filesystem::path folder, Hear hear, const Limits& limits = {});
  ~StatementFollower();

  // Tells what has come since the last time, whole lines only, file by file and about a megabyte of each. True when there was
  // anything.
  bool poll();

 private:
  class Tail;
  std::filesystem::path folder_;
  Hear hear_;
  Limits limits_;
  std::map<std::string, Tail> tails_;  // by name
};

}  // namespace testigo::run
