// The checks of one connection, one object for each section of the catalogue or of RFC 9113.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "check/across.h"
#include "check/calls_so_far.h"
#include "check/check.h"
#include "check/findings.h"
#include "check/plain_calls.h"
#include "check/plain_frames.h"

namespace testigo::check {

class Declared;

// Which rows a judge judges: those that one connection shows, those that need all connections of the run (Across), or all.
enum class Rows : std::uint8_t { All, OfConnections, Across };
bool is_across(Id id);

struct AllChecks {
  std::vector<std::unique_ptr<Check>> list;
  // Asked first. Nothing of rows that hear no frames, or that hear of messages what is not plain to them.
  std::optional<PlainFrames> plain_frames;
  std::optional<PlainCalls> plain_calls;
};

// `findings`, `calls`, `across`, which those of other connections share, and `declared` must outlive them. `declared` is null when
// there are no descriptors: then nobody asks for them.
AllChecks all_checks(Rows rows, Findings& findings, CallsSoFar& calls, Across& across, Declared* declared = nullptr);

std::unique_ptr<Check> connection_checks(Findings& findings, CallsSoFar& calls);
std::unique_ptr<Check> tls_checks(Findings& findings);
std::unique_ptr<Check> settings_checks(Findings& findings);
std::unique_ptr<Check> ping_checks(Findings& findings, CallsSoFar& calls);
std::unique_ptr<Check> closing_checks(Findings& findings);
std::unique_ptr<Check> flood_checks(Findings& findings);
std::unique_ptr<Check> header_checks(Findings& findings);
std::unique_ptr<Check> request_checks(Findings& findings);
std::unique_ptr<Check> message_checks(Findings& findings, CallsSoFar& calls);
std::unique_ptr<Check> response_checks(Findings& findings, CallsSoFar& calls);
std::unique_ptr<Check> hpack_checks(Findings& findings);
std::unique_ptr<Check> content_length_checks(Findings& findings, CallsSoFar& calls);
std::unique_ptr<Check> call_definition_checks(Findings& findings);
std::unique_ptr<Check> metadata_checks(Findings& findings);
std::unique_ptr<Check> compression_checks(Findings& findings, CallsSoFar& calls);
std::unique_ptr<Check> status_checks(Findings& findings);
std::unique_ptr<Check> media_type_checks(Findings& findings, CallsSoFar& calls);
std::unique_ptr<Check> cancel_checks(Findings& findings, CallsSoFar& calls);
std::unique_ptr<Check> deadline_checks(Findings& findings);
std::unique_ptr<Check> keepalive_checks(Findings& findings, CallsSoFar& calls);
std::unique_ptr<Check> connection_age_checks(Findings& findings);
std::unique_ptr<Check> retry_checks(Findings& findings);
std::unique_ptr<Check> schema_checks(Findings& findings, Declared& declared);
std::unique_ptr<Check> attempt_checks(Findings& findings, CallsSoFar& calls, Across& across);
std::unique_ptr<Check> dial_checks(Findings& findings, Across& across);

}  // namespace testigo::check
