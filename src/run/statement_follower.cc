#include "run/statement_follower.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "run/descriptor_limit.h"
#include "statement/statement_reader.h"

namespace testigo::run {
namespace {

constexpr std::size_t kFilesMax = 1000;
constexpr std::size_t kReadBytes = 1 << 16;
constexpr std::size_t kReadsAtOnce = 16;

}  // namespace

// One file, and those that take its name when it is rotated away.
class StatementFollower::Tail {
 public:
  // `testimonies` counts those of all files.
  Tail(std::filesystem::path path, const Hear& hear, std::size_t line_bytes_max, std::uint64_t& testimonies)
      : path_(std::move(path)), hear_(hear), line_bytes_max_(line_bytes_max), testimonies_(testimonies) {}
  Tail(const Tail&) = delete;
  Tail& operator=(const Tail&) = delete;
  ~Tail() { close(); }

  bool poll() {
    bool any = false;
    for (std::size_t reads = 0; reads < kReadsAtOnce;) {
      if (file_ < 0 && !open()) return any;
      if (read()) {
        any = true;
        ++reads;
      } else if (std::exchange(last_, false)) {
        close();
      } else if (!older_.empty() || is_replaced()) {
        last_ = true;  // it may have been written to before that
      } else {
        return any;
      }
    }
    return any;
  }

 private:
  bool open() {
    if (std::exchange(first_, false)) find_older();
    std::filesystem::path path = path_;
    if (!older_.empty()) {
      path = older_.front();
      older_.pop_front();
    }
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status = {};
    if (file_ < 0 || ::fstat(file_, &status) != 0 || !S_ISREG(status.st_mode)) {
      close();
      return false;
    }
    identity_ = {status.st_dev, status.st_ino};
    name_ = path.filename().string();
    line_.clear();
    overlong_ = false;
    number_ = 0;
    return true;
  }

  // What was rotated away before we came, oldest first.
  void find_older() {
    std::error_code error;
    for (int i = 1;; ++i) {
      std::filesystem::path older = path_.string() + "." + std::to_string(i);
      if (!std::filesystem::exists(older, error)) return;
      older_.push_front(std::move(older));
    }
  }

  void close() {
    if (file_ >= 0) ::close(std::exchange(file_, -1));
  }

  bool is_replaced() const {
    struct stat status = {};
    return ::stat(path_.c_str(), &status) == 0 && identity_ != std::pair(status.st_dev, status.st_ino);
  }

  bool read() {
    char octets[kReadBytes];
    const ssize_t size = ::read(file_, octets, sizeof octets);
    if (size <= 0) return false;
    std::string_view rest(octets, static_cast<std::size_t>(size));
    for (std::size_t end; (end = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
      keep(rest.substr(0, end));
      ++number_;
      if (!std::exchange(overlong_, false)) tell();
      line_.clear();
    }
    keep(rest);
    return true;
  }

  void keep(std::string_view part) {
    overlong_ = overlong_ || line_.size() + part.size() > line_bytes_max_;
    if (!overlong_) line_ += part;
  }

  void tell() {
    std::string trouble;
    const auto statement = statement::parse_line(line_, trouble);
    if (!statement) return;
    const auto* start = std::get_if<statement::Start>(&statement->body);
    const bool goes_on = start != nullptr && by_ && statement::goes_on(*start, *by_, ended_);
    if (start != nullptr) by_ = *start;
    if (!by_) return;
    if (start != nullptr && !goes_on) {
      testimony_ = ++testimonies_;
      seq_ = 0;
      ended_ = false;
    }
    hear_({*by_, *statement, testimony_, goes_on ? 0 : ++seq_, ended_, name_, number_});
    ended_ = ended_ || std::holds_alternative<statement::End>(statement->body);
  }

  std::filesystem::path path_;
  const Hear& hear_;
  std::size_t line_bytes_max_;
  std::uint64_t& testimonies_;
  bool first_ = true;
  bool last_ = false;  // of this file no more is to come
  std::deque<std::filesystem::path> older_;
  int file_ = -1;
  std::pair<dev_t, ino_t> identity_;
  std::string name_;          // of the file
  std::string line_;          // whose end has not been written yet
  std::uint64_t number_ = 0;  // of the last one
  bool overlong_ = false;
  std::optional<statement::Start> by_;
  std::uint64_t testimony_ = 0, seq_ = 0;
  bool ended_ = false;
};

StatementFollower::StatementFollower(std::filesystem::path folder, Hear hear, const Limits& limits, std::size_t files_max)
    : folder_(std::move(folder)), hear_(std::move(hear)), limits_(limits), files_max_(files_max) {}

StatementFollower::~StatementFollower() = default;

std::size_t StatementFollower::most_files() { return std::min(kFilesMax, descriptor_limit() / 2); }

bool StatementFollower::poll() {
  std::error_code error;
  passed_over_ = 0;
  for (std::filesystem::directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
    const std::filesystem::path& path = entry->path();
    if (path.extension() != ".jsonl") continue;
    const std::string name = path.filename().string();
    if (tails_.size() < files_max_) {
      tails_.try_emplace(name, path, hear_, limits_.statement_line_bytes_max, testimonies_);
    } else if (!tails_.contains(name)) {
      ++passed_over_;
    }
  }
  bool any = false;
  for (auto& [name, tail] : tails_) any = tail.poll() || any;
  return any;
}

}  // namespace testigo::run
