// A ledger that is written. Private to this room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "ledger/database.h"
#include "ledger/insert.h"
#include "ledger/schema.h"
#include "ledger/words.h"
#include "ledger/writer.h"

namespace testigo::ledger {

SQLite::Database make_database(const std::filesystem::path& file, Journal journal);

constexpr std::string_view kPlace = "writer, seq, file, line, type, time_ns, monotonic_ns, out_of_place";

inline std::string with_place(std::string_view columns) { return fmt::format("{}, {}", kPlace, columns); }

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
  Insert out_of_scope{database, "out_of_scope", "caller, number"};
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

template <typename Action>
auto guarded(Action action) {
  try {
    return action();
  } catch (const SQLite::Exception& error) {
    throw_environment(error, "the ledger cannot be written", "");
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

// As a ledger names a file of the folder.
std::string relative_to(const std::filesystem::path& folder, const std::string& file);

}  // namespace testigo::ledger
