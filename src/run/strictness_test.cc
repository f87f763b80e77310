#include "run/strictness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/environment_error.h"
#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "run/run_record.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

class StrictnessTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(path_ / "statements"); }

  EvidenceFolder folder() const { return EvidenceFolder::open(path_); }
  void collected(std::optional<Duration> tolerance, std::optional<Time> since = {}) const {
    RunRecord record;
    record.command = "verify";
    record.finished = true;
    record.tolerance = tolerance;
    record.since = since;
    write_run_record(folder().record(), record);
  }
  verdict::JudgeOptions found(const verdict::JudgeOptions& chosen = {}) const { return strictness_of(folder(), chosen); }
  static verdict::JudgeOptions within(Duration tolerance) {
    verdict::JudgeOptions options;
    options.tolerance = tolerance;
    return options;
  }

  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path path_ = temporary_.path();
};

TEST_F(StrictnessTest, IsTheUsualOneWhereNobodySaysAnother) {
  EXPECT_EQ(found().tolerance, std::nullopt);
  collected({});
  EXPECT_EQ(found().tolerance, std::nullopt);
  EXPECT_EQ(found().since, std::nullopt);
}

TEST_F(StrictnessTest, IsThatOfTheRunUnlessTheUserSaysAnother) {
  collected(10s, Time(5s));
  EXPECT_EQ(found().tolerance, 10s);
  EXPECT_EQ(found().since, Time(5s));
  EXPECT_EQ(found().since_of, "run.json");
  EXPECT_EQ(found(within(1ms)).tolerance, 1ms);
  EXPECT_EQ(found(within(1ms)).since, Time(5s));
}

TEST_F(StrictnessTest, AJudgeThatRepeatsComesBeforeTheRun) {
  collected(10s, Time(5s));
  verdict::JudgeOptions chosen = within(2s);
  chosen.others_out_of_scope = true;
  keep_strictness(folder(), chosen);
  EXPECT_EQ(found().tolerance, 2s);
  EXPECT_EQ(found().since, Time(5s));
  EXPECT_TRUE(found().others_out_of_scope);
  EXPECT_EQ(found().others_of, "judge.json");
  EXPECT_EQ(found().since_of, "run.json");
  EXPECT_EQ(found(chosen).others_of, "");
  EXPECT_EQ(found(within(1ms)).tolerance, 1ms);
  chosen.since = Time(7s);
  EXPECT_EQ(found(chosen).since_of, "");
  keep_strictness(folder(), chosen);
  EXPECT_EQ(found().since, Time(7s));
  EXPECT_EQ(found().since_of, "judge.json");
  keep_strictness(folder(), {});
  EXPECT_EQ(found().tolerance, 10s);
  EXPECT_FALSE(found().others_out_of_scope);
}

TEST_F(StrictnessTest, WhatCannotBeReadChoosesNothing) {
  write_file(path_ / "judge.json", R"({"format":"testigo-run"})");
  write_file(path_ / "run.json", "{}");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(found().tolerance, std::nullopt);
  EXPECT_THAT(
      ::testing::internal::GetCapturedStderr(),
      ::testing::StartsWith(
          "judge.json cannot be read (\"version\" is absent or absurd): how strict the judge that repeats was is not known\n"));
  keep_strictness(folder(), within(2s));
  EXPECT_EQ(found().tolerance, 2s);
}

TEST_F(StrictnessTest, AFolderThatTakesNothingIsTold) {
  std::filesystem::create_directories(path_ / "judge.json/within");
  ::testing::internal::CaptureStderr();
  keep_strictness(folder(), within(2s));
  keep_strictness(folder(), {});
  const std::string told = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(told, ::testing::HasSubstr("how strict this judge is could not be kept"));
  EXPECT_THAT(told, ::testing::HasSubstr("cannot take judge.json away"));
}

}  // namespace
}  // namespace testigo::run
