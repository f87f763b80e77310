#include "run/silence.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <optional>

#include "base/testing/temporary_folder.h"
#include "run/run_lock.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

class HeldClock final : public Clock {
 public:
  Time now() const override { return *parse_rfc3339("2026-01-02T03:04:05Z") + since_; }
  Duration monotonic() const override { return since_; }
  void advance(Duration by) { since_ += by; }

 private:
  Duration since_{};
};

class SilenceTest : public ::testing::Test {
 protected:
  SilenceTest() { write("{}\n"); }

  std::filesystem::path statements() const { return folder_.statements() / "client1.jsonl"; }
  void write(std::string_view text) const { std::ofstream(statements(), std::ios::app) << text; }
  void all_written_at(Time time) const {
    for (const auto& path : {statements(), folder_.path()}) {
      std::filesystem::last_write_time(path, std::chrono::file_clock::from_sys(time));
    }
  }

  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path parent_ = temporary_.path();
  const EvidenceFolder folder_ = EvidenceFolder::create(parent_, "watch", *parse_rfc3339("2026-01-02T03:04:05Z"));
  HeldClock clock_;
};

TEST_F(SilenceTest, WhatIsOldIsSilentAtOnce) {
  all_written_at(clock_.now() - 11s);
  EXPECT_TRUE(Silence(folder_, clock_).look());
}

TEST_F(SilenceTest, ACopyIsSilentAfterAWhile) {
  for (const Duration ago : {Duration(1s), Duration(-24h)}) {
    all_written_at(clock_.now() - ago);
    Silence silence(folder_, clock_);
    EXPECT_FALSE(silence.look());
    clock_.advance(Silence::kLongEnough + 1ms);
    EXPECT_TRUE(silence.look());
    clock_.advance(1h);
    EXPECT_TRUE(silence.look());
  }
}

TEST_F(SilenceTest, WhatIsWrittenMeanwhileGoesOn) {
  all_written_at(clock_.now() - 1s);
  Silence silence(folder_, clock_);
  all_written_at(clock_.now());
  for (int i = 0; i < 3; ++i) {
    clock_.advance(Silence::kLongEnough + 1ms);
    EXPECT_FALSE(silence.look()) << "a pause between two calls";
  }
}

TEST_F(SilenceTest, WhoIsThereMayWriteYet) {
  const RunLock lock(folder_);
  all_written_at(clock_.now() - 1h);
  Silence silence(folder_, clock_);
  EXPECT_FALSE(silence.look());
  clock_.advance(Silence::kLongEnough + 1ms);
  EXPECT_FALSE(silence.look());
}

}  // namespace
}  // namespace testigo::run
