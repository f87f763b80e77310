// A database of SQLite as this room opens it: nothing that its file holds is trusted. Private to this room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/environment_error.h"

namespace testigo::ledger {

// 0600, where it is made; nothing that is a link is followed. Throws EnvironmentError.
void make_private_file(const std::filesystem::path& file);

enum class Access : std::uint8_t { Read, Write };

constexpr int kBusyMillis = 2000;

// Waits so long for somebody who has locked it. Throws SQLite::Exception.
SQLite::Database open_database(const std::filesystem::path& file, Access access, int busy_millis = kBusyMillis);

// Numbers of SQLite have a sign: what is larger stands as negative.
constexpr std::int64_t stored(std::uint64_t number) { return static_cast<std::int64_t>(number); }

// PRAGMA user_version.
int schema_version(SQLite::Database& database);
void begin_schema(SQLite::Database& database);  // makes all tables of an empty one
// Empty when tables, indices and views are as `begin_schema` makes them; else what is not.
std::string strange_schema(SQLite::Database& database);

// What SQLite throws becomes an EnvironmentError: "`what`: the disk is full; `what_to_do`".
[[noreturn]] void throw_environment(const SQLite::Exception& error, std::string_view what, std::string_view what_to_do);

}  // namespace testigo::ledger
