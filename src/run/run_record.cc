#include "run/run_record.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/environment_error.h"
#include "base/file.h"
#include "base/inert.h"
#include "run/version.h"

namespace testigo::run {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "testigo-run";
constexpr std::size_t kFileBytesMax = std::size_t{1} << 20;
constexpr std::size_t kNotesMax = 100;
constexpr std::size_t kNoteBytesMax = 2048;

// Behind a line break: no line of a note looks like one of the verdict's own, and none is empty.
constexpr std::string_view kContinued = "\n      ┆ ";

std::string_view continued(std::string_view text) {
  constexpr std::string_view kMark = "┆";
  while (text.starts_with(' ') || text.starts_with('\n') || text.starts_with(kMark)) {
    text.remove_prefix(text.starts_with(kMark) ? kMark.size() : 1);
  }
  return text;
}

// Notes of ours hold backslashes and line breaks: what is written is read back the same.
std::string harmless(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += inert_lines(text.substr(0, end));
    if (end == text.size()) return out;
    text = continued(text.substr(end + 1));
    out += kContinued;
  }
}

std::vector<std::string> bounded(const std::vector<std::string>& notes) {
  std::vector<std::string> kept;
  for (const std::string& note : notes) {
    if (kept.size() + 1 == kNotesMax && notes.size() > kNotesMax) {
      kept.push_back(fmt::format("… and {} notes more", notes.size() - kept.size()));
      break;
    }
    kept.push_back(harmless(note.size() > kNoteBytesMax ? note.substr(0, kNoteBytesMax) + "…" : note));
  }
  return kept;
}

struct Unreadable {
  std::string why;
};

const Json& member(const Json& json, const char* name, Json::value_t type) {
  const auto found = json.find(name);
  if (found == json.end() || found->type() != type) throw Unreadable{fmt::format("\"{}\" is absent or absurd", name)};
  return *found;
}

// Absent in those before version 1.2, and where it was the usual one.
std::optional<Duration> tolerance_in(const Json& json) {
  if (!json.contains("tolerance_ns")) return std::nullopt;
  const auto nanoseconds = member(json, "tolerance_ns", Json::value_t::number_unsigned).get<std::uint64_t>();
  if (nanoseconds == 0 || nanoseconds > static_cast<std::uint64_t>(Duration::max().count())) {
    throw Unreadable{"\"tolerance_ns\" is absurd"};
  }
  return Duration(static_cast<Duration::rep>(nanoseconds));
}

std::optional<Time> since_in(const Json& json) {
  if (!json.contains("since")) return std::nullopt;
  const std::optional<Time> since = parse_rfc3339(member(json, "since", Json::value_t::string).get_ref<const std::string&>());
  if (!since) throw Unreadable{"\"since\" is no time"};
  return since;
}

std::uint64_t count(const Json& json, const char* name) {
  return member(json, name, Json::value_t::number_unsigned).get<std::uint64_t>();
}

RowOnce::Failure failure_in(const Json& json) {
  if (!json.is_object()) throw Unreadable{"a failure is no object"};
  RowOnce::Failure failure;
  failure.place = {count(json, "packet"), count(json, "connection"), static_cast<call::StreamId>(count(json, "stream"))};
  const std::optional<Time> time = parse_rfc3339(member(json, "time", Json::value_t::string).get_ref<const std::string&>());
  if (!time) throw Unreadable{"the time of a failure is none"};
  failure.time = *time;
  failure.text = harmless(member(json, "text", Json::value_t::string).get<std::string>().substr(0, kNoteBytesMax));
  return failure;
}

// Absent in those before version 1.3.
JudgedOnce judged_once_in(const Json& json) {
  JudgedOnce judged;
  if (!json.contains("judged_once")) return judged;
  for (const auto& [id, row] : member(json, "judged_once", Json::value_t::object).items()) {
    if (!row.is_object()) throw Unreadable{"\"judged_once\" is absurd"};
    RowOnce& once = judged[id];
    once = {count(row, "passed"), count(row, "failed"), count(row, "not_judgeable"), {}};
    for (const Json& failure : member(row, "failures", Json::value_t::array)) once.failures.push_back(failure_in(failure));
  }
  return judged;
}

