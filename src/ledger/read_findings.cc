#include "ledger/reader_open.h"

namespace testigo::ledger {
namespace {

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

}  // namespace

void Reader::for_each_finding(const Take<FindingRow>& take) { open_->each(findings_where(""), finding_row, take); }

void Reader::for_each_finding(call::ConnectionNumber connection, call::StreamId stream, const Take<FindingRow>& take) {
  open_->each(findings_where("WHERE connection = ?1 AND stream = ?2"), finding_row, take, stored(connection), stream);
}

void Reader::for_each_difference(const Take<DifferenceRow>& take) { open_->each(differences_where(""), difference_row, take); }

void Reader::for_each_difference(CallerId caller, std::uint64_t number, const Take<DifferenceRow>& take) {
  open_->each(differences_where("WHERE caller = ?1 AND number = ?2"), difference_row, take, caller, stored(number));
}

}  // namespace testigo::ledger
