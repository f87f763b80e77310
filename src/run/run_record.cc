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

// Inert, but for backslashes and line breaks, which notes of ours hold: what is written is read back the same.
std::string harmless(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t end = std::min(text.find_first_of("\\\n"), text.size());
    out += inert(text.substr(0, end), end);
    if (end == text.size()) return out;
    const bool line_break = text[end] == '\n';
    text.remove_prefix(end + 1);
    if (line_break) text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    out += line_break ? "\n    " : "\\";  // no line of a note looks like one of the verdict's own
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

// Absent in those before version 1.3.
JudgedBodies judged_bodies_in(const Json& json) {
  if (!json.contains("judged_bodies")) return {};
  JudgedBodies judged;
  for (const auto& [id, passed] : member(json, "judged_bodies", Json::value_t::object).items()) {
    if (!passed.is_number_unsigned()) throw Unreadable{"\"judged_bodies\" is absurd"};
    judged.emplace(id, passed.get<std::uint64_t>());
  }
  return judged;
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
  record.judged_bodies = judged_bodies_in(json);
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
  if (!record.judged_bodies.empty()) json["judged_bodies"] = record.judged_bodies;
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
