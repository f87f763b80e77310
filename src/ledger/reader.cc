#include "ledger/reader.h"

#include <sqlite3.h>

#include <charconv>
#include <concepts>
#include <limits>
#include <map>
#include <stdexcept>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "base/environment_error.h"
#include "base/inert.h"
#include "ledger/database.h"
#include "ledger/schema.h"
#include "ledger/words.h"

namespace testigo::ledger {
namespace {

constexpr std::string_view kRemedy = "`testigo report DIR --reindex` makes it anew from the evidence";
constexpr int kStepsBetweenLooks = 1'000'000;

struct Damaged : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::int64_t stored(std::uint64_t number) { return static_cast<std::int64_t>(number); }

// The values of a row, one after another; what cannot be what we wrote is damage.
class Values {
 public:
  Values(SQLite::Statement& row, const Limits& limits) : row_(row), limits_(limits) {}

  bool null() const { return row_.isColumnNull(at_); }
  void skip(int columns) { at_ += columns; }

  std::int64_t integer() {
    const SQLite::Column column = row_.getColumn(at_++);
    if (!column.isInteger()) throw Damaged("a number is none");
    return column.getInt64();
  }
  std::uint64_t number() { return static_cast<std::uint64_t>(integer()); }
  template <std::integral Number>
  Number within(Number most) {
    const std::int64_t value = integer();
    if (value < 0 || !std::in_range<Number>(value) || static_cast<Number>(value) > most)
      throw Damaged("a number is out of its range");
    return static_cast<Number>(value);
  }
  bool flag() { return within<int>(1) == 1; }
  int status() { return within<int>(std::numeric_limits<int>::max()); }
  std::int64_t id() {
    const std::int64_t value = integer();
    if (value < 1) throw Damaged("an id is none");
    return value;
  }
  Time time() { return Time(Duration(integer())); }
  Duration duration() { return Duration(integer()); }
  call::StreamId stream() { return within<call::StreamId>(0x7fffffff); }

  std::string text() {
    const SQLite::Column column = row_.getColumn(at_++);
    if (!column.isText()) throw Damaged("a text is none");
    std::string text = column.getString();
    if (text.size() > limits_.ledger_text_bytes_max) throw Damaged("a text is too long");
    return statement::as_stated(std::move(text));
  }
  template <typename Value, std::size_t count>
  Value word(const Words<Value, count>& words) {
    const std::optional<Value> value = words.value(text());
    if (!value) throw Damaged("a word is none of those that may stand there");
    return *value;
  }
  // `read` is a member of this class: nothing where there is NULL.
  template <typename Value>
  std::optional<Value> maybe(Value (Values::*read)()) {
    if (!null()) return (this->*read)();
    skip(1);
    return std::nullopt;
  }
  std::optional<statement::Reply> reply() {
    if (null()) {
      skip(3);
      return std::nullopt;
    }
    statement::Reply reply;
    reply.client = text();
    reply.call = number();
    reply.server = text();
    return reply;
  }
  call::Place place() {
    call::Place place;
    place.packet = number();
    place.connection = number();
    place.stream = stream();
    return place;
  }
  statement::CallId call_id() {
    statement::CallId id;
    id.client = text();
    id.process = text();
    id.number = number();
    return id;
  }
  statement::Start start() {
    statement::Start start;
    start.witness = word(kWitnesses);
    start.name = text();
    start.process = text();
    start.host = text();
    start.pid = integer();
    start.address = text();
    start.period = maybe(&Values::duration);
    start.deadline = maybe(&Values::duration);
    start.tls = flag();
    start.continues = flag();
    return start;
  }
  tcp::Endpoint endpoint() {
    std::string_view rest = last_ = text();
    const std::size_t colon = rest.rfind(':');
    tcp::Endpoint endpoint;
    if (colon == std::string_view::npos) throw Damaged("an address is none");
    const std::string_view port = rest.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (error != std::errc() || end != port.data() + port.size()) throw Damaged("an address is none");
    endpoint.address = rest.substr(0, colon);
    if (endpoint.address.size() > 1 && endpoint.address.front() == '[')
      endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
    return endpoint;
  }

