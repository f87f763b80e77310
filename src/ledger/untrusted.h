// What a ledger whose file nobody trusts may cost, and what is said of one that is not ours to read. Private to this room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include <SQLiteCpp/SQLiteCpp.h>

namespace testigo::ledger {

constexpr std::string_view kRemedy = "`testigo report DIR --reindex` makes it anew from the evidence";

// A file of a stranger ends no query by itself: steps of SQLite's machine are counted.
struct Budget {
  std::uint64_t left = 0;
  static int spend(void* budget) {
    auto& left = static_cast<Budget*>(budget)->left;
    if (left == 0) return 1;
    --left;
    return 0;
  }
};

// For a database of this file, for as long as both live.
void spend(Budget& budget, SQLite::Database& database);
std::uint64_t looks_for(const std::filesystem::path& file);

bool is_damage(const SQLite::Exception& error);
[[noreturn]] void throw_damaged(const std::filesystem::path& file, std::string_view why);
[[noreturn]] void throw_newer(const std::filesystem::path& file, int version);

}  // namespace testigo::ledger
