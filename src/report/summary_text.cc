#include "report/summary_text.h"

#include <fmt/format.h>

namespace testigo::report {
namespace {

constexpr std::size_t kMethodsShown = 20;

std::string failures_text(const verdict::MethodSummary& method) {
  std::string out;
  for (const auto& [outcome, times] : method.failed) out += fmt::format("{}{} × {}", out.empty() ? "" : ", ", times, outcome);
  return out;
}

// "µ" is one column and two octets.
std::string column(Duration duration) {
  const std::string text = to_human(duration);
  const bool wide = text.find("µ") != std::string::npos;
  return fmt::format("{:>{}}", text, wide ? 10 : 9);
}

std::string method_text(const verdict::MethodSummary& method, const Paint& paint) {
  const Histogram& latency = method.latency;
  const std::uint64_t failed = method.calls - method.ok;
  const std::string failures = fmt::format("{:>8}", failed);
  std::string out =
      fmt::format("  {:>10}{:>10}{}{}{}{}{}  {}\n", method.calls, method.ok, failed == 0 ? failures : paint.red(failures),
                  column(latency.percentile(50)), column(latency.percentile(90)), column(latency.percentile(99)),
                  column(latency.max()), paint.bold(method.method));
  if (failed != 0) out += fmt::format("{:22}{}\n", "", paint.red(failures_text(method)));
  return out;
}

}  // namespace

std::string summary_text(const verdict::CallSummary& summary, const Paint& paint) {
  if (summary.methods.empty()) return {};
  std::string out = paint.dim(fmt::format("  {:>10}{:>10}{:>8}{:>9}{:>9}{:>9}{:>9}  {}", "calls", "OK", "failed", "p50", "p90",
                                          "p99", "max", "method")) +
                    "\n";
  std::size_t shown = 0;
  for (const verdict::MethodSummary& method : summary.methods) {
    if (shown++ == kMethodsShown) break;
    out += method_text(method, paint);
  }
  if (summary.methods.size() > kMethodsShown)
    out += fmt::format("  … and {} methods more\n", summary.methods.size() - kMethodsShown);
  return out + "\n";
}

}  // namespace testigo::report