 private:
  SQLite::Statement& row_;
  const Limits& limits_;
  std::string last_;
  int at_ = 0;
};

[[noreturn]] void throw_damaged(const std::filesystem::path& file, std::string_view why) {
  throw EnvironmentError(fmt::format("{} is damaged: {}; {}", inert(file.string()), inert(why), kRemedy));
}

[[noreturn]] void throw_newer(const std::filesystem::path& file, int version) {
  throw EnvironmentError(
      fmt::format("{} was written by a newer testigo (version {} of its tables, this one knows {}): use that one, or {}",
                  inert(file.string()), version, kSchemaVersion, kRemedy));
}

// A file of a stranger ends no query by itself: steps of SQLite's machine are counted.
struct Budget {
  std::uint64_t left = 0;
  static int spend(void* budget) {
    auto& left = static_cast<Budget*>(budget)->left;
    if (left == 0) return 1;
    --left;
    return 0;
  }
};

std::uint64_t looks_for(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  return 1000 + (error ? 0 : bytes / (kStepsBetweenLooks / 100));
}

// Empty when the pages of the database are whole.
std::string pages_trouble(SQLite::Database& database) {
  return database.execAndGet("PRAGMA quick_check(1)").getString() == "ok" ? "" : "its pages are not whole";
}

bool is_damage(const SQLite::Exception& error) {
  const int code = error.getErrorCode() & 0xff;
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR || code == SQLITE_INTERRUPT ||
         code == SQLITE_TOOBIG || code == SQLITE_MISMATCH;
}

constexpr std::string_view kStart =
    "w.witness, w.name, w.process, w.host, w.pid, w.address, w.period_ns, w.deadline_ns, w.tls, w.continues";

std::string statements_where(std::string_view condition) {
  return fmt::format(R"(
  SELECT s.writer, s.seq, f.file, s.line, s.out_of_place, s.time_ns, s.monotonic_ns, s.type, c.client, c.process, s.number, m.method,
    s.kind, s.peer, s.status, s.message, s.latency_ns, s.requests, s.replies, s.reply_client, s.reply_call, s.reply_server, s.calls, {}
  FROM statements s JOIN witnesses w ON w.id = s.writer JOIN files f ON f.id = s.file
    LEFT JOIN callers c ON c.id = s.caller LEFT JOIN methods m ON m.id = s.method
  {} ORDER BY s.writer, s.seq)",
                     kStart, condition);
}

StatementRow statement_row(Values& values) {
  StatementRow row;
  row.writer = values.id();
  row.seq = values.number();
  row.file = values.text();
  row.line = values.number();
  row.out_of_place = values.flag();
  row.statement.time = values.time();
  row.statement.monotonic = values.duration();
  const std::string type = values.text();
  if (type == "started") {
    statement::Started started;
    started.id = values.call_id();
    started.method = values.text();
    started.kind = values.word(kKinds);
    row.statement.body = std::move(started);
  } else if (type == "received") {
    statement::Received received;
    received.id = values.call_id();
    received.method = values.text();
    received.kind = values.word(kKinds);
    received.peer = values.text();
    row.statement.body = std::move(received);
  } else if (type == "ended") {
    statement::Ended ended;
    ended.id = values.call_id();
    values.skip(3);
    ended.status = values.status();
    ended.message = values.text();
    ended.latency = values.duration();
    ended.requests = values.number();
    ended.replies = values.number();
    ended.reply = values.reply();
    row.statement.body = std::move(ended);
  } else if (type == "end") {
    values.skip(14);
    row.statement.body = statement::End{values.number()};
  } else if (type == "start") {
    values.skip(15);
    row.statement.body = values.start();
  } else {
    throw Damaged("a statement has no type");
  }
  return row;
}

std::string wire_calls_where(std::string_view condition) {
  return fmt::format(
      "SELECT id, packet, connection, stream, end_packet, started_ns, ended_ns, timeout_ns, method, method_known, kind, "
      "http_status, "
      "status, message, ending, error_code, state, requests, replies, request_bytes, reply_bytes, caller, number, reply_client, "
      "reply_call, reply_server FROM wire_calls {} ORDER BY id",
      condition);
}

WireCallRow wire_call_row(Values& values) {
  WireCallRow row;
  row.id = values.id();
  row.place = values.place();
  row.end_packet = values.number();
  row.started = values.time();
  row.ended = values.time();
  row.timeout = values.maybe(&Values::duration);
  row.method = values.maybe(&Values::id);
  row.method_known = values.word(kKnown);
  row.kind = values.word(kKinds);
  row.http_status = values.maybe(&Values::status);
  row.status = values.maybe(&Values::status);
  row.message = values.text();
  row.ending = values.word(kEndings);
  if (!values.null()) {
    row.error_code = values.within<std::uint32_t>(0xffffffff);
  } else {
    values.skip(1);
  }
  row.state = values.word(kStates);
  row.requests = values.number();
  row.replies = values.number();
  row.request_bytes = values.number();
  row.reply_bytes = values.number();
  row.caller = values.maybe(&Values::id);
  row.number = values.maybe(&Values::number).value_or(0);
  row.reply = values.reply();
  return row;
}

// As they stand in `calls_with_id`, but for the names of what has an id.
constexpr std::string_view kCallColumns =
    "caller, number, method_id, method_known, kind, start_ns, streams, requests, replies, differs, reply_other, exhibit, "
    "client_writer, client_started, client_ended, client_status, client_message, client_latency_ns, "
    "server_writer, server_received, server_ended, server_status, server_message, server_latency_ns, "
    "wire, packet, connection, stream, end_packet, ending, state, wire_status, wire_message, wire_latency_ns, request_bytes, "
    "reply_bytes, errors, warnings, infos";

std::optional<CallRow::Stated> stated(Values& values) {
  if (values.null()) {
    values.skip(6);
    return std::nullopt;
  }
  CallRow::Stated stated;
  stated.witness = values.id();
  stated.begun = values.flag();
  stated.ended = values.flag();
  stated.status = values.maybe(&Values::status);
  stated.message = values.maybe(&Values::text).value_or("");
  stated.latency = values.maybe(&Values::duration);
  return stated;
}

std::optional<CallRow::Wire> on_wire(Values& values) {
  if (values.null()) {
    values.skip(12);
    return std::nullopt;
  }
  CallRow::Wire wire;
  wire.id = values.id();
  wire.place = values.place();
  wire.end_packet = values.number();
  wire.ending = values.word(kEndings);
  wire.state = values.word(kStates);
  wire.status = values.maybe(&Values::status);
  wire.message = values.text();
  wire.latency = values.duration();
  wire.request_bytes = values.number();
  wire.reply_bytes = values.number();
  return wire;
}

CallRow call_row(Values& values) {
  CallRow row;
  row.caller = values.maybe(&Values::id);
  row.number = values.maybe(&Values::number).value_or(0);
  row.method = values.maybe(&Values::id);
  row.method_known = values.word(kKnown);
  row.kind_known = !values.null();
  if (row.kind_known) {
    row.kind = values.word(kKinds);
  } else {
    values.skip(1);
  }
  row.start = values.time();
  row.streams = values.number();
  row.requests = values.maybe(&Values::number);
  row.replies = values.maybe(&Values::number);
  row.differs = values.flag();
  row.reply_other = values.flag();
  row.exhibit = values.flag();
  row.client = stated(values);
  row.server = stated(values);
  row.wire = on_wire(values);
  row.errors = values.flag();
  row.warnings = values.flag();
  row.infos = values.flag();
  return row;
}

std::string findings_where(std::string_view condition) {
  return fmt::format(
      "SELECT id, check_id, severity, text, clause, packet, connection, stream, direction, \"offset\", time_ns FROM findings {} "
      "ORDER BY id",
      condition);
}

FindingRow finding_row(Values& values) {
  FindingRow row;
  row.id = values.id();
  row.check = values.text();
  row.severity = values.word(kSeverities);
  row.text = values.text();
  row.clause = values.text();
  row.place = values.place();
  row.direction = values.word(kDirections);
  row.offset = values.number();
  row.time = values.time();
  return row;
}

std::string differences_where(std::string_view condition) {
  return fmt::format("SELECT caller, number, field, text FROM differences {} ORDER BY id", condition);
}

DifferenceRow difference_row(Values& values) {
  DifferenceRow row;
  row.caller = values.id();
  row.number = values.number();
  row.difference.field = values.text();
  row.difference.text = values.text();
  return row;
}

ConnectionRow connection_row(Values& values) {
  ConnectionRow row;
  row.number = values.number();
  row.client = values.endpoint();
  row.server = values.endpoint();
  row.opened = values.time();
  row.ended = values.time();
  row.packet = values.number();
  row.from_start = values.flag();
  row.gap_to_server = values.flag();
  row.gap_to_client = values.flag();
  row.client_opening = values.word(kOpenings);
  row.server_opening = values.word(kOpenings);
  row.calls = values.number();
  row.calls_not_followed = values.number();
  row.octets_to_server = values.number();
  row.octets_to_client = values.number();
  if (values.null()) {
    values.skip(3);
  } else {
    row.closing = values.word(kClosings);
    row.closing_direction = values.word(kSides);
    row.closing_packet = values.number();
  }
  row.goaway = values.flag();
  row.calls_open = values.number();
  return row;
}

}  // namespace

