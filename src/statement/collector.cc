#include "statement/collector.h"

#include <utility>

#include "base/inert.h"
#include "statement/line_parser.h"

namespace testigo::statement {
namespace {

constexpr std::size_t kDamagesKept = 100;
constexpr std::size_t kQuotedBytes = 120;

const CallId* id_of(const Body& body) {
  if (const auto* started = std::get_if<Started>(&body)) return &started->id;
  if (const auto* received = std::get_if<Received>(&body)) return &received->id;
  if (const auto* ended = std::get_if<Ended>(&body)) return &ended->id;
  return nullptr;
}

// Why a statement cannot be one of the process that opened the file; empty when it can. A client speaks of its own calls only.
std::string_view misfit(const Start& start, const Body& body) {
  if (start.witness == Witness::Client && std::holds_alternative<Received>(body)) return "a client cannot have received a call";
  if (start.witness == Witness::Server && std::holds_alternative<Started>(body)) return "a server cannot have started a call";
  const CallId* id = id_of(body);
  const bool foreign = id != nullptr && (id->client != start.name || id->process != start.process);
  if (start.witness == Witness::Client && foreign) return "of another client process than its start record";
  return {};
}

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
  const bool goes_on = start.continues && !testimonies.empty() && !testimonies.back().end &&
                       testimonies.back().start.process == start.process && testimonies.back().start.witness == start.witness;
  if (goes_on) return;
  Testimony testimony;
  testimony.start = start;
  testimony.beginning_lost = start.continues;
  testimony.first = std::move(line);
  testimonies.push_back(std::move(testimony));
}

void Collector::add(Line line) {
  Testimony& testimony = reading_.testimonies.back();
  const std::string_view trouble = misfit(testimony.start, line.statement.body);
  if (!trouble.empty()) {
    damage(line.number, std::string(trouble));
  } else if (std::holds_alternative<End>(line.statement.body)) {
    testimony.end = std::move(line);
    open_ = false;
  } else {
    testimony.lines.push_back(std::move(line));
  }
}

void Collector::damage(std::uint64_t number, std::string what) {
  ++reading_.damaged_lines;
  if (reading_.damages.size() < kDamagesKept) reading_.damages.push_back({{reading_.files.back(), number}, std::move(what)});
}

}  // namespace testigo::statement
