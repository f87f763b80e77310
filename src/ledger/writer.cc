#include "ledger/writer.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "call/outcome.h"
#include "ledger/database.h"
#include "ledger/schema.h"
#include "ledger/words.h"

namespace testigo::ledger {
namespace {

constexpr std::size_t kInternedMax = 100'000;  // texts whose ids are remembered; the others are asked for
constexpr std::uint64_t kRowsOfTransaction = 50'000;
constexpr int kBusyMillisBeside = 50;  // of a run, which waits for nobody

std::int64_t ns(Time time) { return time.time_since_epoch().count(); }

// Numbers of SQLite have a sign: what is larger stands as negative.
std::int64_t stored(std::uint64_t number) { return static_cast<std::int64_t>(number); }

// A prepared INSERT; its values are put in their order, and texts must live until `run`.
class Insert {
 public:
  Insert(SQLite::Database& database, std::string_view table, std::string_view columns)
      : statement_(database, fmt::format("INSERT INTO {} ({}) VALUES ({})", table, columns, questions(columns))) {}

  Insert& put(std::int64_t value) {
    statement_.bind(++at_, value);
    return *this;
  }
  Insert& put(std::uint64_t value) { return put(stored(value)); }
  Insert& put(int value) { return put(std::int64_t{value}); }
  Insert& put(std::uint32_t value) { return put(std::int64_t{value}); }
  Insert& put(bool value) { return put(std::int64_t{value}); }
  Insert& put(Time value) { return put(ns(value)); }
  Insert& put(Duration value) { return put(std::int64_t{value.count()}); }
  Insert& put(const std::string& text) {
    statement_.bindNoCopy(++at_, text);
    return *this;
  }
  Insert& put(const char* word) {
    statement_.bindNoCopy(++at_, word);
    return *this;
  }
  Insert& null() {
    statement_.bind(++at_);
    return *this;
  }
  template <typename Value>
  Insert& put(const std::optional<Value>& value) {
    return value ? put(*value) : null();
  }
  Insert& put(const std::optional<statement::Reply>& reply) {
    return reply ? put(reply->client).put(reply->call).put(reply->server) : null().null().null();
  }

  void run() {
    at_ = 0;
    statement_.exec();
    statement_.reset();
  }

 private:
  static std::string questions(std::string_view columns) {
    std::string text = "?";
    for (const char c : columns) text += c == ',' ? ", ?" : "";
    return text;
  }

  SQLite::Statement statement_;
  int at_ = 0;
};

// Texts that many rows have in common.
class Interned {
 public:
  Interned(SQLite::Database& database, const std::string& table, const std::string& column)
      : find_(database, fmt::format("SELECT id FROM {} WHERE {} = ?", table, column)),
        insert_(database, table, column),
        database_(database) {}

  std::int64_t id(const std::string& text) {
    if (last_ != nullptr && last_->first == text) return last_->second;
    auto known = ids_.find(text);
    if (known == ids_.end()) {
      if (ids_.size() >= kInternedMax) ids_.clear();
      known = ids_.emplace(text, look_up(text)).first;
    }
    last_ = &*known;
    return known->second;
  }

 private:
  std::int64_t look_up(const std::string& text) {
    find_.reset();
    find_.bind(1, text);
    if (find_.executeStep()) {
      const std::int64_t id = find_.getColumn(0).getInt64();
      find_.reset();
      return id;
    }
    find_.reset();
    insert_.put(text).run();
    return database_.getLastInsertRowid();
  }

  SQLite::Statement find_;
  Insert insert_;
  SQLite::Database& database_;
  std::unordered_map<std::string, std::int64_t> ids_;
  const std::pair<const std::string, std::int64_t>* last_ = nullptr;
};

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

constexpr std::string_view kPlace = "writer, seq, file, line, type, time_ns, monotonic_ns, out_of_place";

std::string with_place(std::string_view columns) { return fmt::format("{}, {}", kPlace, columns); }

}  // namespace

struct Writer::Open {
  Open(const std::filesystem::path& path, Journal kind, const Limits& chosen)
      : journal(kind), limits(chosen), database(make_database(path, kind)) {
    if (journal == Journal::Wal) resume();
  }

  struct Caller {
    std::int64_t id = 0;
    std::string client;
    std::string process;
  };

  void resume();
  void begin();
  const Caller& caller(const statement::CallId& id);
  std::optional<Part> part(const StatementPlace& place, const statement::CallId& id, Part of_client, Part of_server);
  void add_call(Insert& insert, const StatementPlace& place, const statement::Statement& statement, const statement::CallId& id,
                const char* type, Part of_client, Part of_server);
  void begin_row();
  void note(Time time);
  void place(Insert& insert, const StatementPlace& place, const statement::Statement& statement, const char* type);
  std::optional<MethodId> method(const call::Call& call);
  void add_places(Insert& insert, std::int64_t of, std::optional<std::int64_t> exhibit, const std::vector<call::Place>& places);

