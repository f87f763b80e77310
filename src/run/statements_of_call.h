// What clients and servers state of one call, found by reading their files.
#pragma once

#include <cstddef>
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

constexpr std::size_t kStatementsOfCallMax = 100;

struct FoundStatements {
  std::vector<FoundStatement> first;
  std::uint64_t left_out = 0;  // behind those
};

// In the order of the files' names and their lines, rotated files too; at most the first kStatementsOfCallMax. Throws
// EnvironmentError when they cannot be listed.
FoundStatements statements_of_call(const EvidenceFolder& folder, const statement::CallId& id);

}  // namespace testigo::run
