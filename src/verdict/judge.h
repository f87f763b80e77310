// Reconciles the three witnesses call by call and decides the eight claims of `verify`.
//
// The rules, with the truth table, are docs/formats/verdict.md. Clocks of two witnesses are never compared.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "check/tally.h"
#include "statement/statement_reader.h"
#include "verdict/claim.h"
#include "verdict/wire_testimony.h"

namespace testigo::verdict {

// Everything that is in the evidence.
struct Evidence {
  std::vector<statement::Reading> clients;
  std::vector<statement::Reading> servers;
  std::optional<WireTestimony> wire;
  check::Tally checks;                                                         // what the checks said of the wire
  std::map<call::ConnectionNumber, check::ConnectionTally> connection_checks;  // the same, of each connection
  std::vector<diagnose::Cause> causes;                                         // of the wire
};

struct JudgeOptions {
  // Claim 5: how far a start may be from its place. Nothing: max(20 % of the period, 20 ms).
  std::optional<Duration> tolerance;
  // Calls that started earlier, by the client's own clock, are out of scope.
  std::optional<Time> since;
  std::string since_of = {};  // the file that says so, "judge.json"; empty: the user does
  // A server that ran before (`--target`) knows calls of others: ids of client processes that are not in the evidence are out of
  // scope. Otherwise such ids say that a client's file is missing.
  bool others_out_of_scope = false;
  std::string others_of = {};  // as `since_of`
  // How many clients were started, where that is known: fewer that testify are a missing witness.
  std::size_t clients_started = 0;
  bool run_ended = false;  // who started them waited for their end
};

// Hears all of them, call by call; claim 8 keeps the first as exhibits.
using OnDifference = std::function<void(const statement::CallId&, const Difference&)>;

// Hears each call that is not judged.
using OnOutOfScope = std::function<void(const statement::CallId&)>;

Verdict judge(const Evidence& evidence, const JudgeOptions& options = {}, const OnDifference& on_difference = {},
              const OnOutOfScope& on_out_of_scope = {});

}  // namespace testigo::verdict
