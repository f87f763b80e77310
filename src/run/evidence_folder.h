// The folder of a run: evidence/<time>-<name>/ with the capture, the statements, and what the run itself noted (run.json). The
// reports in it can be rebuilt from them. While the run goes on it holds run.lock.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace testigo::run {

class EvidenceFolder {
 public:
  // Makes a new one below `parent` (0700). Throws EnvironmentError, and says what to do, when it cannot.
  static EvidenceFolder create(const std::filesystem::path& parent, std::string_view name, Time now);
  // One that others write into too, made where it is missing. Throws EnvironmentError when it cannot be used.
  static EvidenceFolder share(const std::filesystem::path& folder);
  // One that is there. Throws EnvironmentError when it holds neither statements nor a capture; `wanted` is what the command asks
  // for.
  static EvidenceFolder open(const std::filesystem::path& folder, std::string_view wanted = "name the folder of a run");

  // Of the folders of runs in `parent`, the one whose name begins with the latest time; one without a time where there is no other.
  static std::optional<std::filesystem::path> newest(const std::filesystem::path& parent);

  // Takes back what `create` made, when nothing was collected in it: no statement, no packet. Whatever others put there stays.
  void discard_if_empty() const;

  // Another owner for what `create` made, or `share` where nothing was; where the system refuses, it stays whose it was.
  void give_to(unsigned user, unsigned group) const;

  const std::filesystem::path& path() const { return path_; }
  // What the folder itself is called, however it was named.
  std::string name() const { return std::filesystem::weakly_canonical(path_).filename().string(); }
  std::filesystem::path capture() const { return path_ / "wire.pcapng"; }
  std::filesystem::path statements() const { return path_ / "statements"; }
  std::filesystem::path logs() const { return path_ / "logs"; }
  // The files of statements, in the order of their names; rotated predecessors (NAME.jsonl.1, …) are read with NAME.jsonl, which
  // may be missing when a process was killed while it rotated. Throws EnvironmentError when they cannot be listed.
  std::vector<std::filesystem::path> statement_files() const;
  std::filesystem::path ledger() const { return path_ / "ledger.db"; }
  std::filesystem::path record() const { return path_ / "run.json"; }
  // What a judge that repeats leaves of itself, in the format of the record.
  std::filesystem::path judge_record() const { return path_ / "judge.json"; }
  std::filesystem::path lock() const { return path_ / "run.lock"; }

 private:
  explicit EvidenceFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
  bool made_ = false;
  bool made_parent_ = false;
};

}  // namespace testigo::run
