// What goes into the tables of a ledger. Private to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "base/clock.h"
#include "ledger/database.h"
#include "statement/statement.h"

namespace testigo::ledger {

constexpr std::size_t kInternedMax = 100'000;  // texts whose ids are remembered; the others are asked for

inline std::int64_t ns(Time time) { return time.time_since_epoch().count(); }

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

}  // namespace testigo::ledger
