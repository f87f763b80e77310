#include "run/live_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "ledger/reader.h"
#include "run/index_evidence.h"
#include "run/testing/capture_of_calls.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const auto kLocked = AllOf(HasSubstr("locked"), HasSubstr("catches up"));
const auto kCaughtUp = "ledger.db has caught up";

class LiveLedgerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_ / "statements");
    start_.name = "client1";
    start_.process = "c";
  }

  EvidenceFolder evidence() const { return EvidenceFolder::open(folder_); }
  static statement::CallId id(std::uint64_t number) { return {"client1", "c", number}; }
  static statement::Statement said(statement::Body body) { return {Time(1'700'000'000s), {}, std::move(body)}; }
  static statement::Started started(std::uint64_t number) { return {id(number), "/a.B/C", statement::Kind::Unary}; }
  static statement::Ended ended(std::uint64_t number) { return {id(number), 0, "", 3us, 1, 1, {}}; }

  std::unique_ptr<LiveLedger> make(const Limits& limits = {}) {
    return std::make_unique<LiveLedger>(
        evidence(), clock_, [this](const std::string& line) { told_.push_back(line); }, limits);
  }
  // The next line of client1.
  void hear(LiveLedger& ledger, statement::Body body) {
    const statement::Statement statement = said(std::move(body));
    ++line_;
    ledger.on_statement({start_, statement, 1, line_, false, "client1.jsonl", line_});
  }
  // Its first line, and so many calls.
  void hear_calls(LiveLedger& ledger, std::uint64_t calls) {
    if (line_ == 0) hear(ledger, start_);
    for (; calls > 0; --calls) hear(ledger, started(++calls_));
  }
  // Nobody else may write meanwhile.
  std::unique_ptr<ledger::Writer> lock() const { return std::make_unique<ledger::Writer>(file_, ledger::Journal::Wal); }

  std::uint64_t calls() const { return ledger::Reader(file_).count_calls(); }

  const SystemClock clock_;
  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
  const std::filesystem::path file_ = folder_ / "ledger.db";
  statement::Start start_;
  std::uint64_t line_ = 0, calls_ = 0;
  std::vector<std::string> told_;
};

TEST_F(LiveLedgerTest, OthersReadWhatWasHeardSoFar) {
  const auto ledger = make();
  ledger->on_look(0s, true);
  EXPECT_FALSE(std::filesystem::exists(file_)) << "nobody has said anything";
  hear_calls(*ledger, 1);
  ledger->on_look(1ms, true);
  EXPECT_EQ(calls(), 1u);
  EXPECT_EQ(std::filesystem::status(file_).permissions(), std::filesystem::perms(0600));
  hear(*ledger, ended(1));
  verdict::WireStream stream;
  stream.id = id(1);
  stream.state = verdict::WireState::Answered;
  stream.call.place = {7, 1, 1, false};
  stream.call.status = 0;
  const call::ConnectionView connection;
  ledger->on_call({connection, stream.call}, &stream);
  check::Finding finding;
  finding.check = "XX01";
  finding.spot.place = stream.call.place;
  ledger->on_finding(finding);
  ledger->on_connection_closed({connection, Time(), std::nullopt, false, 0});
  ledger->on_look(999ms, true);
  EXPECT_FALSE(ledger::Reader(file_).call(1, 1)->client->ended) << "a second is not over";
  ledger->on_look(1001ms, true);

  ledger::Reader reader(file_);
  const ledger::CallRow call = *reader.call(1, 1);
  EXPECT_TRUE(call.client->ended);
  EXPECT_EQ(call.wire->place.packet, 7u);
  EXPECT_EQ(call.wire->state, verdict::WireState::Answered);
  EXPECT_TRUE(call.errors);
  std::vector<ledger::ConnectionRow> connections;
  reader.for_each_connection([&](const ledger::ConnectionRow& row) { connections.push_back(row); });
  EXPECT_THAT(connections, SizeIs(1));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(LiveLedgerTest, SaysThatItIsNotWhole) {
  const auto ledger = make();
  hear_calls(*ledger, 1);
  ledger->on_look(0s, true);
  const ledger::Meta meta = ledger::Reader(file_).meta();
  EXPECT_TRUE(meta.live);
  EXPECT_EQ(meta.evidence, folder_.filename());
  EXPECT_EQ(meta.verdict, "");
  EXPECT_FALSE(is_indexed(evidence(), {}));
}

TEST_F(LiveLedgerTest, ManyAreWrittenBeforeTheirTime) {
  const auto ledger = make();
  hear_calls(*ledger, 1);
  ledger->on_look(0s, true);
  hear_calls(*ledger, 5000);
  EXPECT_GT(calls(), 3000u);
  EXPECT_LT(calls(), 5001u);
  ledger->close();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "ledger.db-wal"));
  EXPECT_EQ(calls(), 5001u);
  hear_calls(*ledger, 1);
  ledger->on_look(9s, true);
  EXPECT_EQ(calls(), 5001u) << "it is closed";
}

TEST_F(LiveLedgerTest, CatchesUpWhenItIsNoLongerLocked) {
  const auto ledger = make();
  hear_calls(*ledger, 1);
  ledger->on_look(0s, true);
  for (const auto& round : {1, 2}) {
    SCOPED_TRACE(round);
    told_.clear();
    auto other = lock();
    const std::uint64_t before = calls();
    hear_calls(*ledger, 2);
    const auto began = std::chrono::steady_clock::now();
    ledger->on_look(10s * round, true);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2s) << "nobody is waited for";
    EXPECT_THAT(told_, ElementsAre(kLocked));
    hear_calls(*ledger, 5000);
    ledger->on_look(10s * round + 1s, true);
    ledger->on_look(10s * round + 2s, true);
    EXPECT_THAT(told_, SizeIs(1));
    EXPECT_EQ(calls(), before);
    other.reset();
    ledger->on_look(10s * round + 3s, true);
    EXPECT_EQ(calls(), before + 5002);
    EXPECT_THAT(told_, ElementsAre(kLocked, kCaughtUp));
  }
}