struct Reader::Open {
  Open(const std::filesystem::path& path, const Limits& chosen)
      : file(path), limits(chosen), database(open_database(path, Access::Read)) {
    sqlite3_progress_handler(database.getHandle(), kStepsBetweenLooks, &Budget::spend, &budget);
    database.exec("PRAGMA query_only = ON");
  }

  template <typename Action>
  auto guarded(Action action) {
    try {
      budget.left = looks_for(file);
      return action();
    } catch (const Damaged& damage) {
      throw_damaged(file, damage.what());
    } catch (const SQLite::Exception& error) {
      if (is_damage(error)) throw_damaged(file, error.what());
      throw_environment(error, fmt::format("{} cannot be read", inert(file.string())), kRemedy);
    }
  }

  template <typename Read, typename Taker, typename... Bound>
  void each(const std::string& sql, Read read, const Taker& take, Bound... bound) {
    guarded([&] {
      SQLite::Statement query(database, sql);
      int at = 0;
      (query.bind(++at, static_cast<std::int64_t>(bound)), ...);
      while (query.executeStep()) {
        Values values(query, limits);
        take(read(values));
      }
    });
  }

  std::filesystem::path file;
  Limits limits;
  Budget budget{1000};
  SQLite::Database database;
};

Standing standing(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::symlink_status(file, error).type() == std::filesystem::file_type::not_found) return Standing::Absent;
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(file, error)) || error) return Standing::Damaged;
  try {
    SQLite::Database database = open_database(file, Access::Read);
    Budget budget{looks_for(file)};
    sqlite3_progress_handler(database.getHandle(), kStepsBetweenLooks, &Budget::spend, &budget);
    const int version = schema_version(database);
    if (version > kSchemaVersion) throw_newer(file, version);
    if (version < kSchemaVersion) return Standing::Older;
    return strange_schema(database).empty() && pages_trouble(database).empty() ? Standing::Sound : Standing::Damaged;
  } catch (const SQLite::Exception& trouble) {
    if (is_damage(trouble)) return Standing::Damaged;
    throw_environment(trouble, fmt::format("{} cannot be read", inert(file.string())), kRemedy);
  }
}

