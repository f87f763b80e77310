#include "run/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <fstream>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "base/inert.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

// Runs in the child, between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(char* const* arguments, const std::vector<int>& inherited, int log, int trouble, pid_t parent) {
  ::setpgid(0, 0);  // a terminal's Ctrl-C reaches us alone; we end our children in order
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  for (const int descriptor : inherited) ::fcntl(descriptor, F_SETFD, 0);
  ::execv(arguments[0], arguments);
  const int reason = errno;
  [[maybe_unused]] const ssize_t told = ::write(trouble, &reason, sizeof reason);
  ::_exit(127);
}

}  // namespace

ChildProcess::ChildProcess(std::string name, const std::vector<std::string>& command, const std::filesystem::path& log,
                           const std::vector<int>& inherited)
    : name_(std::move(name)), log_(log) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command)
    arguments.push_back(const_cast<char*>(word.c_str()));  // execv takes them so, and changes nothing
  arguments.push_back(nullptr);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int trouble[2] = {-1, -1};
  if (output < 0 || ::pipe2(trouble, O_CLOEXEC) != 0) {
    throw EnvironmentError(fmt::format("cannot write the log {}: {}", log.string(), std::strerror(errno)));
  }
  const pid_t parent = ::getpid();
  id_ = ::fork();
  if (id_ == 0) become(arguments.data(), inherited, output, trouble[1], parent);
  const int fork_error = errno;
  ::close(output);
  ::close(trouble[1]);
  int reason = id_ < 0 ? fork_error : 0;
  if (id_ > 0 && ::read(trouble[0], &reason, sizeof reason) <= 0) reason = 0;  // the pipe closes when exec has succeeded
  ::close(trouble[0]);
  if (reason != 0) {
    if (id_ > 0) ::waitpid(id_, nullptr, 0);
    id_ = -1;
    throw EnvironmentError(fmt::format("cannot start {}: {}", command.front(), std::strerror(reason)));
  }
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : name_(std::move(other.name_)), log_(std::move(other.log_)), id_(std::exchange(other.id_, -1)), exit_code_(other.exit_code_) {}

ChildProcess::~ChildProcess() {
  if (id_ < 0 || !running()) return;
  signal(SIGKILL);
  wait(10s);
}

bool ChildProcess::running() { return !exit_code(); }

std::optional<int> ChildProcess::exit_code() {
  if (exit_code_ || id_ < 0) return exit_code_;
  int status = 0;
  if (::waitpid(id_, &status, WNOHANG) == id_) exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return exit_code_;
}

void ChildProcess::signal(int number) {
  if (running()) ::kill(id_, number);
}

bool ChildProcess::wait(Duration patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (running()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

std::string last_lines(const std::filesystem::path& log, std::size_t lines) {
  std::ifstream stream(log);
  std::deque<std::string> last;
  for (std::string line; std::getline(stream, line);) {
    last.push_back(inert(line, 400));
    if (last.size() > lines) last.pop_front();
  }
  std::string out;
  for (const std::string& line : last) out += "\n      ┆ " + line;
  return out;
}

}  // namespace testigo::run
