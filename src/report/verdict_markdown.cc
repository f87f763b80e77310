#include "report/verdict_markdown.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/call_line.h"
#include "report/tshark.h"

namespace testigo::report {
namespace {

using verdict::Claim;
using verdict::Outcome;

constexpr std::size_t kExhibitsShown = 5;  // of a claim

// Line breaks, and what indents behind them, would end code.
std::string in_one_line(std::string_view text) {
  std::string out;
  for (std::size_t end; (end = text.find('\n')) != std::string_view::npos;) {
    out += fmt::format("{} ⏎ ", text.substr(0, end));
    text.remove_prefix(std::min(text.find_first_not_of(" \n", end), text.size()));
  }
  return out += text;
}

// Code with a fence that is longer than any run of backticks inside.
std::string code(std::string_view lines) {
  const std::string text = in_one_line(lines);
  if (text.empty()) return {};
  std::size_t run = 0, longest = 0;
  for (const char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
  const std::string fence(longest + 1, '`');
  return fmt::format("{0} {1} {0}", fence, text);
}

// The same in a table, where a bar would end the cell.
std::string cell(std::string_view text) {
  std::string inside = code(text);
  for (std::size_t at = 0; (at = inside.find('|', at)) != std::string::npos; at += 2) inside.insert(at, 1, '\\');
  return inside;
}

std::string_view mark(Outcome outcome) {
  switch (outcome) {
    case Outcome::Proven:
      return "✅";
    case Outcome::Broken:
      return "❌";
    case Outcome::Inconclusive:
      return "❔";
  }
  return {};
}

std::string claims(const RunReport& report) {
  std::string out = "| | claim | outcome | because |\n|---|---|---|---|\n";
  for (const Claim& claim : report.verdict.claims) {
    out += fmt::format("| {} | {} {} | {} | {} |\n", claim.number, mark(claim.outcome), claim.sentence,
                       verdict::outcome_name(claim.outcome), cell(claim.because));
  }
  return out;
}

std::string causes(const RunReport& report) {
  std::string out;
  for (const diagnose::Cause& cause : report.verdict.causes) {
    out += fmt::format("\n**{} {}**{}{}\n\n{}\n\nFix: {}\n", cause.id, cause.title, cause.suspected ? " (suspected)" : "",
                       cause.times > 1 ? fmt::format(" × {}", cause.times) : "", code(cause.explanation), code(cause.fix));
  }
  return out;
}

std::string exhibits(const RunReport& report) {
  std::string out;
  for (const Claim& claim : report.verdict.claims) {
    if (claim.outcome == Outcome::Proven || claim.exhibits.empty()) continue;
    out += fmt::format("\n<details><summary>claim {}: what shows it</summary>\n\n", claim.number);
    const std::size_t shown = std::min(claim.exhibits.size(), kExhibitsShown);
    for (std::size_t i = 0; i < shown; ++i) {
      const verdict::Exhibit& exhibit = claim.exhibits[i];
      out += fmt::format("- {}\n", code(exhibit.text));
      const std::string command = report.capture.empty() ? "" : tshark_places(report.capture, report.ports, exhibit.wire);
      if (!command.empty()) out += fmt::format("  - {}\n", code(command));
    }
    if (claim.exhibits_total > shown) out += fmt::format("- … and {} more\n", claim.exhibits_total - shown);
    out += "\n</details>\n";
  }
  return out;
}

std::string findings(const RunReport& report) {
  if (report.checks.findings.empty()) return {};
  std::string out = "\n| check | grade | times | first | |\n|---|---|---|---|---|\n";
  for (const auto& [finding, times] : found_by_grade(report.checks)) {
    out += fmt::format("| {} | {} | {} | {} | {} ({}) |\n", finding->check, check::severity_name(finding->severity), times,
                       place_text(finding->spot.place), cell(finding->text), finding->clause);
  }
  return out;
}

std::string notes(const RunReport& report) {
  std::string out;
  for (const std::string& note : report.verdict.notes) out += fmt::format("- {}\n", code(note));
  return out.empty() ? out : "\n" + out;
}

}  // namespace

std::string verdict_markdown(const RunReport& report) {
  const Outcome outcome = report.verdict.outcome;
  std::string out = fmt::format("## {} Testigo: {}\n\n", mark(outcome), verdict::outcome_name(outcome)) + claims(report) +
                    causes(report) + exhibits(report) + findings(report) + notes(report);
  if (!report.capture.empty()) out += fmt::format("\nLook: {}\n", code(tshark_overview(report.capture, report.ports)));
  return out + fmt::format("\n<sub>testigo {} {}, judged {}</sub>\n", report.version, report.command, to_rfc3339(report.judged));
}

}  // namespace testigo::report
