// Ledgers of other versions, damaged and hostile ones, and disks that are full or taken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/environment_error.h"
#include "base/file.h"
#include "ledger/testing/ledger_file.h"

namespace testigo::ledger {
namespace {

using testing::all;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::LedgerTest;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

class LedgerTroubleTest : public LedgerTest {
 protected:
  void write_clean() const {
    write([&](Writer& writer) {
      add_clean_call(writer);
      writer.add(check::Finding{"RQ04", "clause", check::Severity::Warning, {}, "text"});
      writer.add(Meta{});
    });
  }
  // As somebody else would, without our defences.
  void change(const std::string& sql) const {
    SQLite::Database database(file_.string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA writable_schema = ON");
    database.exec(sql);
  }
  auto opening() const {
    return [this] { Reader reader(file_); };
  }
  // All that it gives.
  void read_all() const {
    Reader reader(file_);
    reader.meta();
    reader.claims();
    reader.causes();
    all<StatementRow>(reader);
    all<WitnessRow>(reader);
    all<CallerRow>(reader);
    all<MethodRow>(reader);
    all<WireCallRow>(reader);
    all<ConnectionRow>(reader);
    all<CallRow>(reader);
    all<FindingRow>(reader);
    all<DifferenceRow>(reader);
  }
};

TEST_F(LedgerTroubleTest, NoneIsAbsent) {
  EXPECT_EQ(standing(file_), Standing::Absent);
  EXPECT_THAT(opening(), ThrowsMessage<EnvironmentError>(HasSubstr("`testigo report DIR` makes it")));
  refuse_newer(file_);
}

TEST_F(LedgerTroubleTest, ANewerOneIsNotOurs) {
  write_clean();
  change("PRAGMA user_version = 3");
  const auto says = AllOf(HasSubstr("newer testigo"), HasSubstr("version 3"), HasSubstr("--reindex"));
  EXPECT_THAT([&] { standing(file_); }, ThrowsMessage<EnvironmentError>(says));
  EXPECT_THAT([&] { refuse_newer(file_); }, ThrowsMessage<EnvironmentError>(says));
  EXPECT_THAT(opening(), ThrowsMessage<EnvironmentError>(says));
}

TEST_F(LedgerTroubleTest, AnOlderOneIsToBeMadeAnew) {
  write_clean();
  change("PRAGMA user_version = 1");
  EXPECT_EQ(standing(file_), Standing::Older);
  refuse_newer(file_);
  EXPECT_THAT(opening(), ThrowsMessage<EnvironmentError>(AllOf(HasSubstr("older"), HasSubstr("--reindex"))));
}

TEST_F(LedgerTroubleTest, WhatIsNoDatabaseIsDamaged) {
  for (const std::string& octets : {std::string(20'000, 'x'), std::string("SQLite format 3\0", 16) + std::string(5000, '\xff')}) {
    write_file(file_, octets);
    EXPECT_EQ(standing(file_), Standing::Damaged);
    EXPECT_THROW(read_all(), EnvironmentError);
    refuse_newer(file_);
  }
  std::filesystem::remove(file_);
  std::filesystem::create_symlink("elsewhere", file_);
  EXPECT_EQ(standing(file_), Standing::Damaged);
  EXPECT_THROW(read_all(), EnvironmentError);
}

// Wherever an octet is another one it is read or refused, and never believed to be something that we would not write.
TEST_F(LedgerTroubleTest, ChangedOctetsAreReadOrRefused) {
  write_clean();
  const std::string whole = read_file(file_, 1 << 24);
  int refused = 0;
  for (std::size_t i = 0; i < whole.size(); i += 397) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0x55);
    write_file(file_, changed);
    try {
      standing(file_);
      read_all();
    } catch (const EnvironmentError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 10);
  for (std::size_t size = 0; size < whole.size(); size += 4096 + 512) {
    write_file(file_, whole.substr(0, size));
    EXPECT_NE(standing(file_), Standing::Sound) << size;
  }
}

TEST_F(LedgerTroubleTest, TablesThatAreNotOursAreDamage) {
  for (const char* sql :
       {"CREATE TRIGGER t AFTER INSERT ON meta BEGIN SELECT 1; END", "CREATE TABLE more (a)",
        "DROP VIEW calls; CREATE VIEW calls AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n",
        "DROP TABLE causes", "DROP INDEX findings_by_stream", "PRAGMA application_id = 1"}) {
    std::filesystem::remove(file_);
    write_clean();
    change(sql);
    EXPECT_EQ(standing(file_), Standing::Damaged) << sql;
    EXPECT_THAT(opening(), ThrowsMessage<EnvironmentError>(AllOf(HasSubstr("damaged"), HasSubstr("--reindex")))) << sql;
  }
}

TEST_F(LedgerTroubleTest, AbsurdValuesAreDamage) {
  for (const char* sql :
       {"UPDATE statements SET status = 'OK' WHERE status IS NOT NULL",
        "UPDATE statements SET status = -1 WHERE status IS NOT NULL", "UPDATE statements SET type = 'thought'",
        "UPDATE statements SET kind = 'odd' WHERE kind IS NOT NULL", "UPDATE statements SET time_ns = 1.5",
        "UPDATE statements SET out_of_place = 2", "UPDATE statements SET status = 4294967296 WHERE status IS NOT NULL",
        "UPDATE wire_calls SET ending = 'never'", "UPDATE wire_calls SET stream = 4294967296",
        "UPDATE wire_calls SET method_known = x'00'", "UPDATE wire_calls SET message = zeroblob(70000)",
        "UPDATE wire_calls SET message = printf('%.*c', 70000, 'x')", "UPDATE findings SET severity = 'awful'",
        "UPDATE findings SET \"offset\" = 'far'", "UPDATE witnesses SET witness = 'wire'", "UPDATE witnesses SET tls = 7",
        "UPDATE meta SET value = 'other' WHERE key = 'format'", "DELETE FROM meta"}) {
    std::filesystem::remove(file_);
    write_clean();
    read_all();
    change(sql);
    EXPECT_THAT([&] { read_all(); }, ThrowsMessage<EnvironmentError>(AllOf(HasSubstr("damaged"), HasSubstr("--reindex")))) << sql;
  }
}

TEST_F(LedgerTroubleTest, TextsThatAreNoUtf8AreReplaced) {
  write_clean();
  change("UPDATE findings SET text = CAST(x'61ff62' AS TEXT)");
  Reader reader(file_);
  EXPECT_EQ(all<FindingRow>(reader).at(0).text, "a\uFFFDb");
}

TEST_F(LedgerTroubleTest, OthersReadWhatWasCommitted) {
  Writer writer(file_, Journal::Wal);
  add_clean_call(writer);
  writer.commit();
  Reader reader(file_);
  EXPECT_THAT(all<CallRow>(reader), SizeIs(1));
  writer.add({1, 3, writer.file("f"), 9, false}, said(50, statement::Started{id(2), "/m", {}}));
  EXPECT_THAT(all<CallRow>(reader), SizeIs(1));
  writer.commit();
  EXPECT_THAT(all<CallRow>(reader), SizeIs(2));
}

TEST_F(LedgerTroubleTest, AClosedOneLeavesNothingBeside) {
  {
    Writer writer(file_, Journal::Wal);
    add_clean_call(writer);
    writer.close();
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  EXPECT_EQ(standing(file_), Standing::Sound);
}

TEST_F(LedgerTroubleTest, AnUnfinishedOneIsNoneToRead) {
  {
    Writer writer(file_, Journal::Wal);
    add_clean_call(writer);
  }
  EXPECT_NE(standing(file_), Standing::Sound);
}

TEST_F(LedgerTroubleTest, ALockedOneIsTold) {
  write_clean();
  std::filesystem::resize_file(file_, 0);
  SQLite::Database other(file_.string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN EXCLUSIVE");
  EXPECT_THAT([&] { Writer writer(file_, Journal::None); }, ThrowsMessage<EnvironmentError>(HasSubstr("locked")));
}

TEST_F(LedgerTroubleTest, AFullDiskIsTold) {
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  for (const Journal journal : {Journal::None, Journal::Wal}) {
    std::filesystem::remove(file_);
    const rlimit small = {std::size_t{1} << 20, old.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    EXPECT_THROW(
        {
          Writer writer(file_, journal);
          writer.add(start("client1", statement::Witness::Client));
          const FileId file = writer.file("f");
          for (std::uint64_t i = 1; i <= 100'000; ++i) {
            writer.add({1, i, file, i, false}, said(i, statement::Started{id(i), "/m", {}}));
            if (i % 1000 == 0) writer.commit();
          }
          writer.close();
        },
        EnvironmentError);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  }
  std::signal(SIGXFSZ, old_handler);
}

}  // namespace
}  // namespace testigo::ledger
