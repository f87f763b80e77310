#include "ledger/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "base/inert.h"
#include "ledger/schema.h"

namespace testigo::ledger {
namespace {

constexpr int kLengthMax = 1 << 24;  // octets of a text, or of a row

void defend(SQLite::Database& database) {
  sqlite3* handle = database.getHandle();
  int ignored = 0;
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, &ignored);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &ignored);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, &ignored);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 0, &ignored);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kLengthMax);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
  database.exec("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0");
}

std::vector<std::string> objects_of(SQLite::Database& database) {
  std::vector<std::string> objects;
  SQLite::Statement query(database, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name LIMIT 1000");
  while (query.executeStep()) {
    std::string object;
    for (int column = 0; column < 4; ++column) object += query.getColumn(column).getString() + '\n';
    objects.push_back(std::move(object));
  }
  return objects;
}

}  // namespace

void make_private_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) throw EnvironmentError(fmt::format("cannot make {}: {}", inert(file.string()), std::strerror(errno)));
  ::close(descriptor);
}

SQLite::Database open_database(const std::filesystem::path& file, Access access, int busy_millis) {
  // Statistics of memory that nobody reads take a lock at each allocation.
  [[maybe_unused]] static const int unmeasured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  const int mode = access == Access::Read ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE;
  SQLite::Database database(file.string(), mode | SQLite::OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, busy_millis);
  defend(database);
  return database;
}

int schema_version(SQLite::Database& database) { return database.execAndGet("PRAGMA user_version").getInt(); }

void begin_schema(SQLite::Database& database) {
  database.exec(schema());
  database.exec(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, kSchemaVersion));
}

std::string strange_schema(SQLite::Database& database) {
  SQLite::Database ours(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  ours.exec(schema());
  if (database.execAndGet("PRAGMA application_id").getInt() != kApplicationId) return "it is a database of something else";
  return objects_of(database) == objects_of(ours) ? "" : "its tables are not those of a ledger";
}

void throw_environment(const SQLite::Exception& error, std::string_view what, std::string_view what_to_do) {
  throw EnvironmentError(fmt::format("{}: {}{}{}", what, inert(error.what()), what_to_do.empty() ? "" : "; ", what_to_do));
}

}  // namespace testigo::ledger
