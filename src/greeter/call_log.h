// One line for each call on stdout, for people or as JSON; notes on stderr.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "statement/statement.h"

namespace spdlog {
class logger;
}

namespace testigo::greeter {

enum class LogFormat : std::uint8_t { Text, Json };

struct CallLine {
  std::optional<statement::CallId> id;
  statement::Kind kind = statement::Kind::Unary;
  statement::Ended ended;  // its id is not used
  std::string peer;        // of a server
  std::string text;        // what the reply says
  bool misnamed = false;   // the reply names another call
};

class CallLog {
 public:
  CallLog(LogFormat format, const Clock& clock);
  ~CallLog();

  void listening(const std::string& address);
  void call(const CallLine& line);

  // "testigo-greeter: …" on stderr, in either format.
  void note(const std::string& text);

 private:
  LogFormat format_;
  const Clock& clock_;
  std::shared_ptr<spdlog::logger> out_;
  std::shared_ptr<spdlog::logger> err_;
};

}  // namespace testigo::greeter
