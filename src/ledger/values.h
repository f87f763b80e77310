// The values of a row of a ledger, as its untrusted file gives them. Private to this room.
#pragma once

#include <charconv>
#include <concepts>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/clock.h"
#include "base/limits.h"
#include "call/event.h"
#include "ledger/words.h"
#include "statement/statement.h"

namespace testigo::ledger {

struct Damaged : std::runtime_error {
  using std::runtime_error::runtime_error;
};

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

}  // namespace testigo::ledger
