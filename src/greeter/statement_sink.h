// Where a witness says what it saw: a statement file, or nowhere.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "statement/statement_writer.h"

namespace testigo::greeter {

struct StatementOptions {
  std::filesystem::path file;  // empty: no statements
  std::uint64_t rotate_bytes = 0;
};

class StatementSink {
 public:
  // `complain` is told of the first refusal of a run of them. Throws EnvironmentError.
  StatementSink(const StatementOptions& options, statement::Start start, const Clock& clock,
                std::function<void(const std::string&)> complain);

  void state(statement::Body body);
  void end(std::uint64_t calls);

 private:
  void written(bool good);

  std::string file_;
  std::unique_ptr<statement::StatementWriter> writer_;
  std::function<void(const std::string&)> complain_;
  std::atomic<bool> refused_ = false;
};

// A start record with what is the same for every witness: the process and the host.
statement::Start start_of_this_process(statement::Witness witness, std::string name, std::string address);

}  // namespace testigo::greeter
