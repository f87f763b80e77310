// The tables of a ledger, docs/formats/ledger.md. Private to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace testigo::ledger {

// Of PRAGMA user_version; it grows with every change of what a reader relies on.
constexpr int kSchemaVersion = 2;
constexpr int kApplicationId = 0x54535447;  // "TSTG", of PRAGMA application_id
constexpr std::string_view kFormatName = "testigo-ledger";
constexpr std::string_view kFormatVersion = "1.0";

// Which part of its call a statement is; NULL in `statements` where its witness cannot have written it there.
enum class Part : std::uint8_t { ClientStarted = 1, ClientEnded, ServerReceived, ServerEnded };

// SQL that makes all tables, indices and views of an empty database.
std::string schema();

// The rows of the view `calls`: of those with an id, for each row of the table or subquery `ids`, which gives `caller`, `number`
// and `carried`, the id of the wire call that it is about, or NULL for the one that counts; and of those without an id.
std::string calls_with_id(std::string_view ids);
std::string calls_without_id();
extern const char* const kAllIds;  // such a subquery: a row for each call that is stated, and for each stream of one that is not

}  // namespace testigo::ledger
