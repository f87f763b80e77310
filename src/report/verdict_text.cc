#include "report/verdict_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/inert.h"
#include "report/call_line.h"
#include "report/summary_text.h"
#include "report/tshark.h"

namespace testigo::report {
namespace {

using verdict::Claim;
using verdict::Exhibit;
using verdict::Outcome;

constexpr std::size_t kPathMax = 4096;

std::string painted(const Paint& paint, Outcome outcome, std::string_view text) {
  switch (outcome) {
    case Outcome::Proven:
      return paint.green(text);
    case Outcome::Broken:
      return paint.red(text);
    case Outcome::Inconclusive:
      return paint.yellow(text);
  }
  return {};
}

std::string_view mark(Outcome outcome) {
  switch (outcome) {
    case Outcome::Proven:
      return "✔";
    case Outcome::Broken:
      return "✘";
    case Outcome::Inconclusive:
      return "?";
  }
  return {};
}

// "1 call", "2 calls"
std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string headline(const RunReport& report, const Paint& paint) {
  const auto& claims = report.verdict.claims;
  const auto having = [&](Outcome outcome) { return std::ranges::count(claims, outcome, &Claim::outcome); };
  std::string counts = fmt::format("{}/{} claims proven", having(Outcome::Proven), claims.size());
  if (having(Outcome::Broken) != 0) counts += fmt::format(", {} broken", having(Outcome::Broken));
  if (having(Outcome::Inconclusive) != 0) counts += fmt::format(", {} inconclusive", having(Outcome::Inconclusive));
  const std::string name = painted(paint, report.verdict.outcome, verdict::outcome_name(report.verdict.outcome));
  return fmt::format("  {}   {}\n\n", paint.bold(name), counts);
}

// "6c 65 6e" with what is printable beside it, as dissectors show octets; 16 a line.
std::string octets(const Paint& paint, const std::string& hex) {
  constexpr std::size_t kDigitsPerLine = 32;
  constexpr std::size_t kLinesMax = 4;
  std::string out;
  for (std::size_t at = 0; at < hex.size() && at < kDigitsPerLine * kLinesMax; at += kDigitsPerLine) {
    std::string digits;
    std::string text;
    for (std::size_t i = at; i + 1 < hex.size() && i < at + kDigitsPerLine; i += 2) {
      const int value = std::stoi(hex.substr(i, 2), nullptr, 16);
      digits += hex.substr(i, 2) + " ";
      text += value >= 0x20 && value < 0x7f ? static_cast<char>(value) : '.';
    }
    out += fmt::format("         {}  {}\n", paint.cyan(fmt::format("{:<48}", digits)), paint.dim(text));
  }
  return out;
}

std::string places(const Exhibit& exhibit) {
  std::string out;
  for (std::size_t i = 0; i < exhibit.wire.size(); ++i) {
    const call::Place& place = exhibit.wire[i];
    if (place.packet == 0 || std::find(exhibit.wire.begin(), exhibit.wire.begin() + static_cast<std::ptrdiff_t>(i), place) !=
                                 exhibit.wire.begin() + static_cast<std::ptrdiff_t>(i))
      continue;
    out += fmt::format("{}packet {}", out.empty() ? "" : ", ", place.packet);
    if (place.stream != 0) out += fmt::format(" stream {}", place.stream);
    if (place.other_side) out += " of the other side";
  }
  for (const statement::Place& place : exhibit.statements) {
    out +=
        fmt::format("{}{}:{}", out.empty() ? "" : ", ", inert(std::filesystem::path(place.file).filename().string()), place.line);
  }
  return out;
}

// Where to begin to look.
std::string first_place(const Exhibit& exhibit) {
  const std::string all = places(exhibit);
  return all.substr(0, all.find(", "));
}

// What it shows and where; in full also the octets, and the command by which somebody else's tool shows them.
std::string exhibit_text(const RunReport& report, const Exhibit& exhibit, const Paint& paint, bool in_full) {
  std::string out = fmt::format("       {}\n", exhibit.text);
  if (!in_full) return out;
  if (const std::string where = places(exhibit); !where.empty()) out += fmt::format("         {}\n", paint.dim(where));
  out += octets(paint, exhibit.octets);
  const std::string command = report.capture.empty() ? "" : tshark_places(report.capture, report.ports, exhibit.wire);
  if (!command.empty()) out += fmt::format("         {}\n", paint.dim("$ " + command));
  return out;
}

std::string claim_text(const RunReport& report, const Claim& claim, const TextOptions& options) {
  const Paint& paint = options.paint;
  std::string out =
      fmt::format("  {} {}  {}\n", painted(paint, claim.outcome, mark(claim.outcome)), claim.number, paint.bold(claim.sentence));
  const bool proven = claim.outcome == Outcome::Proven;
  const std::string shown_at = proven && !claim.exhibits.empty() ? first_place(claim.exhibits.front()) : "";
  if (!claim.because.empty()) {
    out += fmt::format("       {}\n", proven ? paint.dim(claim.because + (shown_at.empty() ? "" : " (" + shown_at + ")"))
                                             : painted(paint, claim.outcome, claim.because));
  }
  if (proven) return out;
  const std::size_t shown = std::min(options.exhibits, claim.exhibits.size());
  for (std::size_t i = 0; i < shown; ++i) out += exhibit_text(report, claim.exhibits[i], paint, i < options.in_full);
  if (claim.exhibits_total > shown)
    out += fmt::format("       … and {} more{}\n", claim.exhibits_total - shown,
                       report.evidence.empty() ? "; --json tells more of them" : ", in report.txt and report.json");
  return out;
}

// "client1 ──▶ server   16 calls, 16 OK"
std::string clients_text(const verdict::Verdict& verdict, const Paint& paint) {
  constexpr std::size_t kClientsShown = 8;
  std::string out;
  const std::size_t shown = std::min(verdict.clients.size(), kClientsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const verdict::ClientCount& client = verdict.clients[i];
    out += fmt::format("  {:<10} ──▶ server   {}, {} OK", client.client, counted(client.calls, "call"), client.ok);
    if (client.failed != 0) out += ", " + paint.red(fmt::format("{} failed", client.failed));
    out += "\n";
  }
  if (shown < verdict.clients.size()) out += fmt::format("  … and {} clients more\n", verdict.clients.size() - shown);
  return out.empty() ? out : out + "\n";
}

std::string cause_text(const diagnose::Cause& cause, const Paint& paint) {
  std::string out = fmt::format("  {}  {}{}{}\n", paint.yellow(cause.id), paint.bold(cause.title),
                                cause.suspected ? " (suspected)" : "", cause.times > 1 ? fmt::format(" × {}", cause.times) : "");
  out += fmt::format("       {}\n       {} {}\n", cause.explanation, paint.cyan("fix:"), cause.fix);
  return out;
}

std::string findings_text(const RunReport& report) {
  const check::Tally& checks = report.checks;
  if (checks.findings.empty()) return {};
  std::string out = fmt::format("\n  findings: {}, {}, {}\n", counted(checks.errors, "error"), counted(checks.warnings, "warning"),
                                counted(checks.infos, "remark"));
  for (const auto& [finding, times] : found_by_grade(checks)) {
    out += fmt::format("    {} {}{}  {}  {} ({})\n", finding->check, check::severity_name(finding->severity),
                       times > 1 ? fmt::format(" × {}, the first:", times) : "", place_text(finding->spot.place), finding->text,
                       finding->clause);
  }
  return out;
}

std::string notes_text(const verdict::Verdict& verdict, const TextOptions& options) {
  std::string out;
  for (const std::string& note : verdict.notes) out += fmt::format("  note: {}\n", note);
  if (verdict.calls_without_id != 0) {
    out += fmt::format("  note: {} without a Testigo id (health checks, reflection, others), counted and not judged\n",
                       counted(verdict.calls_without_id, "call"));
  }
  if (verdict.in_flight.empty()) return out;
  out += "        in flight:";
  const std::size_t shown = std::min(options.exhibits, verdict.in_flight.size());
  for (std::size_t i = 0; i < shown; ++i) out += " " + verdict.in_flight[i];
  out += shown < verdict.in_flight.size() ? " …\n" : "\n";
  return out;
}

// "authorization 12 times, 2 values: 3f0a…, 9ab1…": in the capture they are masked, and these are no part of them.
std::string masked_text(const Masked& masked) {
  constexpr std::size_t kValuesShown = 8;
  std::string out = fmt::format("{} {}", inert(masked.name), counted(masked.times, "time"));
  if (masked.values.empty()) return out;
  out += fmt::format(", {}{}:", counted(masked.values.size(), "value"), masked.more_values ? " and more" : "");
  for (std::size_t i = 0; i < std::min(masked.values.size(), kValuesShown); ++i) {
    out += fmt::format("{} {}", i == 0 ? "" : ",", masked.values[i]);
  }
  return out + (masked.values.size() > kValuesShown ? ", …" : "");
}

std::string masked_text(const RunReport& report) {
  std::string out;
  for (const Masked& masked : report.masked) out += fmt::format("  masked: {}\n", masked_text(masked));
  return out;
}

std::string evidence_text(const RunReport& report, const Paint& paint) {
  if (report.evidence.empty() && report.wire.empty()) return {};
  std::string out = "\n";
  if (!report.evidence.empty()) out += fmt::format("  evidence  {}\n", paint.bold(inert(report.evidence.string(), kPathMax) + "/"));
  if (!report.wire.empty()) out += fmt::format("  wire      {}\n", report.wire);
  if (!report.capture.empty()) out += fmt::format("  look      {}\n", tshark_overview(report.capture, report.ports));
  return out;
}

}  // namespace

std::string verdict_text(const RunReport& report, const TextOptions& options) {
  const Paint& paint = options.paint;
  std::string out = clients_text(report.verdict, paint);
  if (report.summary) out += summary_text(*report.summary, paint);
  out += headline(report, paint);
  for (const Claim& claim : report.verdict.claims) out += claim_text(report, claim, options);
  if (!report.verdict.causes.empty()) out += "\n";
  for (const diagnose::Cause& cause : report.verdict.causes) out += cause_text(cause, paint);
  out += findings_text(report);
  if (const std::string notes = notes_text(report.verdict, options) + masked_text(report); !notes.empty()) out += "\n" + notes;
  return out + evidence_text(report, paint);
}

}  // namespace testigo::report
