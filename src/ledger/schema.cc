#include "ledger/schema.h"

#include <fmt/format.h>

namespace testigo::ledger {
namespace {

// Indices are there from the start: what is written comes nearly in their order, and nothing needs to be sorted.
constexpr std::string_view kTables = R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE sources (path TEXT PRIMARY KEY, bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE files (id INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE);
CREATE TABLE methods (id INTEGER PRIMARY KEY, method TEXT NOT NULL UNIQUE);
CREATE TABLE callers (id INTEGER PRIMARY KEY, client TEXT NOT NULL, process TEXT NOT NULL, UNIQUE (client, process));
CREATE TABLE witnesses (
  id INTEGER PRIMARY KEY, witness TEXT NOT NULL, name TEXT NOT NULL, process TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
  address TEXT NOT NULL, period_ns INTEGER, deadline_ns INTEGER, tls INTEGER NOT NULL, continues INTEGER NOT NULL);
CREATE TABLE statements (
  writer INTEGER NOT NULL REFERENCES witnesses, seq INTEGER NOT NULL, file INTEGER NOT NULL REFERENCES files, line INTEGER NOT NULL,
  type TEXT NOT NULL, time_ns INTEGER NOT NULL, monotonic_ns INTEGER NOT NULL, caller INTEGER REFERENCES callers, number INTEGER,
  method INTEGER REFERENCES methods, kind TEXT, peer TEXT, status INTEGER, message TEXT, latency_ns INTEGER, requests INTEGER,
  replies INTEGER, reply_client TEXT, reply_call INTEGER, reply_server TEXT, calls INTEGER, part INTEGER, out_of_place INTEGER NOT NULL,
  PRIMARY KEY (writer, seq)) WITHOUT ROWID;
CREATE INDEX statements_by_call ON statements (caller, number, part) WHERE caller IS NOT NULL;
CREATE TABLE connections (
  number INTEGER PRIMARY KEY, client TEXT NOT NULL, server TEXT NOT NULL, opened_ns INTEGER NOT NULL, ended_ns INTEGER NOT NULL,
  packet INTEGER NOT NULL, from_start INTEGER NOT NULL, gap_to_server INTEGER NOT NULL, gap_to_client INTEGER NOT NULL,
  client_opening TEXT NOT NULL, server_opening TEXT NOT NULL, calls INTEGER NOT NULL, calls_not_followed INTEGER NOT NULL,
  octets_to_server INTEGER NOT NULL, octets_to_client INTEGER NOT NULL, closing TEXT, closed_by TEXT, closing_packet INTEGER,
  goaway INTEGER NOT NULL, calls_open INTEGER NOT NULL);
CREATE TABLE wire_calls (
  id INTEGER PRIMARY KEY, connection INTEGER NOT NULL, stream INTEGER NOT NULL, packet INTEGER NOT NULL, end_packet INTEGER NOT NULL,
  started_ns INTEGER NOT NULL, ended_ns INTEGER NOT NULL, latency_ns INTEGER NOT NULL, timeout_ns INTEGER,
  method INTEGER REFERENCES methods, method_known TEXT NOT NULL, kind TEXT NOT NULL, http_status INTEGER, status INTEGER,
  message TEXT NOT NULL, ending TEXT NOT NULL, error_code INTEGER, state TEXT NOT NULL, requests INTEGER NOT NULL,
  replies INTEGER NOT NULL, request_bytes INTEGER NOT NULL, reply_bytes INTEGER NOT NULL, caller INTEGER REFERENCES callers,
  number INTEGER, reply_client TEXT, reply_call INTEGER, reply_server TEXT);
CREATE INDEX wire_calls_by_call ON wire_calls (caller, number) WHERE caller IS NOT NULL;
CREATE INDEX wire_calls_by_stream ON wire_calls (connection, stream);
CREATE TABLE findings (
  id INTEGER PRIMARY KEY, check_id TEXT NOT NULL, severity TEXT NOT NULL, text TEXT NOT NULL, clause TEXT NOT NULL,
  packet INTEGER NOT NULL, connection INTEGER NOT NULL, stream INTEGER NOT NULL, direction TEXT NOT NULL, "offset" INTEGER NOT NULL,
  time_ns INTEGER NOT NULL);
CREATE INDEX findings_by_stream ON findings (connection, stream, severity);
CREATE TABLE differences (
  id INTEGER PRIMARY KEY, caller INTEGER NOT NULL REFERENCES callers, number INTEGER NOT NULL, field TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX differences_by_call ON differences (caller, number);
CREATE TABLE out_of_scope (
  caller INTEGER NOT NULL REFERENCES callers, number INTEGER NOT NULL, PRIMARY KEY (caller, number)) WITHOUT ROWID;
CREATE TABLE claims (
  number INTEGER PRIMARY KEY, sentence TEXT NOT NULL, outcome TEXT NOT NULL, because TEXT NOT NULL, exhibits_total INTEGER NOT NULL);
CREATE TABLE exhibits (
  claim INTEGER NOT NULL REFERENCES claims, exhibit INTEGER NOT NULL, text TEXT NOT NULL, octets TEXT NOT NULL,
  caller INTEGER REFERENCES callers, number INTEGER, PRIMARY KEY (claim, exhibit)) WITHOUT ROWID;
CREATE INDEX exhibits_by_call ON exhibits (caller, number) WHERE caller IS NOT NULL;
CREATE TABLE exhibit_wire (
  claim INTEGER NOT NULL, exhibit INTEGER NOT NULL, place INTEGER NOT NULL, packet INTEGER NOT NULL, connection INTEGER NOT NULL,
  stream INTEGER NOT NULL, PRIMARY KEY (claim, exhibit, place)) WITHOUT ROWID;
CREATE TABLE exhibit_statements (
  claim INTEGER NOT NULL, exhibit INTEGER NOT NULL, place INTEGER NOT NULL, file INTEGER NOT NULL REFERENCES files,
  line INTEGER NOT NULL, PRIMARY KEY (claim, exhibit, place)) WITHOUT ROWID;
CREATE TABLE causes (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, title TEXT NOT NULL, explanation TEXT NOT NULL, fix TEXT NOT NULL,
  suspected INTEGER NOT NULL, times INTEGER NOT NULL);
CREATE TABLE cause_wire (
  cause INTEGER NOT NULL REFERENCES causes, place INTEGER NOT NULL, packet INTEGER NOT NULL, connection INTEGER NOT NULL,
  stream INTEGER NOT NULL, PRIMARY KEY (cause, place)) WITHOUT ROWID;

CREATE VIEW testimony AS
  SELECT s.writer, s.seq, w.witness, w.name, f.file, s.line, s.type, s.time_ns, s.monotonic_ns, c.client, c.process, s.number,
    m.method, s.kind, s.peer, s.status, s.message, s.latency_ns, s.requests, s.replies, s.reply_client, s.reply_call, s.reply_server
  FROM statements s JOIN witnesses w ON w.id = s.writer JOIN files f ON f.id = s.file
    LEFT JOIN callers c ON c.id = s.caller LEFT JOIN methods m ON m.id = s.method;
)sql";

// The first statement of this part of the call; a witness that states one twice is in `differences`.
std::string first_of(std::string_view name, int part) {
  return fmt::format(R"(
    LEFT JOIN statements {0} ON ({0}.writer, {0}.seq) = (
      SELECT s.writer, s.seq FROM statements s WHERE s.caller = ids.caller AND s.number = ids.number AND s.part = {1}
      ORDER BY s.writer, s.seq LIMIT 1))",
                     name, part);
}

std::string graded(std::string_view severity) {
  return fmt::format(
      "EXISTS (SELECT 1 FROM findings f WHERE f.connection = w.connection AND f.stream = w.stream AND f.severity = '{}')",
      severity);
}

// Of `w`, a call on the wire.
std::string wire_columns() {
  return fmt::format(R"(
    w.id AS wire, w.connection, w.stream, w.packet, w.end_packet, w.ending, w.state, w.status AS wire_status,
    w.message AS wire_message, w.latency_ns AS wire_latency_ns, w.request_bytes, w.reply_bytes,
    {} AS errors, {} AS warnings, {} AS infos)",
                     graded("error"), graded("warning"), graded("info"));
}

}  // namespace

