#include "run/watch_lock.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/environment_error.h"

namespace testigo::run {
namespace {

class WatchLockTest : public testing::Test {
 protected:
  WatchLockTest() {
    std::string name = (std::filesystem::temp_directory_path() / "testigo-watch-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~WatchLockTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(WatchLockTest, NobodyListensInAFolderThatNoWatchHolds) {
  EXPECT_FALSE(is_listening(folder_));
  EXPECT_FALSE(is_listening(folder_ / "missing"));
}

TEST_F(WatchLockTest, WhoHoldsItListensOnceItSaysSo) {
  WatchLock lock(folder_);
  EXPECT_FALSE(is_listening(folder_));
  lock.listening();
  EXPECT_TRUE(is_listening(folder_));
}

TEST_F(WatchLockTest, ASecondWatchIsRefused) {
  const WatchLock lock(folder_);
  EXPECT_THROW(WatchLock another(folder_), EnvironmentError);
}

TEST_F(WatchLockTest, WhatAnEndedWatchSaidDoesNotCount) {
  {
    WatchLock ended(folder_);
    ended.listening();
  }
  EXPECT_FALSE(is_listening(folder_));
  const WatchLock next(folder_);
  EXPECT_FALSE(is_listening(folder_));
}

TEST_F(WatchLockTest, APipeOfItsNameKeepsNobodyWaiting) {
  ASSERT_EQ(::mkfifo((folder_ / "watch.lock").c_str(), 0600), 0);
  EXPECT_FALSE(is_listening(folder_));
}

TEST_F(WatchLockTest, AFolderThatIsNotThereIsAnError) { EXPECT_THROW(WatchLock lock(folder_ / "missing"), EnvironmentError); }

}  // namespace
}  // namespace testigo::run
