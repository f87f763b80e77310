// A ledger that is read. Private to this room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "base/inert.h"
#include "base/limits.h"
#include "ledger/database.h"
#include "ledger/reader.h"
#include "ledger/untrusted.h"
#include "ledger/values.h"

namespace testigo::ledger {

struct Reader::Open {
  Open(const std::filesystem::path& path, const Limits& chosen)
      : file(path), limits(chosen), database(open_database(path, Access::Read)) {
    spend(budget, database);
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

}  // namespace testigo::ledger
