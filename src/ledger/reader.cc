#include "ledger/reader.h"

#include <map>
#include <utility>

#include "base/environment_error.h"
#include "ledger/reader_open.h"
#include "ledger/schema.h"

namespace testigo::ledger {

Reader::Reader(const std::filesystem::path& file, const Limits& limits) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(file, error)) || error)
    throw EnvironmentError(fmt::format("there is no {}; `testigo report DIR` makes it from the evidence", inert(file.string())));
  try {
    open_ = std::make_unique<Open>(file, limits);
  } catch (const SQLite::Exception& trouble) {
    if (is_damage(trouble)) throw_damaged(file, trouble.what());
    throw_environment(trouble, fmt::format("{} cannot be read", inert(file.string())), kRemedy);
  }
  open_->guarded([&] {
    const int version = schema_version(open_->database);
    if (version > kSchemaVersion) throw_newer(file, version);
    if (version < kSchemaVersion) {
      throw EnvironmentError(fmt::format("{} has tables of an older version; {}", inert(file.string()), kRemedy));
    }
    if (const std::string trouble = strange_schema(open_->database); !trouble.empty()) throw Damaged(trouble);
  });
}

Reader::~Reader() = default;

Meta Reader::meta() {
  std::map<std::string, std::string> texts;
  std::map<std::string, std::int64_t> numbers;
  open_->guarded([&] {
    SQLite::Statement query(open_->database, "SELECT key, value FROM meta LIMIT 1000");
    while (query.executeStep()) {
      Values values(query, open_->limits);
      std::string key = values.text();
      if (query.getColumn(1).isInteger()) {
        numbers.emplace(std::move(key), values.integer());
      } else {
        texts.emplace(std::move(key), values.text());
      }
    }
    if (texts["format"] != kFormatName) throw Damaged("it does not say that it is a ledger, or is not whole");
  });
  Meta meta;
  meta.testigo = texts["testigo"];
  meta.evidence = texts["evidence"];
  meta.built = parse_rfc3339(texts["built"]).value_or(Time{});
  meta.wire = texts["wire"];
  meta.verdict = texts["verdict"];
  meta.strictness = texts["strictness"];
  const auto time = [&](const char* key) -> std::optional<Time> {
    const auto found = numbers.find(key);
    return found == numbers.end() ? std::nullopt : std::optional(Time(Duration(found->second)));
  };
  meta.began = time("began_ns");
  meta.ended = time("ended_ns");
  meta.findings_left_out = static_cast<std::uint64_t>(numbers["findings_left_out"]);
  meta.live = numbers["live"] != 0;
  open_->each(
      "SELECT path, bytes, modified_ns FROM sources ORDER BY path",
      [](Values& values) {
        Source source;
        source.path = values.text();
        source.bytes = values.number();
        source.modified_ns = values.integer();
        return source;
      },
      [&](const Source& source) { meta.sources.push_back(source); });
  return meta;
}

}  // namespace testigo::ledger
