#include "ledger/untrusted.h"

#include <sqlite3.h>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "base/inert.h"
#include "ledger/database.h"
#include "ledger/reader.h"
#include "ledger/schema.h"

namespace testigo::ledger {
namespace {

constexpr int kStepsBetweenLooks = 1'000'000;

// Empty when the pages of the database are whole.
std::string pages_trouble(SQLite::Database& database) {
  return database.execAndGet("PRAGMA quick_check(1)").getString() == "ok" ? "" : "its pages are not whole";
}

}  // namespace

void spend(Budget& budget, SQLite::Database& database) {
  sqlite3_progress_handler(database.getHandle(), kStepsBetweenLooks, &Budget::spend, &budget);
}

std::uint64_t looks_for(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  return 1000 + (error ? 0 : bytes / (kStepsBetweenLooks / 100));
}

bool is_damage(const SQLite::Exception& error) {
  const int code = error.getErrorCode() & 0xff;
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR || code == SQLITE_INTERRUPT ||
         code == SQLITE_TOOBIG || code == SQLITE_MISMATCH;
}

void throw_damaged(const std::filesystem::path& file, std::string_view why) {
  throw EnvironmentError(fmt::format("{} is damaged: {}; {}", inert(file.string()), inert(why), kRemedy));
}

void throw_newer(const std::filesystem::path& file, int version) {
  throw EnvironmentError(
      fmt::format("{} was written by a newer testigo (version {} of its tables, this one knows {}): use that one, or {}",
                  inert(file.string()), version, kSchemaVersion, kRemedy));
}

Standing standing(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::symlink_status(file, error).type() == std::filesystem::file_type::not_found) return Standing::Absent;
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(file, error)) || error) return Standing::Damaged;
  try {
    SQLite::Database database = open_database(file, Access::Read);
    Budget budget{looks_for(file)};
    spend(budget, database);
    const int version = schema_version(database);
    if (version > kSchemaVersion) throw_newer(file, version);
    if (version < kSchemaVersion) return Standing::Older;
    return strange_schema(database).empty() && pages_trouble(database).empty() ? Standing::Sound : Standing::Damaged;
  } catch (const SQLite::Exception& trouble) {
    if (is_damage(trouble)) return Standing::Damaged;
    throw_environment(trouble, fmt::format("{} cannot be read", inert(file.string())), kRemedy);
  }
}

void refuse_newer(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(file, error)) || error) return;
  int version = 0;
  try {
    SQLite::Database database = open_database(file, Access::Read);
    version = schema_version(database);
  } catch (const SQLite::Exception&) {  // damaged: nothing is lost
    return;
  }
  if (version > kSchemaVersion) throw_newer(file, version);
}

}  // namespace testigo::ledger
