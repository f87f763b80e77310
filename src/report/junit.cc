#include "report/junit.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/inert.h"
#include "base/utf8.h"
#include "report/tshark.h"

namespace testigo::report {
namespace {

constexpr std::size_t kPathMax = 4096;

// Text that XML 1.0 can hold: control characters and what is not UTF-8 become '?'.
std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    const char c = text[at];
    if (length == 1 && (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')) {
      switch (c) {
        case '&':
          out += "&amp;";
          break;
        case '<':
          out += "&lt;";
          break;
        case '>':
          out += "&gt;";
          break;
        case '"':
          out += "&quot;";
          break;
        default:
          out += c;
      }
    } else {
      out += length > 1 ? text.substr(at, length) : "?";
    }
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string exhibits(const RunReport& report, const verdict::Claim& claim) {
  std::string out = claim.because + "\n";
  for (const verdict::Exhibit& exhibit : claim.exhibits) {
    out += exhibit.text + "\n";
    for (const statement::Place& place : exhibit.statements) {
      out += fmt::format("  {}:{}\n", inert(place.file, kPathMax), place.line);
    }
    const std::string command = report.capture.empty() ? "" : tshark_places(report.capture, report.ports, exhibit.wire);
    if (!command.empty()) out += "  $ " + command + "\n";
  }
  if (claim.exhibits_total > claim.exhibits.size())
    out += fmt::format("… and {} more\n", claim.exhibits_total - claim.exhibits.size());
  return out;
}

std::string test_case(const RunReport& report, const verdict::Claim& claim) {
  std::string out = fmt::format("    <testcase classname=\"testigo.{}\" name=\"claim {}: {}\">\n", escaped(report.command),
                                claim.number, escaped(claim.sentence));
  const std::string body = escaped(exhibits(report, claim));
  switch (claim.outcome) {
    case verdict::Outcome::Proven:
      out += fmt::format("      <system-out>{}</system-out>\n", body);
      break;
    case verdict::Outcome::Broken:
      out += fmt::format("      <failure message=\"{}\">{}</failure>\n", escaped(claim.because), body);
      break;
    case verdict::Outcome::Inconclusive:
      out += fmt::format("      <error message=\"INCONCLUSIVE: {}\">{}</error>\n", escaped(claim.because), body);
      break;
  }
  return out + "    </testcase>\n";
}

}  // namespace

std::string junit(const RunReport& report) {
  const auto& claims = report.verdict.claims;
  const auto having = [&](verdict::Outcome outcome) { return std::ranges::count(claims, outcome, &verdict::Claim::outcome); };
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  out += fmt::format("  <testsuite name=\"testigo {}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" timestamp=\"{}\">\n",
                     escaped(report.command), claims.size(), having(verdict::Outcome::Broken),
                     having(verdict::Outcome::Inconclusive), to_rfc3339(report.judged).substr(0, 19));
  for (const verdict::Claim& claim : claims) out += test_case(report, claim);
  if (!report.capture.empty()) {
    out += fmt::format("    <system-out>{}</system-out>\n", escaped("$ " + tshark_overview(report.capture, report.ports)));
  }
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace testigo::report
