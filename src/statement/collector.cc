#include "statement/collector.h"

#include <utility>

#include "base/inert.h"
#include "statement/line_parser.h"

namespace testigo::statement {
namespace {

constexpr std::size_t kDamagesKept = 100;
constexpr std::size_t kQuotedBytes = 120;

}  // namespace

void Collector::begin_file(std::string name) { reading_.files.push_back(std::move(name)); }

void Collector::line(std::uint64_t number, std::string_view text, bool overlong) {
  if (overlong) return damage(number, "longer than a statement may be");
  if (text.empty()) return;  // left by a process that ended a torn line of the one before it
  ParsedLine parsed = parse(text);
  if (!parsed.unknown_version.empty()) {
    throw UnknownVersion(inert(reading_.files.back()) + ":" + std::to_string(number) + ": statements of format version " +
                         parsed.unknown_version + "; this Testigo reads " + std::to_string(kVersionMajor) +
                         ".x: use the Testigo that wrote them, or a newer one");
  }
  const auto file = static_cast<std::uint32_t>(reading_.files.size() - 1);
  if (parsed.is_start) open_ = parsed.statement.has_value();
  if (!parsed.statement) {
    if (!parsed.what.empty()) damage(number, parsed.what + ": " + inert(text, kQuotedBytes));
    return;
  }
  Line line{file, number, std::move(*parsed.statement)};
  if (parsed.is_start) {
    start(std::move(line));
  } else if (!open_) {
    damage(number, "no start record before it: " + inert(text, kQuotedBytes));
  } else {
    add(std::move(line));
  }
}

void Collector::start(Line line) {
  const auto& start = std::get<Start>(line.statement.body);
  auto& testimonies = reading_.testimonies;
  if (!testimonies.empty() && goes_on(start, testimonies.back().start, testimonies.back().end.has_value())) return;
  Testimony testimony;
  testimony.start = start;
  testimony.beginning_lost = start.continues;
  testimony.first = std::move(line);
  testimonies.push_back(std::move(testimony));
}

void Collector::add(Line line) {
  Testimony& testimony = reading_.testimonies.back();
  if (testimony.end) {
    testimony.behind.push_back(std::move(line));
  } else if (std::holds_alternative<End>(line.statement.body)) {
    testimony.end = std::move(line);
  } else {
    testimony.lines.push_back(std::move(line));
  }
}

void Collector::damage(std::uint64_t number, std::string what) {
  ++reading_.damaged_lines;
  if (reading_.damages.size() < kDamagesKept) reading_.damages.push_back({{reading_.files.back(), number}, std::move(what)});
}

}  // namespace testigo::statement