std::string calls_with_id(std::string_view ids) {
  return fmt::format(R"(
  SELECT ids.caller, c.client, c.process, ids.number,
    CASE WHEN w.method_known = 'exact' THEN w.method ELSE coalesce(cs.method, sr.method, w.method) END AS method_id,
    (SELECT method FROM methods WHERE id =
      CASE WHEN w.method_known = 'exact' THEN w.method ELSE coalesce(cs.method, sr.method, w.method) END) AS method,
    CASE WHEN coalesce(cs.method, sr.method) IS NOT NULL THEN 'exact' ELSE coalesce(w.method_known, 'unknown') END AS method_known,
    coalesce(cs.kind, sr.kind, w.kind) AS kind,
    coalesce(w.started_ns, cs.time_ns, sr.time_ns, ce.time_ns, se.time_ns) AS start_ns,
    coalesce(cs.writer, ce.writer) AS client_writer, coalesce(sr.writer, se.writer) AS server_writer,
    (SELECT name FROM witnesses WHERE id = coalesce(sr.writer, se.writer)) AS server,
    cs.writer IS NOT NULL AS client_started, ce.writer IS NOT NULL AS client_ended,
    sr.writer IS NOT NULL AS server_received, se.writer IS NOT NULL AS server_ended,
    ce.status AS client_status, se.status AS server_status, ce.message AS client_message, se.message AS server_message,
    ce.latency_ns AS client_latency_ns, se.latency_ns AS server_latency_ns,
    coalesce(w.requests, ce.requests, se.requests) AS requests, coalesce(w.replies, ce.replies, se.replies) AS replies,
    EXISTS (SELECT 1 FROM out_of_scope n WHERE n.caller = ids.caller AND n.number = ids.number) AS out_of_scope,
    EXISTS (SELECT 1 FROM differences d WHERE d.caller = ids.caller AND d.number = ids.number) AS differs,
    coalesce(ce.reply_client <> c.client OR ce.reply_call <> ids.number, 0)
      OR coalesce(w.reply_client <> c.client OR w.reply_call <> ids.number, 0) AS reply_other,
    EXISTS (SELECT 1 FROM exhibits e JOIN claims k ON k.number = e.claim
      WHERE e.caller = ids.caller AND e.number = ids.number AND k.outcome = 'BROKEN') AS exhibit,
    (SELECT count(*) FROM wire_calls o WHERE o.caller = ids.caller AND o.number = ids.number) AS streams,{}
  FROM {} ids
    CROSS JOIN callers c ON c.id = ids.caller
    LEFT JOIN wire_calls w ON w.id = coalesce(ids.carried, (
      SELECT o.id FROM wire_calls o WHERE o.caller = ids.caller AND o.number = ids.number
      ORDER BY instr('undelivered cut open answered', o.state) DESC, o.id DESC LIMIT 1)){}{}{}{})",
                     wire_columns(), ids, first_of("cs", 1), first_of("ce", 2), first_of("sr", 3), first_of("se", 4));
}