TEST_F(LiveLedgerTest, WhatIsTooMuchIsLeftToTheWholeOne) {
  Limits limits;
  limits.ledger_queue_rows_max = 20;
  const auto ledger = make(limits);
  hear_calls(*ledger, 1);
  ledger->on_look(0s, true);
  auto other = lock();
  hear_calls(*ledger, 18);
  EXPECT_THAT(told_, ElementsAre(kLocked));
  hear_calls(*ledger, 2);
  other.reset();
  hear_calls(*ledger, 1);
  ledger->on_look(2s, true);
  ledger->close();
  EXPECT_EQ(calls(), 1u);
  EXPECT_THAT(told_, SizeIs(1));
  ledger->replaced();
  ledger->replaced();
  EXPECT_THAT(told_, ElementsAre(kLocked, kCaughtUp));
}

TEST_F(LiveLedgerTest, OneThatWasTakenAwayIsNotMadeAgain) {
  const auto ledger = make();
  hear_calls(*ledger, 1);
  ledger->on_look(0s, true);
  std::filesystem::remove(file_);
  hear_calls(*ledger, 1);
  for (const Duration now : {1s, 2s, 3s}) ledger->on_look(now, true);
  ledger->close();
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_THAT(told_, ElementsAre(AllOf(HasSubstr("taken away"), HasSubstr("catches up"))));
}

TEST_F(LiveLedgerTest, WithItsFolderGoneItSaysSo) {
  const auto ledger = make();
  std::filesystem::remove_all(folder_);
  hear_calls(*ledger, 1);
  for (const Duration now : {1s, 2s, 3s}) ledger->on_look(now, true);
  EXPECT_THAT(told_, ElementsAre(AllOf(HasSubstr("No such file"), HasSubstr("catches up"))));
}

TEST_F(LiveLedgerTest, AnothersIsNotTouched) {
  write_file(file_, "another's");
  {
    const auto ledger = make();
    hear_calls(*ledger, 1);
    for (const Duration now : {1s, 2s, 3s}) ledger->on_look(now, true);
  }
  EXPECT_EQ(read_file(file_, 100), "another's");
  EXPECT_THAT(told_, ElementsAre(AllOf(HasSubstr("File exists"), HasSubstr("catches up"))));
}

