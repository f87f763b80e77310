// What clients and servers state of one call, found by reading their files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "run/evidence_folder.h"
#include "statement/statement.h"

namespace testigo::run {

struct FoundStatement {
  statement::Start by;
  std::string file;        // below the evidence folder
  std::uint64_t line = 0;  // from 1
  statement::Statement statement;
};

// In the order of the files' names and their lines, rotated files too; at most 100. Throws EnvironmentError when they cannot be
// listed.
std::vector<FoundStatement> statements_of_call(const EvidenceFolder& folder, const statement::CallId& id);

}  // namespace testigo::run
