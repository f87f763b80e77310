#include "ledger/reader_open.h"
#include "ledger/schema.h"

namespace testigo::ledger {
namespace {

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
    "caller, number, method_id, method_known, kind, start_ns, streams, requests, replies, out_of_scope, differs, reply_other, "
    "exhibit, "
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
  row.out_of_scope = values.flag();
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

}  // namespace

void Reader::for_each_connection(const Take<ConnectionRow>& take) {
  open_->each(
      "SELECT number, client, server, opened_ns, ended_ns, packet, from_start, gap_to_server, gap_to_client, client_opening, "
      "server_opening, calls, calls_not_followed, octets_to_server, octets_to_client, closing, closed_by, closing_packet, goaway, "
      "calls_open FROM connections ORDER BY number",
      connection_row, take);
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

std::optional<CallRow> Reader::call(CallerId caller, std::uint64_t number) {
  std::optional<CallRow> found;
  const std::string one = calls_with_id(R"((
    SELECT caller, number, NULL AS carried FROM statements WHERE part IS NOT NULL AND caller = ?1 AND number = ?2
    UNION
    SELECT caller, number, NULL FROM wire_calls WHERE caller = ?1 AND number = ?2))");
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
  const std::string one = calls_with_id(R"((
    SELECT caller, number, CASE WHEN EXISTS (
        SELECT 1 FROM statements s WHERE s.caller = o.caller AND s.number = o.number AND s.part IS NOT NULL)
      THEN NULL ELSE id END AS carried
    FROM wire_calls o WHERE id = ?1))");
  std::optional<CallRow> found;
  open_->each(
      fmt::format("SELECT {} FROM ({})", kCallColumns, carried->caller ? one : calls_without_id() + " AND w.id = ?1"), call_row,
      [&](const CallRow& row) { found = row; }, carried->id);
  return found;
}

}  // namespace testigo::ledger