std::string calls_without_id() {
  return fmt::format(R"(
  SELECT NULL AS caller, NULL AS client, NULL AS process, NULL AS number, w.method AS method_id,
    (SELECT method FROM methods WHERE id = w.method) AS method, w.method_known, w.kind, w.started_ns AS start_ns,
    NULL AS client_writer, NULL AS server_writer, NULL AS server,
    0 AS client_started, 0 AS client_ended, 0 AS server_received, 0 AS server_ended,
    NULL AS client_status, NULL AS server_status, NULL AS client_message, NULL AS server_message,
    NULL AS client_latency_ns, NULL AS server_latency_ns, w.requests, w.replies, 0 AS out_of_scope, 0 AS differs, 0 AS reply_other, 0 AS exhibit,
    1 AS streams,{}
  FROM wire_calls w WHERE w.caller IS NULL)",
                     wire_columns());
}

// Of an id that nobody states every stream is a call: which of them its client took for the answer nobody knows.
// They come in the order of two indices, so that nothing needs to be sorted or kept, however many there are.
const char* const kAllIds = R"((
    SELECT caller, number, NULL AS carried FROM (
      SELECT DISTINCT caller, number FROM statements WHERE caller IS NOT NULL AND part IS NOT NULL)
    UNION ALL
    SELECT caller, number, id FROM wire_calls o WHERE caller IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM statements s WHERE s.caller = o.caller AND s.number = o.number AND s.part IS NOT NULL)))";

std::string schema() {
  return fmt::format("{}CREATE VIEW calls AS{}\n  UNION ALL{};\n", kTables, calls_with_id(kAllIds), calls_without_id());
}

}  // namespace testigo::ledger
