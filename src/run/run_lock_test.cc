#include "run/run_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>

#include "base/testing/temporary_folder.h"

namespace testigo::run {
namespace {

class RunLockTest : public ::testing::Test {
 protected:
  void note(bool finished) const {
    RunRecord record;
    record.command = "verify";
    record.finished = finished;
    write_run_record(folder_.record(), record);
  }

  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path parent_ = temporary_.path();
  const EvidenceFolder folder_ = EvidenceFolder::create(parent_, "verify", *parse_rfc3339("2026-01-02T03:04:05Z"));
};

TEST_F(RunLockTest, WithoutOneNothingIsKnown) {
  EXPECT_EQ(run_process(folder_), RunProcess::NotKnown);
  EXPECT_FALSE(was_cut_short(folder_));
}

TEST_F(RunLockTest, ItIsHeldUntilItsHolderEnds) {
  std::optional<RunLock> lock(std::in_place, folder_);
  EXPECT_EQ(run_process(folder_), RunProcess::There);
  EXPECT_FALSE(was_cut_short(folder_));
  note(false);
  lock.reset();
  EXPECT_EQ(run_process(folder_), RunProcess::Gone);
  EXPECT_TRUE(was_cut_short(folder_));
  std::filesystem::remove(folder_.record());
  EXPECT_TRUE(was_cut_short(folder_)) << "it was too short to note anything";
  note(true);
  EXPECT_FALSE(was_cut_short(folder_)) << "it came to its end";
}

TEST_F(RunLockTest, ARunThatEndsLeavesNone) {
  {
    const RunLock lock(folder_);
    note(true);
    EXPECT_EQ(run_process(folder_), RunProcess::There);
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.lock()));
  EXPECT_EQ(run_process(folder_), RunProcess::NotKnown);
}

TEST_F(RunLockTest, AKilledProcessHoldsItNoMore) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const RunLock lock(folder_);
    [[maybe_unused]] const ssize_t told = ::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char octet = 0;
  ASSERT_EQ(::read(ready[0], &octet, 1), 1);
  EXPECT_EQ(run_process(folder_), RunProcess::There) << "seen from another process";
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(run_process(folder_), RunProcess::Gone);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(RunLockTest, OfACopyNothingIsConcluded) {
  const RunLock lock(folder_);
  std::filesystem::copy(folder_.path(), parent_ / "copy", std::filesystem::copy_options::recursive);
  const EvidenceFolder copy = EvidenceFolder::open(parent_ / "copy");
  EXPECT_TRUE(std::filesystem::exists(copy.lock()));
  EXPECT_EQ(run_process(copy), RunProcess::NotKnown);
  EXPECT_FALSE(was_cut_short(copy));
}

TEST_F(RunLockTest, OfAnotherKernelNothingIsConcluded) {
  { const RunLock lock(folder_); }
  ASSERT_EQ(run_process(folder_), RunProcess::Gone);
  std::string text;
  std::getline(std::ifstream(folder_.lock()), text);
  text[5] = text[5] == '0' ? '1' : '0';  // of the boot id
  std::ofstream(folder_.lock()) << text << '\n';
  EXPECT_EQ(run_process(folder_), RunProcess::NotKnown);
  std::ofstream(folder_.lock()).flush();  // one that was just made
  EXPECT_EQ(run_process(folder_), RunProcess::NotKnown);
}

TEST_F(RunLockTest, WhereThereIsOneAlreadyItIsNotTouched) {
  std::ofstream(folder_.lock()) << "somebody's";
  {
    const RunLock lock(folder_);
    note(true);
  }
  std::string text;
  std::getline(std::ifstream(folder_.lock()), text);
  EXPECT_EQ(text, "somebody's");
}

}  // namespace
}  // namespace testigo::run
