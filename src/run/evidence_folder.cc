#include "run/evidence_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "base/file.h"
#include "base/inert.h"
#include "capture/capture_file.h"

namespace testigo::run {
namespace {

// "20260102T030405Z"
std::string compact(Time time) {
  std::string text = to_rfc3339(time).substr(0, 19);
  std::erase(text, '-');
  std::erase(text, ':');
  return text + "Z";
}

// False when something of that name is there already.
bool make_private(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return true;
  if (errno == EEXIST) return false;
  throw EnvironmentError(
      fmt::format("cannot make the folder {}: {}; choose another place with --out DIR", folder.string(), std::strerror(errno)));
}

bool is_there(const std::filesystem::path& path) {
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  if (error) throw EnvironmentError(fmt::format("cannot read {}: {}; check your permissions", path.string(), error.message()));
  return there;
}

bool holds_evidence(const std::filesystem::path& folder) {
  return is_there(folder / "statements") || is_there(folder / "wire.pcapng");
}

bool looks_like_a_run(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::exists(folder / "statements", error) || std::filesystem::exists(folder / "wire.pcapng", error);
}

// As `compact` writes it.
bool begins_with_a_time(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789";
  return name.find_first_not_of(kDigits) == 8 && name[8] == 'T' && name.find_first_not_of(kDigits, 9) == 15 && name[15] == 'Z';
}

class Nobody final : public tcp::ConnectionSink {
  void on_opened(const tcp::ConnectionOpened&) override {}
  void on_chunk(tcp::ConnectionNumber, const Chunk&) override {}
  void on_closing(const tcp::ConnectionClosing&) override {}
  void on_end() override {}
};

bool holds_packets(const std::filesystem::path& capture) {
  if (!std::filesystem::exists(capture) || std::filesystem::file_size(capture) == 0) return false;
  Nobody nobody;
  return capture::read_capture(capture, nobody).packets != 0;
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::exists(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

}  // namespace

EvidenceFolder EvidenceFolder::create(const std::filesystem::path& parent, std::string_view name, Time now) {
  std::error_code error;
  const bool made_parent = std::filesystem::create_directories(parent, error);
  if (error) {
    throw EnvironmentError(
        fmt::format("cannot make the folder {}: {}; choose another place with --out DIR", parent.string(), error.message()));
  }
  const std::string stem = fmt::format("{}-{}", compact(now), name);
  for (int attempt = 1;; ++attempt) {  // several runs may begin in one second
    EvidenceFolder folder(parent / (attempt == 1 ? stem : fmt::format("{}-{}", stem, attempt)));
    if (!make_private(folder.path())) continue;
    folder.made_ = true;
    folder.made_parent_ = made_parent;
    make_private(folder.statements());
    make_private(folder.logs());
    return folder;
  }
}

EvidenceFolder EvidenceFolder::share(const std::filesystem::path& path) {
  EvidenceFolder folder(path);
  folder.made_ = make_private(path);
  make_private(folder.statements());
  return folder;
}

EvidenceFolder EvidenceFolder::open(const std::filesystem::path& folder, std::string_view wanted) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    throw EnvironmentError(fmt::format("{} is no folder; {}, with statements/ and wire.pcapng", folder.string(), wanted));
  }
  if (holds_evidence(folder)) return EvidenceFolder(folder);
  const auto run = newest(folder);
  throw EnvironmentError(fmt::format("{} holds neither statements/ nor wire.pcapng; {}{}", folder.string(), wanted,
                                     run ? fmt::format(", perhaps {}", inert(run->lexically_normal().string())) : ""));
}

std::optional<std::filesystem::path> EvidenceFolder::newest(const std::filesystem::path& parent) {
  std::pair<bool, std::string> newest;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(parent, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (looks_like_a_run(entry->path())) newest = std::max(newest, {begins_with_a_time(name), name});
  }
  return newest.second.empty() ? std::nullopt : std::optional(parent / newest.second);
}

void EvidenceFolder::give_to(unsigned user, unsigned group) const {
  if (!made_) return;
  std::vector<std::filesystem::path> made = {path_, statements(), logs(), lock()};
  if (made_parent_) made.push_back(path_.parent_path());
  for (const auto& folder : made) [[maybe_unused]]
    const int refused = ::lchown(folder.c_str(), user, group);
}

void EvidenceFolder::discard_if_empty() const {
  try {
    const auto collected = files_in(statements());
    if (std::ranges::any_of(collected, [](const auto& file) { return std::filesystem::file_size(file) != 0; })) return;
    if (holds_packets(capture())) return;
    for (const auto& folder : {statements(), logs()}) {
      for (const auto& file : files_in(folder)) std::filesystem::remove(file);
      std::filesystem::remove(folder);
    }
    for (const auto& made : {capture(), record(), lock(), path_}) std::filesystem::remove(made);
    if (made_parent_) std::filesystem::remove(path_.parent_path());
  } catch (const std::exception&) {  // what cannot be taken back stays: there is a failure to tell already
    return;
  }
}

std::vector<std::filesystem::path> EvidenceFolder::statement_files() const {
  std::set<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(statements(), error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const std::size_t at = name.find(".jsonl");
    if (at == std::string::npos) continue;
    const std::string_view rest = std::string_view(name).substr(at + 6);
    const bool rotated = rest.size() > 1 && rest[0] == '.' && rest.find_first_not_of("0123456789", 1) == std::string_view::npos;
    if (rest.empty() || rotated) files.insert(statements() / name.substr(0, at + 6));
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw EnvironmentError(fmt::format("cannot read the statements in {}: {}", statements().string(),
                                       why_not_opened(error.value(), "it must be a folder that you may read")));
  }
  return {files.begin(), files.end()};
}

}  // namespace testigo::run