void refuse_newer(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(file, error)) || error) return;
  int version = 0;
  try {
    SQLite::Database database = open_database(file, Access::Read);
    version = schema_version(database);
  } catch (const SQLite::Exception&) {  // damaged: nothing is lost
    return;
  }
  if (version > kSchemaVersion) throw_newer(file, version);
}

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

std::vector<verdict::Claim> Reader::claims() {
  std::vector<verdict::Claim> claims;
  open_->each(
      "SELECT number, sentence, outcome, because, exhibits_total FROM claims ORDER BY number",
      [](Values& values) {
        verdict::Claim claim;
        claim.number = values.within<int>(1000);
        claim.sentence = values.text();
        claim.outcome = values.word(kOutcomes);
        claim.because = values.text();
        claim.exhibits_total = values.number();
        return claim;
      },
      [&](const verdict::Claim& claim) { claims.push_back(claim); });
  for (verdict::Claim& claim : claims) {
    std::vector<std::int64_t> numbers;
    open_->each(
        "SELECT e.exhibit, e.text, e.octets, c.client, c.process, e.number FROM exhibits e LEFT JOIN callers c ON c.id = e.caller "
        "WHERE e.claim = ?1 ORDER BY e.exhibit",
        [&](Values& values) {
          verdict::Exhibit exhibit;
          numbers.push_back(values.integer());
          exhibit.text = values.text();
          exhibit.octets = values.text();
          if (!values.null()) exhibit.call = statement::to_text(values.call_id());
          return exhibit;
        },
        [&](const verdict::Exhibit& exhibit) { claim.exhibits.push_back(exhibit); }, claim.number);
    for (std::size_t i = 0; i < claim.exhibits.size(); ++i) {
      verdict::Exhibit& exhibit = claim.exhibits[i];
      open_->each(
          "SELECT packet, connection, stream FROM exhibit_wire WHERE claim = ?1 AND exhibit = ?2 ORDER BY place",
          [](Values& values) { return values.place(); }, [&](const call::Place& place) { exhibit.wire.push_back(place); },
          claim.number, numbers[i]);
      open_->each(
          "SELECT f.file, s.line FROM exhibit_statements s JOIN files f ON f.id = s.file WHERE s.claim = ?1 AND s.exhibit = ?2 "
          "ORDER BY "
          "s.place",
          [](Values& values) {
            statement::Place place;
            place.file = values.text();
            place.line = values.number();
            return place;
          },
          [&](const statement::Place& place) { exhibit.statements.push_back(place); }, claim.number, numbers[i]);
    }
  }
  return claims;
}

