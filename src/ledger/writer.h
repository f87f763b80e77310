// Writes a ledger. What is added stands in one transaction until `commit`; it is not there for others, nor safe, before. Between a
// commit and what is added next nobody is locked out.
//
// One thread at a time. What is passed is borrowed for the call. Every member throws EnvironmentError when the database cannot be
// written (the disk is full, gone, or somebody has locked it); what was added since the last commit is then not there, and the
// writer is of no more use: another one may resume.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "call/event.h"
#include "check/tally.h"
#include "ledger/rows.h"
#include "statement/statement_reader.h"
#include "verdict/claim.h"
#include "verdict/wire_testimony.h"

namespace testigo::ledger {

using FileId = std::int64_t;

enum class Journal : std::uint8_t {
  None,  // of a file that nobody reads before it is whole, and that is thrown away when it does not become so
  Wal,   // others may read what was committed, while more is written; somebody who has locked it is not waited for
};

// Where a statement stands.
struct StatementPlace {
  WitnessId writer = 0;
  std::uint64_t seq = 0;  // of its writer's lines, from 1; ever growing
  FileId file = 0;
  std::uint64_t line = 0;  // in that file, from 1
  bool out_of_place = false;
};

class Writer {
 public:
  // The file (0600) is made, or must be empty; with `Wal` it may be a ledger that such a writer has left behind, to resume it.
  Writer(const std::filesystem::path& file, Journal journal, const Limits& limits = {});
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();  // what was not committed is gone

  // One process of a client or a server. The first one is 1.
  WitnessId add(const statement::Start& start);
  // `path` is below the evidence folder. The same for the same path.
  FileId file(std::string_view path);
  void add(const StatementPlace& place, const statement::Statement& statement);
  // All that its processes say; files of `folder` are told relative to it.
  void add(const statement::Reading& reading, const std::filesystem::path& folder);

  void add(const call::ConnectionClosed& closed);
  // `stream` is what is testified of it, null where it has no id.
  void add(const call::CallClosed& closed, const verdict::WireStream* stream);
  // What is beyond Limits::ledger_findings_max is counted.
  void add(const check::Finding& finding);

  void add(const statement::CallId& call, const verdict::Difference& difference);
  void add_out_of_scope(const statement::CallId& call);  // once each
  void add(const verdict::Claim& claim, const std::filesystem::path& folder);
  void add(const diagnose::Cause& cause);

  // Adds what a reader asks first: `began`, `ended` and `findings_left_out` are filled in, of one that is whole.
  void add(Meta meta);
  void commit();
  // Commits, and leaves nothing beside the file. Nothing may be added after it.
  void close();

 private:
  struct Open;
  std::unique_ptr<Open> open_;
};

}  // namespace testigo::ledger
