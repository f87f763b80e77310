#include "run/index_evidence.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>

#include "base/environment_error.h"
#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "ledger/reader.h"
#include "ledger/writer.h"
#include "statement/statement_writer.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// A second from one look to the next, at which something may happen.
class LookedAt final : public Clock {
 public:
  explicit LookedAt(std::function<void(int look)> look = [](int /*look*/) {}) : look_(std::move(look)) {}
  Time now() const override { return Time(1'700'000'000s); }
  Duration monotonic() const override {
    look_(++looks_);
    return looks_ * 1s;
  }

 private:
  std::function<void(int)> look_;
  mutable int looks_ = 0;
};

class IndexEvidenceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_ / "statements");
    statement::Start start;
    start.name = "client1";
    start.process = "aa";
    statement::StatementWriter writer(folder_ / "statements/client1.jsonl", start, clock_);
    for (std::uint64_t number = 1; number <= kCalls; ++number) {
      writer.write(statement::Started{{"client1", "aa", number}, "/a.B/C", statement::Kind::Unary});
      writer.write(statement::Ended{{"client1", "aa", number}, 0, "", 3us, 1, 1, statement::Reply{"client1", number, "server"}});
    }
    writer.end(kCalls);
  }

  EvidenceFolder evidence() const { return EvidenceFolder::open(folder_); }

  // Empty when it went well.
  std::string index(Newer newer = Newer::Keep) const { return index(clock_, newer); }
  std::string index(const Clock& clock, Newer newer = Newer::Keep) const {
    const EvidenceFolder folder = evidence();
    EvidenceIndex index(folder, {}, clock, newer);
    const report::RunReport report = judge_evidence(folder, {}, clock_, {}, index.hearers());
    EXPECT_EQ(report.verdict.calls, kCalls);
    const bool finished = index.finish(report);
    EXPECT_EQ(finished, index.trouble().empty());
    return index.trouble();
  }
  bool indexed() const { return is_indexed(evidence(), {}); }
  std::uint64_t calls() const { return ledger::Reader(file_).count_calls(); }
  void make_newer() const {  // PRAGMA user_version stands at octet 60, big endian
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(63);
    file.put(9);
  }

  static constexpr std::uint64_t kCalls = 3000;
  const SystemClock clock_;
  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
  const std::filesystem::path file_ = folder_ / "ledger.db";
  const std::filesystem::path made_ = folder_ / "ledger.db.new";
};

TEST_F(IndexEvidenceTest, HasAllCalls) {
  EXPECT_FALSE(indexed());
  EXPECT_EQ(index(), "");
  EXPECT_TRUE(indexed());
  EXPECT_EQ(calls(), kCalls);
  EXPECT_FALSE(std::filesystem::exists(made_));
  ledger::Reader reader(file_);
  EXPECT_EQ(reader.claims().size(), 8u);
  EXPECT_EQ(reader.meta().verdict, "INCONCLUSIVE");
  const ledger::CallRow first = *reader.call(1, 1);
  EXPECT_EQ(first.client->status, 0);
  EXPECT_EQ(first.server, std::nullopt);
  std::vector<std::string> places;
  reader.for_each_statement(1, 2,
                            [&](const ledger::StatementRow& row) { places.push_back(row.file + ":" + std::to_string(row.line)); });
  EXPECT_THAT(places, ::testing::ElementsAre("statements/client1.jsonl:4", "statements/client1.jsonl:5"));
}

TEST_F(IndexEvidenceTest, IsOutdatedWhenAFileChanges) {
  EXPECT_EQ(index(), "");
  std::ofstream(folder_ / "statements/client1.jsonl", std::ios::app) << "\n";
  EXPECT_FALSE(indexed());
  EXPECT_EQ(index(), "");
  EXPECT_TRUE(indexed());
  std::filesystem::last_write_time(folder_ / "statements/client1.jsonl", std::filesystem::file_time_type::clock::now() - 1h);
  EXPECT_FALSE(indexed());
  EXPECT_EQ(index(), "");
  std::ofstream(folder_ / "run.json") << "{}";
  EXPECT_FALSE(indexed());
  EXPECT_EQ(index(), "");
  verdict::JudgeOptions stricter;
  stricter.tolerance = 1s;
  EXPECT_FALSE(is_indexed(evidence(), stricter));
}

TEST_F(IndexEvidenceTest, DamageIsMadeAnew) {
  EXPECT_EQ(index(), "");
  write_file(file_, "no database");
  EXPECT_FALSE(indexed());
  EXPECT_EQ(index(), "");
  EXPECT_TRUE(indexed());
}

TEST_F(IndexEvidenceTest, ANewerOneIsKeptUnlessAsked) {
  EXPECT_EQ(index(), "");
  make_newer();
  EXPECT_THROW(indexed(), EnvironmentError);
  EXPECT_THAT(index(), HasSubstr("newer testigo"));
  EXPECT_THROW(calls(), EnvironmentError);
  EXPECT_EQ(index(Newer::Replace), "");
  EXPECT_TRUE(indexed());
}