  Journal journal;
  Limits limits;
  SQLite::Database database;
  Insert witnesses{database, "witnesses", "witness, name, process, host, pid, address, period_ns, deadline_ns, tls, continues"};
  Insert starts{database, "statements", kPlace};
  Insert begun{database, "statements", with_place("caller, number, part, method, kind, peer")};
  Insert ended{
      database, "statements",
      with_place("caller, number, part, status, message, latency_ns, requests, replies, reply_client, reply_call, reply_server")};
  Insert ends{database, "statements", with_place("calls")};
  Insert connections{
      database, "connections",
      "number, client, server, opened_ns, ended_ns, packet, from_start, gap_to_server, gap_to_client, client_opening, "
      "server_opening, calls, calls_not_followed, octets_to_server, octets_to_client, closing, closed_by, closing_packet, "
      "goaway, calls_open"};
  Insert wire_calls{
      database, "wire_calls",
      "connection, stream, packet, end_packet, started_ns, ended_ns, latency_ns, timeout_ns, method, method_known, kind, "
      "http_status, status, message, ending, error_code, state, requests, replies, request_bytes, reply_bytes, caller, "
      "number, reply_client, reply_call, reply_server"};
  Insert findings{database, "findings",
                  "check_id, severity, text, clause, packet, connection, stream, direction, \"offset\", time_ns"};
  Insert differences{database, "differences", "caller, number, field, text"};
  Insert claims{database, "claims", "number, sentence, outcome, because, exhibits_total"};
  Insert exhibits{database, "exhibits", "claim, exhibit, text, octets, caller, number"};
  Insert exhibit_wire{database, "exhibit_wire", "claim, exhibit, place, packet, connection, stream"};
  Insert exhibit_statements{database, "exhibit_statements", "claim, exhibit, place, file, line"};
  Insert causes{database, "causes", "id, title, explanation, fix, suspected, times"};
  Insert cause_wire{database, "cause_wire", "cause, place, packet, connection, stream"};
  Insert callers{database, "callers", "client, process"};
  SQLite::Statement find_caller{database, "SELECT id FROM callers WHERE client = ? AND process = ?"};
  Interned methods{database, "methods", "method"};
  Interned files{database, "files", "file"};
  std::vector<statement::Start> writers;  // by WitnessId - 1: one a process, as the statements themselves are in memory
  std::unordered_map<std::string, Caller> known_callers;  // by "client/process"
  const Caller* last_caller = nullptr;
  bool within = true;      // a transaction, which `make_database` began
  std::uint64_t rows = 0;  // of it
  std::uint64_t findings_kept = 0;
  std::uint64_t findings_left_out = 0;
  std::optional<Time> began;
  std::optional<Time> last;
};

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

// Nothing where its witness cannot have written it: of another's call, of the other kind of witness, behind an end record.
std::optional<Part> Writer::Open::part(const StatementPlace& place, const statement::CallId& id, Part of_client, Part of_server) {
  const statement::Start& start = writers.at(static_cast<std::size_t>(place.writer - 1));
  if (place.out_of_place) return std::nullopt;
  if (start.witness == statement::Witness::Server) {
    if (of_server == Part::ClientStarted) return std::nullopt;
    return of_server;
  }
  if (of_client == Part::ServerReceived || id.process != start.process || id.client != start.name) return std::nullopt;
  return of_client;
}

void Writer::Open::place(Insert& insert, const StatementPlace& place, const statement::Statement& statement, const char* type) {
  begin_row();
  note(statement.time);
  insert.put(place.writer).put(place.seq).put(place.file).put(place.line).put(type).put(statement.time).put(statement.monotonic);
}

void Writer::Open::add_call(Insert& insert, const StatementPlace& at, const statement::Statement& statement,
                            const statement::CallId& id, const char* type, Part of_client, Part of_server) {
  const std::int64_t number = caller(id).id;
  const std::optional<Part> which = part(at, id, of_client, of_server);
  place(insert, at, statement, type);
  insert.put(!which).put(number).put(id.number);
  if (which) {
    insert.put(static_cast<int>(*which));
  } else {
    insert.null();
  }
}

std::optional<MethodId> Writer::Open::method(const call::Call& call) {
  if (call.path_known != http2::Known::Unknown) return methods.id(statement::as_stated(call.path));
  if (call.unknown_method == 0) return std::nullopt;
  return methods.id(fmt::format("unknown#{}", call.unknown_method));
}

namespace {

constexpr std::string_view kWhat = "the ledger cannot be written";

template <typename Action>
auto guarded(Action action) {
  try {
    return action();
  } catch (const SQLite::Exception& error) {
    throw_environment(error, kWhat, "");
  }
}

// With something to commit.
template <typename Open, typename Action>
auto adding(Open& open, Action action) {
  return guarded([&] {
    open.begin();
    return action();
  });
}

std::string relative_to(const std::filesystem::path& folder, const std::string& file) {
  const std::filesystem::path relative = std::filesystem::path(file).lexically_relative(folder);
  return statement::as_stated(relative.empty() ? file : relative.string());
}

}  // namespace

Writer::Writer(const std::filesystem::path& file, Journal journal, const Limits& limits)
    : open_(guarded([&] { return std::make_unique<Open>(file, journal, limits); })) {}

Writer::~Writer() = default;

WitnessId Writer::add(const statement::Start& start) {
  return adding(*open_, [&] {
    open_->begin_row();
    open_->witnesses.put(kWitnesses.of(start.witness))
        .put(start.name)
        .put(start.process)
        .put(start.host)
        .put(start.pid)
        .put(start.address)
        .put(start.period)
        .put(start.deadline)
        .put(start.tls)
        .put(start.continues)
        .run();
    open_->writers.push_back(start);
    return static_cast<WitnessId>(open_->writers.size());
  });
}

FileId Writer::file(std::string_view path) {
  return adding(*open_, [&] { return open_->files.id(std::string(path)); });
}

void Writer::add(const StatementPlace& place, const statement::Statement& statement) {
  struct Visitor {
    Open& open;
    const StatementPlace& place;
    const statement::Statement& statement;

    void operator()(const statement::Start&) const {
      open.place(open.starts, place, statement, "start");
      open.starts.put(place.out_of_place).run();
    }
    void operator()(const statement::Started& started) const {
      begun(started.id, "started", Part::ClientStarted, Part::ClientStarted);
      open.begun.put(open.methods.id(started.method)).put(kKinds.of(started.kind)).null().run();
    }
    void operator()(const statement::Received& received) const {
      begun(received.id, "received", Part::ServerReceived, Part::ServerReceived);
      open.begun.put(open.methods.id(received.method)).put(kKinds.of(received.kind)).put(received.peer).run();
    }
    void operator()(const statement::Ended& ended) const {
      open.add_call(open.ended, place, statement, ended.id, "ended", Part::ClientEnded, Part::ServerEnded);
      open.ended.put(ended.status)
          .put(ended.message)
          .put(ended.latency)
          .put(ended.requests)
          .put(ended.replies)
          .put(ended.reply)
          .run();
    }
    void operator()(const statement::End& end) const {
      open.place(open.ends, place, statement, "end");
      open.ends.put(place.out_of_place).put(end.calls).run();
    }
    void begun(const statement::CallId& id, const char* type, Part of_client, Part of_server) const {
      open.add_call(open.begun, place, statement, id, type, of_client, of_server);
    }
  };
  adding(*open_, [&] { std::visit(Visitor{*open_, place, statement}, statement.body); });
}

void Writer::add(const statement::Reading& reading, const std::filesystem::path& folder) {
  std::vector<FileId> files;
  files.reserve(reading.files.size());
  for (const std::string& name : reading.files) files.push_back(file(relative_to(folder, name)));
  for (const statement::Testimony& testimony : reading.testimonies) {
    StatementPlace place;
    place.writer = add(testimony.start);
    const auto add_line = [&](const statement::Line& line, bool out_of_place) {
      ++place.seq;
      place.file = files.at(line.file);
      place.line = line.number;
      place.out_of_place = out_of_place;
      add(place, line.statement);
    };
    add_line(testimony.first, false);
    for (const statement::Line& line : testimony.lines) add_line(line, false);
    if (testimony.end) add_line(*testimony.end, false);
    for (const statement::Line& line : testimony.behind) add_line(line, true);
  }
}

void Writer::add(const call::ConnectionClosed& closed) {
  adding(*open_, [&] {
    const call::ConnectionView& view = closed.connection;
    const std::string client = tcp::to_text(view.client);
    const std::string server = tcp::to_text(view.server);
    open_->begin_row();
    open_->note(view.opened);
    open_->note(closed.ended);
    Insert& insert = open_->connections;
    insert.put(view.number).put(client).put(server).put(view.opened).put(closed.ended).put(view.packet);
    insert.put(view.from_start).put(view.gap_to_server).put(view.gap_to_client);
    insert.put(kOpenings.of(view.client_opening)).put(kOpenings.of(view.server_opening));
    insert.put(view.calls).put(view.calls_not_followed).put(view.octets_to_server).put(view.octets_to_client);
    if (closed.closing) {
      insert.put(kClosings.of(closed.closing->closing)).put(kSides.of(closed.closing->direction));
      insert.put(closed.closing->packet);
    } else {
      insert.null().null().null();
    }
    insert.put(closed.goaway).put(closed.calls_open).run();
  });
}

void Writer::add(const call::CallClosed& closed, const verdict::WireStream* stream) {
  adding(*open_, [&] {
    const call::Call& call = closed.call;
    const bool reset = call.ending == call::Ending::ResetByClient || call.ending == call::Ending::ResetByServer;
    const std::string message = statement::as_stated(call.status_message);
    const auto kind = *statement::parse_kind(call::kind_seen(call));
    const auto method = open_->method(call);
    const CallerId caller = stream != nullptr ? open_->caller(stream->id).id : 0;
    open_->begin_row();
    open_->note(call.started);
    open_->note(call.ended);
    Insert& insert = open_->wire_calls;
    insert.put(call.place.connection).put(call.place.stream).put(call.place.packet).put(call.end_packet);
    insert.put(call.started).put(call.ended).put(call.ended - call.started).put(call.timeout);
    insert.put(method).put(kKnown.of(call.path_known)).put(kKinds.of(kind));
    insert.put(call.http_status == 0 ? std::nullopt : std::optional(call.http_status)).put(call.status).put(message);
    insert.put(kEndings.of(call.ending)).put(reset ? std::optional(call.error_code) : std::nullopt);
    insert.put(kStates.of(stream != nullptr ? stream->state : verdict::state_of(call, false)));
    insert.put(call.request.messages).put(call.response.messages).put(call.request.bytes).put(call.response.bytes);
    if (stream != nullptr) {
      insert.put(caller).put(stream->id.number).put(stream->reply);
    } else {
      insert.null().null().null().null().null();
    }
    insert.run();
  });
}

void Writer::add(const check::Finding& finding) {
  if (open_->findings_kept == open_->limits.ledger_findings_max) {
    ++open_->findings_left_out;
    return;
  }
  adding(*open_, [&] {
    const std::string check(finding.check);
    const std::string clause(finding.clause);
    open_->begin_row();
    Insert& insert = open_->findings;
    insert.put(check).put(kSeverities.of(finding.severity)).put(finding.text).put(clause);
    insert.put(finding.spot.place.packet).put(finding.spot.place.connection).put(finding.spot.place.stream);
    insert.put(kDirections.of(finding.spot.direction)).put(finding.spot.offset).put(finding.spot.time).run();
    ++open_->findings_kept;
  });
}

void Writer::add(const statement::CallId& call, const verdict::Difference& difference) {
  adding(*open_, [&] {
    open_->begin_row();
    open_->differences.put(open_->caller(call).id).put(call.number).put(difference.field).put(difference.text).run();
  });
}

void Writer::Open::add_places(Insert& insert, std::int64_t of, std::optional<std::int64_t> exhibit,
                              const std::vector<call::Place>& places) {
  std::int64_t number = 0;
  for (const call::Place& place : places) {
    begin_row();
    insert.put(of);
    if (exhibit) insert.put(*exhibit);
    insert.put(++number).put(place.packet).put(place.connection).put(place.stream).run();
  }
}

void Writer::add(const verdict::Claim& claim, const std::filesystem::path& folder) {
  adding(*open_, [&] {
    open_->begin_row();
    open_->claims.put(claim.number).put(claim.sentence).put(kOutcomes.of(claim.outcome)).put(claim.because);
    open_->claims.put(claim.exhibits_total).run();
    std::int64_t number = 0;
    for (const verdict::Exhibit& exhibit : claim.exhibits) {
      const auto call = statement::parse_call_id(exhibit.call);
      const CallerId caller = call ? open_->caller(*call).id : 0;
      open_->begin_row();
      open_->exhibits.put(claim.number).put(++number).put(exhibit.text).put(exhibit.octets);
      if (call) {
        open_->exhibits.put(caller).put(call->number).run();
      } else {
        open_->exhibits.null().null().run();
      }
      open_->add_places(open_->exhibit_wire, claim.number, number, exhibit.wire);
      std::int64_t at = 0;
      for (const statement::Place& place : exhibit.statements) {
        const FileId file = open_->files.id(relative_to(folder, place.file));
        open_->exhibit_statements.put(claim.number).put(number).put(++at).put(file).put(place.line).run();
      }
    }
  });
}

void Writer::add(const diagnose::Cause& cause) {
  adding(*open_, [&] {
    open_->begin_row();
    open_->causes.put(cause.id).put(cause.title).put(cause.explanation).put(cause.fix).put(cause.suspected).put(cause.times).run();
    open_->add_places(open_->cause_wire, open_->database.getLastInsertRowid(), std::nullopt, cause.places);
  });
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