std::vector<diagnose::Cause> Reader::causes() {
  std::vector<diagnose::Cause> causes;
  std::vector<std::int64_t> numbers;
  open_->each(
      "SELECT number, id, title, explanation, fix, suspected, times FROM causes ORDER BY number",
      [&](Values& values) {
        diagnose::Cause cause;
        numbers.push_back(values.id());
        cause.id = values.text();
        cause.title = values.text();
        cause.explanation = values.text();
        cause.fix = values.text();
        cause.suspected = values.flag();
        cause.times = values.number();
        return cause;
      },
      [&](const diagnose::Cause& cause) { causes.push_back(cause); });
  for (std::size_t i = 0; i < causes.size(); ++i) {
    open_->each(
        "SELECT packet, connection, stream FROM cause_wire WHERE cause = ?1 ORDER BY place",
        [](Values& values) { return values.place(); }, [&](const call::Place& place) { causes[i].places.push_back(place); },
        numbers[i]);
  }
  return causes;
}

void Reader::for_each_witness(const Take<WitnessRow>& take) {
  open_->each(
      fmt::format("SELECT w.id, {} FROM witnesses w ORDER BY w.id", kStart),
      [](Values& values) {
        WitnessRow row;
        row.id = values.id();
        row.start = values.start();
        return row;
      },
      take);
}

void Reader::for_each_caller(const Take<CallerRow>& take) {
  open_->each(
      "SELECT id, client, process FROM callers ORDER BY id",
      [](Values& values) {
        CallerRow row;
        row.id = values.id();
        row.client = values.text();
        row.process = values.text();
        return row;
      },
      take);
}

void Reader::for_each_method(const Take<MethodRow>& take) {
  open_->each(
      "SELECT id, method FROM methods ORDER BY id",
      [](Values& values) {
        MethodRow row;
        row.id = values.id();
        row.method = values.text();
        return row;
      },
      take);
}

