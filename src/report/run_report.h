// What the reports of a run are made of: the same values for the terminal, report.txt, report.json and report.xml.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "check/hop/hop_checks.h"
#include "check/tally.h"
#include "report/tshark.h"
#include "verdict/call_summary.h"
#include "verdict/claim.h"

namespace testigo::report {

// A header field whose values were masked in the capture.
struct Masked {
  std::string name;
  std::uint64_t times = 0;
  std::vector<std::string> values;  // the beginning of the HMAC of each distinct one, under a key of the run
  bool more_values = false;         // than are told
};

// The two sides of a hop that were compared.
struct Hop {
  std::string downstream;  // where each was read from
  std::string upstream;
  bool by_addresses = false;  // they tell which is which; else it is taken as given
  check::hop::HopSummary summary;
};

// Of a live interface. What passed there is what was read and what was dropped.
struct Packets {
  std::uint64_t read = 0;
  std::uint64_t dropped = 0;  // by the kernel, before they could be read
};

struct RunReport {
  std::string command;  // "verify"
  std::string version;  // of Testigo
  Time judged;
  std::filesystem::path evidence;    // the folder; empty when nothing was kept
  std::filesystem::path capture;     // wire.pcapng; empty when there is none
  std::string wire;                  // where the wire witness stood: "tap", "listened on lo"; empty when there was none
  std::vector<DissectedPort> ports;  // of the servers in the capture, for the dissector
  std::vector<Masked> masked;
  std::optional<verdict::CallSummary> summary;  // of the calls that were shown
  std::optional<Hop> hop;
  std::optional<Packets> packets;
  verdict::Verdict verdict;
  check::Tally checks;
};

// What a check found of one grade.
struct Found {
  const check::Finding* first;  // of those of that grade
  std::uint64_t times;
};

// In the order in which the checks failed first, and of each check its gravest grade first. Borrows from `checks`.
std::vector<Found> found_by_grade(const check::Tally& checks);

// Writes report.txt, report.json, report.xml and report.md into the evidence folder (0600), and first takes a report.html away: it
// is of an older verdict, and nobody knows yet whether there will be another one. Throws EnvironmentError.
void write_reports(const RunReport& report);

// 0 PROVEN, 1 BROKEN, 3 INCONCLUSIVE.
int exit_code(verdict::Outcome outcome);

}  // namespace testigo::report
