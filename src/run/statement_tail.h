// Follows a client's statements while they are being written: how many calls there were, and how the last one went.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "statement/statement.h"

namespace testigo::run {

class StatementTail {
 public:
  explicit StatementTail(std::filesystem::path file) : file_(std::move(file)) {}

  // Reads what has come since the last call; whole lines only.
  void poll();

  struct Counts {
    std::uint64_t started = 0;
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    std::optional<statement::Ended> last;
  };
  const Counts& counts() const { return counts_; }
  const std::optional<statement::Start>& start() const { return start_; }
  bool ended() const { return ended_; }

 private:
  void take(const statement::Statement& statement);

  std::filesystem::path file_;
  std::ifstream stream_;
  std::string line_;  // whose end has not been written yet
  Counts counts_;
  std::optional<statement::Start> start_;
  bool ended_ = false;
};

}  // namespace testigo::run