TEST_F(IndexEvidenceTest, WhatIsNotFinishedLeavesTheOldOne) {
  EXPECT_EQ(index(), "");
  const std::string before = read_file(file_, 1 << 26);
  {
    const EvidenceFolder folder = evidence();
    EvidenceIndex unfinished(folder, {}, clock_);
    judge_evidence(folder, {}, clock_, {}, unfinished.hearers());
    EXPECT_TRUE(std::filesystem::exists(made_));
  }
  EXPECT_FALSE(std::filesystem::exists(made_));
  EXPECT_EQ(read_file(file_, 1 << 26), before);
}

TEST_F(IndexEvidenceTest, WhatAKilledProcessLeftIsTakenOver) {
  write_file(made_, std::string(100'000, 'x'));
  write_file(made_.string() + "-journal", "hot");
  write_file(file_.string() + "-wal", "of the database that is replaced");
  EXPECT_EQ(index(), "");
  EXPECT_TRUE(indexed());
  EXPECT_FALSE(std::filesystem::exists(made_.string() + "-journal"));
  EXPECT_FALSE(std::filesystem::exists(file_.string() + "-wal"));
}

TEST_F(IndexEvidenceTest, OneProcessAtATimeWritesIt) {
  const int other = ::open(made_.c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  EXPECT_THAT(index(LookedAt()), HasSubstr("another testigo is writing it"));
  EXPECT_TRUE(std::filesystem::exists(made_));
  ::close(other);
  EXPECT_EQ(index(), "");
}

TEST_F(IndexEvidenceTest, AnotherIsWaitedFor) {
  for (const bool in_place : {false, true}) {
    int other = ::open(made_.c_str(), O_RDWR | O_CREAT, 0600);
    ASSERT_EQ(::flock(other, LOCK_EX), 0);
    const LookedAt clock([&](int look) {
      if (look != 3) return;
      if (in_place) std::filesystem::rename(made_, file_);
      ::close(other);
    });
    EXPECT_EQ(index(clock), "") << in_place;
    EXPECT_TRUE(indexed()) << in_place;
    EXPECT_FALSE(std::filesystem::exists(made_)) << in_place;
  }
}

TEST_F(IndexEvidenceTest, IsWholeBeforeItIsInItsPlaceAndBeforeAnotherIsMade) {
  const EvidenceFolder folder = evidence();
  EvidenceIndex made(folder, {}, clock_);
  const report::RunReport report = judge_evidence(folder, {}, clock_, {}, made.hearers());
  EXPECT_TRUE(made.finish(report, [this](const std::filesystem::path& ledger) {
    EXPECT_EQ(ledger::Reader(ledger).count_calls(), kCalls);
    EXPECT_FALSE(std::filesystem::exists(file_));
    EXPECT_THAT(index(LookedAt()), HasSubstr("another testigo is writing it"));
  })) << made.trouble();
  EXPECT_EQ(calls(), kCalls);
}

TEST_F(IndexEvidenceTest, WhatChangesWhileAnotherIsWaitedForIsNotOutdated) {
  const int other = ::open(made_.c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  const LookedAt clock([&](int look) {
    if (look == 2) std::ofstream(folder_ / "run.json") << "{}";
    if (look == 3) ::close(other);
  });
  EXPECT_EQ(index(clock), "");
  EXPECT_TRUE(indexed());
}

TEST_F(IndexEvidenceTest, NoLinkIsFollowed) {
  const std::filesystem::path elsewhere = folder_ / "elsewhere";
  write_file(elsewhere, "mine");
  std::filesystem::create_symlink("elsewhere", made_);
  EXPECT_EQ(index(), "");
  std::filesystem::create_hard_link(elsewhere, made_);
  EXPECT_EQ(index(), "");
  ASSERT_EQ(::mkfifo(made_.c_str(), 0600), 0);
  EXPECT_EQ(index(), "");
  EXPECT_TRUE(indexed());
  EXPECT_EQ(read_file(elsewhere, 100), "mine");
  EXPECT_EQ(std::filesystem::hard_link_count(elsewhere), 1u);
  std::filesystem::create_directory(made_);
  EXPECT_THAT(index(), HasSubstr("cannot make ledger.db.new"));
}

TEST_F(IndexEvidenceTest, AFullDiskTakesNothingFromTheVerdict) {
  EXPECT_EQ(index(), "");
  const std::string before = read_file(file_, 1 << 26);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  for (const rlim_t most : {rlim_t{0}, rlim_t{20'000}, rlim_t{400'000}}) {
    const rlimit small = {most, old.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const std::string trouble = index();
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
    EXPECT_NE(trouble, "") << most;
    EXPECT_FALSE(std::filesystem::exists(made_)) << most;
    EXPECT_EQ(read_file(file_, 1 << 26), before) << most;
  }
  std::signal(SIGXFSZ, old_handler);
}

}  // namespace
}  // namespace testigo::run
