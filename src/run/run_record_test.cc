#include "run/run_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/environment_error.h"
#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "run/judge_evidence.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class RunRecordTest : public ::testing::Test {
 protected:
  // What is read of this text in the place of a run.json.
  RunRecord read(std::string_view text) {
    write_file(file_, text);
    return read_run_record(file_).value();
  }

  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
  const std::filesystem::path file_ = folder_ / "run.json";
  const RunRecord record_{"verify",
                          true,
                          2,
                          true,
                          {"a signal ended the run early", "client1 ended:\n      ┆ why \\x1b, \"über\""},
                          "tap",
                          7,
                          10s,
                          Time(1'700'000'000s),
                          {{"MG04", {12, 1, 0, {{{7, 1, 3}, Time(1'700'000'000s), "a \\x1b text"}}}}}};
};

TEST_F(RunRecordTest, IsReadAsItWasWritten) {
  EXPECT_EQ(read_run_record(file_), std::nullopt);
  write_run_record(file_, record_);
  EXPECT_EQ(read_run_record(file_), record_);
}

TEST_F(RunRecordTest, TooManyNotesAreCutOnce) {
  RunRecord many = record_;
  many.notes.assign(250, std::string(10'000, 'x'));
  write_run_record(file_, many);
  const RunRecord first = *read_run_record(file_);
  ASSERT_EQ(first.notes.size(), 100u);
  EXPECT_EQ(first.notes.back(), "… and 151 notes more");
  EXPECT_LT(first.notes.front().size(), 2100u);
  write_run_record(file_, first);
  EXPECT_EQ(read_run_record(file_), first);
}

TEST_F(RunRecordTest, WhatCannotBeReadIsANote) {
  const std::string good = R"({"format":"testigo-run","version":"1.7","command":"verify","finished":false,"clients_started":3,)"
                           R"("shared_server":false,"notes":[],"later":1})";
  EXPECT_EQ(read(good), (RunRecord{"verify", false, 3, false, {}}));
  const auto with = [&](std::string_view member) { return std::string(good).replace(good.find(R"("later":1)"), 9, member); };
  EXPECT_EQ(read(with(R"("tolerance_ns":9223372036854775807)")).tolerance, Duration::max());
  for (const std::string& bad :
       {std::string(),
        good.substr(0, 40),
        std::string("[]"),
        std::string("{}"),
        std::string("\xff\xfe"),
        std::string(100'000, '['),
        std::string((1 << 20) + 1, ' '),
        R"({"format":"testigo-run","version":"1.0"})" + std::string(),
        std::string(good).replace(good.find(":3"), 2, ":-3"),
        std::string(good).replace(good.find("[]"), 2, "[7]"),
        with(R"("tolerance_ns":0)"),
        with(R"("tolerance_ns":-5)"),
        with(R"("tolerance_ns":9223372036854775808)"),
        with(R"("judged_once":[7])"),
        with(R"("judged_once":{"MG04":7})"),
        with(R"("judged_once":{"MG04":{"passed":7}})"),
        with(R"("judged_once":{"MG04":{"passed":7,"failed":-1,"not_judgeable":0,"failures":[]}})"),
        with(R"("judged_once":{"MG04":{"passed":7,"failed":1,"not_judgeable":0,"failures":[{"text":"alone"}]}})"),
        with(R"("tolerance_ns":"10s")"),
        with(R"("since":"yesterday")"),
        with(R"("since":7)")}) {
    const RunRecord record = read(bad);
    EXPECT_EQ(record.clients_started, 0u);
    EXPECT_THAT(record.notes, ElementsAre(HasSubstr("run.json cannot be read"))) << bad.substr(0, 60);
  }
}

TEST_F(RunRecordTest, WhatIsNoFileIsANote) {
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);  // reading it would never end
  EXPECT_THAT(read_run_record(file_)->notes, ElementsAre(HasSubstr("no regular file")));
  std::filesystem::remove(file_);
  std::filesystem::create_symlink("run.json", file_);
  EXPECT_THAT(read_run_record(file_)->notes, ElementsAre(HasSubstr("no regular file")));
}

TEST_F(RunRecordTest, AnotherMajorVersionIsAnError) {
  EXPECT_THROW(read(R"({"format":"testigo-run","version":"2.0"})"), EnvironmentError);
}

TEST_F(RunRecordTest, NotesAreHarmless) {
  const RunRecord record = read(
      R"({"format":"testigo-run","version":"1.0","command":"verify","finished":true,"clients_started":0,"shared_server":false,)"
      R"("notes":["\u001b[2J","one\n  PROVEN   8/8"]})");
  EXPECT_THAT(record.notes, ElementsAre("\\x1b[2J", "one\n      ┆ PROVEN   8/8"));
}

TEST_F(RunRecordTest, SpeaksInTheVerdict) {
  std::filesystem::create_directories(folder_ / "statements");
  const EvidenceFolder folder = EvidenceFolder::open(folder_);
  const SystemClock clock;
  RunRecord record = record_;
  record.finished = false;
  write_run_record(folder.record(), record);
  EXPECT_THAT(judge_evidence(folder, {}, clock).verdict.notes,
              ::testing::IsSupersetOf(
                  {record.notes[0], record.notes[1], std::string("the run that collected this evidence did not come to its end")}));
  const auto told = judge_evidence(folder, {}, clock, RunRecord{"verify", true, 2, false, {"the disk is full"}}).verdict.notes;
  EXPECT_THAT(told, Contains("the disk is full"));
  EXPECT_THAT(told, Each(Not(HasSubstr("signal"))));
}

}  // namespace
}  // namespace testigo::run
