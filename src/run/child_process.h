// A process of our own: it dies with us, even when we are killed, and it is ended by its id only.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace testigo::run {

class ChildProcess {
 public:
  // Starts `command` with its output appended to `log`. Of what this process has open it inherits the descriptors `inherited` (not
  // those of the standard streams) and nothing else. To be called on the thread that lives longest: the kernel kills the child
  // when the thread that started it ends. Throws EnvironmentError.
  ChildProcess(std::string name, const std::vector<std::string>& command, const std::filesystem::path& log,
               const std::vector<int>& inherited = {});
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ChildProcess(const ChildProcess&) = delete;
  ~ChildProcess();  // kills what still runs, and waits for it

  const std::string& name() const { return name_; }
  const std::filesystem::path& log() const { return log_; }
  pid_t id() const { return id_; }
  bool running();
  // Exit code, or 128 + signal; nothing while it runs.
  std::optional<int> exit_code();
  void signal(int number);
  // Waits for its end; false when it still runs after `patience`.
  bool wait(Duration patience);

 private:
  std::string name_;
  std::filesystem::path log_;
  pid_t id_ = -1;
  std::optional<int> exit_code_;
};

// The last lines of a log, inert, for an error message.
std::string last_lines(const std::filesystem::path& log, std::size_t lines);

}  // namespace testigo::run
