#include "ledger/writer.h"

#include "ledger/writer_open.h"

namespace testigo::ledger {
namespace {

constexpr std::uint64_t kRowsOfTransaction = 50'000;
constexpr int kBusyMillisBeside = 50;  // of a run, which waits for nobody

}  // namespace

SQLite::Database make_database(const std::filesystem::path& file, Journal journal) {
  make_private_file(file);
  SQLite::Database database = open_database(file, Access::Write, journal == Journal::Wal ? kBusyMillisBeside : kBusyMillis);
  if (journal == Journal::Wal) {
    database.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  } else {
    database.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE");
  }
  database.exec("PRAGMA cache_size = -32768");
  database.exec("BEGIN IMMEDIATE");
  const bool resumes = journal == Journal::Wal && schema_version(database) == kSchemaVersion && strange_schema(database).empty();
  if (!resumes) begin_schema(database);
  return database;
}

std::string relative_to(const std::filesystem::path& folder, const std::string& file) {
  const std::filesystem::path relative = std::filesystem::path(file).lexically_relative(folder);
  return statement::as_stated(relative.empty() ? file : relative.string());
}

// What of the rows that are there matters to those that come.
void Writer::Open::resume() {
  SQLite::Statement said(database, "SELECT witness, name, process FROM witnesses ORDER BY id");
  while (said.executeStep()) {
    statement::Start& start = writers.emplace_back();
    start.witness = kWitnesses.value(said.getColumn(0).getString()).value_or(statement::Witness::Client);
    start.name = said.getColumn(1).getString();
    start.process = said.getColumn(2).getString();
  }
  findings_kept = static_cast<std::uint64_t>(database.execAndGet("SELECT count(*) FROM findings").getInt64());
}

void Writer::Open::begin() {
  if (within) return;
  database.exec("BEGIN IMMEDIATE");
  within = true;
}

void Writer::Open::begin_row() {
  if (++rows <= kRowsOfTransaction || journal == Journal::Wal) return;
  database.exec("COMMIT; BEGIN IMMEDIATE");
  rows = 1;
}

void Writer::Open::note(Time time) {
  if (!began || time < *began) began = time;
  if (!last || time > *last) last = time;
}

const Writer::Open::Caller& Writer::Open::caller(const statement::CallId& id) {
  if (last_caller != nullptr && last_caller->process == id.process && last_caller->client == id.client) return *last_caller;
  const std::string key = id.client + "/" + id.process;
  auto known = known_callers.find(key);
  if (known == known_callers.end()) {
    if (known_callers.size() >= kInternedMax) known_callers.clear();
    find_caller.reset();
    find_caller.bind(1, id.client);
    find_caller.bind(2, id.process);
    std::int64_t number = find_caller.executeStep() ? find_caller.getColumn(0).getInt64() : 0;
    find_caller.reset();
    if (number == 0) {
      callers.put(id.client).put(id.process).run();
      number = database.getLastInsertRowid();
    }
    known = known_callers.emplace(key, Caller{number, id.client, id.process}).first;
  }
  last_caller = &known->second;
  return known->second;
}

Writer::Writer(const std::filesystem::path& file, Journal journal, const Limits& limits)
    : open_(guarded([&] { return std::make_unique<Open>(file, journal, limits); })) {}

Writer::~Writer() = default;

FileId Writer::file(std::string_view path) {
  return adding(*open_, [&] { return open_->files.id(std::string(path)); });
}

void Writer::add(Meta meta) {
  adding(*open_, [&] {
    meta.began = open_->began;
    meta.ended = open_->last;
    meta.findings_left_out = open_->findings_left_out;
    SQLite::Statement text(open_->database, "INSERT OR REPLACE INTO meta VALUES (?, ?)");
    const auto put = [&](const char* key, const auto& value) {
      text.bindNoCopy(1, key);
      text.bind(2, value);
      text.exec();
      text.reset();
    };
    put("format", std::string(kFormatName));
    put("version", std::string(kFormatVersion));
    put("testigo", meta.testigo);
    put("evidence", statement::as_stated(meta.evidence));
    put("built", to_rfc3339(meta.built));
    if (meta.live) return put("live", 1);
    put("wire", statement::as_stated(meta.wire));
    put("verdict", meta.verdict);
    put("strictness", meta.strictness);
    if (meta.began) put("began_ns", ns(*meta.began));
    if (meta.ended) put("ended_ns", ns(*meta.ended));
    put("findings_left_out", stored(meta.findings_left_out));
    open_->database.exec("DELETE FROM sources");
    Insert sources(open_->database, "sources", "path, bytes, modified_ns");
    for (const Source& source : meta.sources) sources.put(source.path).put(source.bytes).put(source.modified_ns).run();
  });
}

void Writer::commit() {
  guarded([&] {
    if (!open_->within) return;
    open_->database.exec("COMMIT");
    open_->within = false;
    open_->rows = 0;
  });
}

void Writer::close() {
  commit();
  guarded([&] {
    if (open_->journal == Journal::Wal) open_->database.exec("PRAGMA journal_mode = DELETE");
  });
  open_.reset();
}

}  // namespace testigo::ledger
