#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "base/environment_error.h"
#include "base/testing/temporary_folder.h"

namespace testigo {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class FileTest : public ::testing::Test {
 protected:
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) names.push_back(entry.path().filename().string());
    return names;
  }

  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
  const std::filesystem::path file_ = folder_ / "report.json";
};

TEST_F(FileTest, IsReplacedWholeAndPrivate) {
  write_file(file_, "a longer text");
  write_file(file_, "a text");
  EXPECT_EQ(read_file(file_, 100), "a text");
  EXPECT_EQ(std::filesystem::status(file_).permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_THAT(names(), ElementsAre("report.json"));
}

TEST_F(FileTest, NothingInTheFolderIsWrittenThrough) {
  write_file(folder_ / "victim", "mine");
  std::filesystem::create_symlink("victim", folder_ / "report.json.new");
  std::filesystem::create_symlink("victim", file_);
  ASSERT_EQ(::mkfifo((folder_ / "report.txt.new").c_str(), 0600), 0);  // a writer of it would wait for ever
  write_file(file_, "theirs");
  write_file(folder_ / "report.txt", "theirs");
  EXPECT_EQ(read_file(folder_ / "victim", 100), "mine");
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "report.json.new"));
  EXPECT_FALSE(std::filesystem::is_symlink(file_));
  EXPECT_EQ(read_file(file_, 100), "theirs");
}

TEST_F(FileTest, SeveralWritersDoNotMeet) {
  constexpr std::size_t kOctets = 300'000;
  std::vector<std::thread> writers;
  for (const char letter : {'a', 'b', 'c', 'd'}) {
    writers.emplace_back([this, letter] {
      for (int i = 0; i < 25; ++i) {
        EXPECT_NO_THROW(write_file(file_, std::string(kOctets, letter)));
        const std::string content = read_file(file_, kOctets);
        EXPECT_EQ(content, std::string(kOctets, content.front()));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_THAT(names(), ElementsAre("report.json"));
}

TEST_F(FileTest, WhatCannotBeWrittenLeavesTheOldOneAndNothingBeside) {
  write_file(file_, "old");
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const rlimit small = {1000, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THROW(write_file(file_, std::string(2000, 'x')), EnvironmentError);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, old_handler);
  std::filesystem::create_directory(folder_ / "in the way");
  EXPECT_THROW(write_file(folder_ / "in the way", "x"), EnvironmentError);
  EXPECT_THROW(write_file(folder_ / "missing" / "x", "x"), EnvironmentError);
  EXPECT_EQ(read_file(file_, 100), "old");
  EXPECT_THAT(names(), UnorderedElementsAre("report.json", "in the way"));
}

TEST_F(FileTest, WhatAKilledWriterLeftIsTakenAwayAnHourLater) {
  const auto left = [this](const std::string& name, std::chrono::minutes ago) {
    write_file(folder_ / name, "half");
    std::filesystem::last_write_time(folder_ / name, std::filesystem::file_time_type::clock::now() - ago);
  };
  left("report.json.0123456789abcdef.new", 61min);
  left("report.json.1123456789abcdef.new", 59min);  // somebody may be writing it
  left("report.txt.0123456789abcdef.new", 61min);   // of another file
  left("report.json.new", 61min);
  left("report.json.0123456789abcdeg.new", 61min);
  write_file(file_, "whole");
  EXPECT_THAT(names(), UnorderedElementsAre("report.json", "report.json.1123456789abcdef.new", "report.txt.0123456789abcdef.new",
                                            "report.json.new", "report.json.0123456789abcdeg.new"));
}

}  // namespace
}  // namespace testigo