TEST_F(LiveLedgerTest, CatchesUpWhenAFullDiskIsEmptied) {
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const rlimit small = {std::size_t{400} << 10, old.rlim_max};
  const auto ledger = make();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  Duration now = 1s;
  for (int batch = 0; batch < 20; ++batch, now += 1s) {
    hear_calls(*ledger, 1000);
    ledger->on_look(now, true);
  }
  EXPECT_THAT(told_, Contains(HasSubstr("catches up")));
  EXPECT_LT(calls(), calls_);
  told_.clear();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  ledger->on_look(now, true);
  EXPECT_EQ(calls(), calls_);
  EXPECT_THAT(told_, ElementsAre(kCaughtUp));
  std::signal(SIGXFSZ, old_handler);
}

TEST_F(LiveLedgerTest, OfOneThatWasKilledAllThatWasCommittedIsThere) {
  const auto killed = [this] {
    const auto ledger = make();
    for (int batch = 0; batch < 3; ++batch) {
      hear_calls(*ledger, 100);
      ledger->on_look(1s * batch, true);
    }
    hear_calls(*ledger, 100);
    std::raise(SIGKILL);
  };
  EXPECT_EXIT(killed(), ::testing::KilledBySignal(SIGKILL), "");
  EXPECT_EQ(ledger::standing(file_), ledger::Standing::Sound);
  EXPECT_EQ(calls(), 300u);
  EXPECT_FALSE(is_indexed(evidence(), {}));
}

template <typename Row>
std::vector<Row> rows(void (ledger::Reader::*each)(const ledger::Reader::Take<Row>&), const std::filesystem::path& file) {
  std::vector<Row> rows;
  ledger::Reader reader(file);
  (reader.*each)([&](const Row& row) { rows.push_back(row); });
  return rows;
}

// Statements and capture grow while they are followed, and are indexed once more when all is over.
TEST_F(LiveLedgerTest, SaysWhatTheWholeOneSays) {
  const auto append = [this](const std::string& file, std::string_view text) {
    std::ofstream(folder_ / file, std::ios::app | std::ios::binary) << text;
  };
  const auto line = [](statement::Body body) { return statement::to_line(said(std::move(body))) + "\n"; };
  const std::string capture = testing::capture_of_calls(40, id);
  const auto ledger = make();
  append("statements/client1.jsonl", line(start_));
  Following following(evidence(), clock_, {&*ledger});
  for (std::uint64_t number = 1; number <= 40; ++number) {
    append("statements/client1.jsonl", line(started(number)) + line(ended(number)));
    append("wire.pcapng", std::string_view(capture).substr((number - 1) * capture.size() / 40,
                                                           number * capture.size() / 40 - (number - 1) * capture.size() / 40));
  }
  append("statements/client1.jsonl", line(statement::End{40}) + line(started(41)));
  following.wait_for_the_rest();
  ledger->close();
  EXPECT_THAT(told_, IsEmpty());

  const auto statements = rows<ledger::StatementRow>(&ledger::Reader::for_each_statement, file_);
  const auto calls = rows<ledger::WireCallRow>(&ledger::Reader::for_each_wire_call, file_);
  const auto connections = rows<ledger::ConnectionRow>(&ledger::Reader::for_each_connection, file_);
  const auto findings = rows<ledger::FindingRow>(&ledger::Reader::for_each_finding, file_);
  const auto witnesses = rows<ledger::WitnessRow>(&ledger::Reader::for_each_witness, file_);
  EXPECT_THAT(statements, SizeIs(83));
  EXPECT_THAT(calls, SizeIs(40));

  const EvidenceFolder folder = evidence();
  EvidenceIndex index(folder, {}, clock_);
  ASSERT_TRUE(index.finish(judge_evidence(folder, {}, clock_, {}, index.hearers()))) << index.trouble();
  EXPECT_TRUE(is_indexed(folder, {}));
  EXPECT_EQ(rows<ledger::StatementRow>(&ledger::Reader::for_each_statement, file_), statements);
  EXPECT_EQ(rows<ledger::WireCallRow>(&ledger::Reader::for_each_wire_call, file_), calls);
  EXPECT_EQ(rows<ledger::ConnectionRow>(&ledger::Reader::for_each_connection, file_), connections);
  EXPECT_EQ(rows<ledger::FindingRow>(&ledger::Reader::for_each_finding, file_), findings);
  EXPECT_EQ(rows<ledger::WitnessRow>(&ledger::Reader::for_each_witness, file_), witnesses);
}

}  // namespace
}  // namespace testigo::run
