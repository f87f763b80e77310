#include "run/statement_tail.h"

#include "statement/statement_reader.h"

namespace testigo::run {

void StatementTail::poll() {
  if (!stream_.is_open()) stream_.open(file_);
  if (!stream_.is_open()) return;
  stream_.clear();
  for (std::string piece; std::getline(stream_, piece); piece.clear()) {
    line_ += piece;
    if (stream_.eof()) return;  // the line break is not there yet
    std::string trouble;
    if (const auto statement = statement::parse_line(line_, trouble)) take(*statement);
    line_.clear();
  }
}

void StatementTail::take(const statement::Statement& statement) {
  if (const auto* start = std::get_if<statement::Start>(&statement.body)) {
    start_ = *start;
  } else if (std::holds_alternative<statement::Started>(statement.body)) {
    ++counts_.started;
  } else if (const auto* ended = std::get_if<statement::Ended>(&statement.body)) {
    ++(ended->status == 0 ? counts_.ok : counts_.failed);
    counts_.last = *ended;
  } else if (std::holds_alternative<statement::End>(statement.body)) {
    ended_ = true;
  }
}

}  // namespace testigo::run
