#include "run/evidence_folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/environment_error.h"

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

}  // namespace

EvidenceFolder EvidenceFolder::create(const std::filesystem::path& parent, std::string_view name, Time now) {
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  if (error) {
    throw EnvironmentError(
        fmt::format("cannot make the folder {}: {}; choose another place with --out DIR", parent.string(), error.message()));
  }
  const std::string stem = fmt::format("{}-{}", compact(now), name);
  for (int attempt = 1;; ++attempt) {  // several runs may begin in one second
    EvidenceFolder folder(parent / (attempt == 1 ? stem : fmt::format("{}-{}", stem, attempt)));
    if (!make_private(folder.path())) continue;
    make_private(folder.statements());
    make_private(folder.logs());
    return folder;
  }
}

EvidenceFolder EvidenceFolder::open(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw EnvironmentError(
        fmt::format("{} is no folder; --evidence wants the folder of a run, with statements/ and wire.pcapng", folder.string()));
  }
  return EvidenceFolder(folder);
}

}  // namespace testigo::run