Json json_of(const JudgedOnce& judged) {
  Json json = Json::object();
  for (const auto& [id, row] : judged) {
    Json failures = Json::array();
    for (const RowOnce::Failure& failure : row.failures) {
      failures.push_back({{"packet", failure.place.packet},
                          {"connection", failure.place.connection},
                          {"stream", failure.place.stream},
                          {"time", to_rfc3339(failure.time)},
                          {"text", harmless(failure.text.substr(0, kNoteBytesMax))}});
    }
    json[id] = {{"passed", row.passed}, {"failed", row.failed}, {"not_judgeable", row.not_judgeable}, {"failures", failures}};
  }
  return json;
}

RunRecord parse(const std::string& text, const std::filesystem::path& file) {
  using Type = Json::value_t;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("format", Json()) != kFormat) throw Unreadable{"it is no JSON of this format"};
  const auto version = member(json, "version", Type::string).get<std::string>();
  if (!version.starts_with("1.")) {
    throw EnvironmentError(fmt::format("{} has version {} of its format, and this testigo knows 1; judge it with a newer one",
                                       file.string(), inert(version, 20)));
  }
  RunRecord record;
  record.command = inert(member(json, "command", Type::string).get<std::string>());
  record.finished = member(json, "finished", Type::boolean).get<bool>();
  record.clients_started = member(json, "clients_started", Type::number_unsigned).get<std::uint64_t>();
  record.shared_server = member(json, "shared_server", Type::boolean).get<bool>();
  if (const auto wire = json.find("wire"); wire != json.end() && wire->is_string()) record.wire = inert(wire->get<std::string>());
  if (const auto dropped = json.find("packets_dropped"); dropped != json.end() && dropped->is_number_unsigned())
    record.packets_dropped = dropped->get<std::uint64_t>();
  record.tolerance = tolerance_in(json);
  record.since = since_in(json);
  record.judged_once = judged_once_in(json);
  for (const Json& note : member(json, "notes", Type::array)) {
    if (!note.is_string()) throw Unreadable{"a note is no text"};
    record.notes.push_back(note.get<std::string>());
  }
  record.notes = bounded(record.notes);
  return record;
}

std::string read(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) throw Unreadable{"it is no regular file"};  // a pipe would keep us waiting
  try {
    return read_file(file, kFileBytesMax);
  } catch (const EnvironmentError& trouble) {
    throw Unreadable{trouble.what()};
  }
}

}  // namespace

void write_run_record(const std::filesystem::path& file, const RunRecord& record) {
  Json json = {{"format", kFormat},
               {"version", "1.3"},
               {"testigo", kVersion},
               {"command", record.command},
               {"finished", record.finished},
               {"clients_started", record.clients_started},
               {"shared_server", record.shared_server},
               {"notes", bounded(record.notes)}};
  if (!record.wire.empty()) json["wire"] = record.wire;
  if (record.packets_dropped != 0) json["packets_dropped"] = record.packets_dropped;
  if (record.tolerance) json["tolerance_ns"] = record.tolerance->count();
  if (record.since) json["since"] = to_rfc3339(*record.since);
  if (!record.judged_once.empty()) json["judged_once"] = json_of(record.judged_once);
  write_file(file, json.dump(2) + "\n");
}

std::optional<RunRecord> read_run_record(const std::filesystem::path& file, std::string_view unknown) {
  std::error_code error;
  if (std::filesystem::symlink_status(file, error).type() == std::filesystem::file_type::not_found) return std::nullopt;
  try {
    return parse(read(file), file);
  } catch (const Unreadable& trouble) {
    RunRecord record;
    record.finished = true;  // it is not known that it did not
    record.notes.push_back(fmt::format("{} cannot be read ({}): {}", file.filename().string(), inert(trouble.why), unknown));
    return record;
  }
}

}  // namespace testigo::run