void Reader::for_each_connection(const Take<ConnectionRow>& take) {
  open_->each(
      "SELECT number, client, server, opened_ns, ended_ns, packet, from_start, gap_to_server, gap_to_client, client_opening, "
      "server_opening, calls, calls_not_followed, octets_to_server, octets_to_client, closing, closed_by, closing_packet, goaway, "
      "calls_open FROM connections ORDER BY number",
      connection_row, take);
}

void Reader::for_each_finding(const Take<FindingRow>& take) { open_->each(findings_where(""), finding_row, take); }

void Reader::for_each_finding(call::ConnectionNumber connection, call::StreamId stream, const Take<FindingRow>& take) {
  open_->each(findings_where("WHERE connection = ?1 AND stream = ?2"), finding_row, take, stored(connection), stream);
}

void Reader::for_each_difference(const Take<DifferenceRow>& take) { open_->each(differences_where(""), difference_row, take); }

void Reader::for_each_difference(CallerId caller, std::uint64_t number, const Take<DifferenceRow>& take) {
  open_->each(differences_where("WHERE caller = ?1 AND number = ?2"), difference_row, take, caller, stored(number));
}

void Reader::for_each_statement(const Take<StatementRow>& take) { open_->each(statements_where(""), statement_row, take); }

void Reader::for_each_statement(CallerId caller, std::uint64_t number, const Take<StatementRow>& take) {
  open_->each(statements_where("WHERE s.caller = ?1 AND s.number = ?2"), statement_row, take, caller, stored(number));
}

void Reader::for_each_wire_call(const Take<WireCallRow>& take) { open_->each(wire_calls_where(""), wire_call_row, take); }

void Reader::for_each_wire_call(CallerId caller, std::uint64_t number, const Take<WireCallRow>& take) {
  open_->each(wire_calls_where("WHERE caller = ?1 AND number = ?2"), wire_call_row, take, caller, stored(number));
}

void Reader::for_each_call(const Take<CallRow>& take) {
  open_->each(fmt::format("SELECT {} FROM calls", kCallColumns), call_row, take);
}

std::uint64_t Reader::count_calls() {
  std::uint64_t count = 0;
  open_->each(
      fmt::format("SELECT (SELECT count(*) FROM wire_calls WHERE caller IS NULL) + (SELECT count(*) FROM {})", kAllIds),
      [](Values& values) { return values.number(); }, [&](std::uint64_t counted) { count = counted; });
  return count;
}

std::optional<CallerId> Reader::caller(std::string_view client, std::string_view process) {
  std::optional<CallerId> found;
  open_->guarded([&] {
    SQLite::Statement query(open_->database, "SELECT id FROM callers WHERE client = ?1 AND process = ?2");
    query.bind(1, std::string(client));
    query.bind(2, std::string(process));
    if (query.executeStep()) found = Values(query, open_->limits).id();
  });
  return found;
}

std::optional<CallRow> Reader::call(CallerId caller, std::uint64_t number) {
  std::optional<CallRow> found;
  const std::string one = calls_with_id(R"((
    SELECT caller, number FROM statements WHERE part IS NOT NULL AND caller = ?1 AND number = ?2
    UNION
    SELECT caller, number FROM wire_calls WHERE caller = ?1 AND number = ?2))");
  open_->each(
      fmt::format("SELECT {} FROM ({})", kCallColumns, one), call_row, [&](const CallRow& row) { found = row; }, caller,
      stored(number));
  return found;
}

std::optional<CallRow> Reader::call_on_wire(call::ConnectionNumber connection, call::StreamId stream) {
  std::optional<WireCallRow> carried;
  open_->each(
      wire_calls_where("WHERE connection = ?1 AND stream = ?2"), wire_call_row, [&](const WireCallRow& row) { carried = row; },
      stored(connection), stream);
  if (!carried) return std::nullopt;
  if (carried->caller) return call(*carried->caller, carried->number);
  std::optional<CallRow> found;
  open_->each(
      fmt::format("SELECT {} FROM ({} AND w.id = ?1)", kCallColumns, calls_without_id()), call_row,
      [&](const CallRow& row) { found = row; }, carried->id);
  return found;
}

}  // namespace testigo::ledger
