#include "ledger/reader_open.h"

namespace testigo::ledger {
namespace {

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

}  // namespace

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

void Reader::for_each_statement(const Take<StatementRow>& take) { open_->each(statements_where(""), statement_row, take); }

void Reader::for_each_statement(CallerId caller, std::uint64_t number, const Take<StatementRow>& take) {
  open_->each(statements_where("WHERE s.caller = ?1 AND s.number = ?2"), statement_row, take, caller, stored(number));
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

}  // namespace testigo::ledger
