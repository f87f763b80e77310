#include "run/evidence_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/environment_error.h"

namespace testigo::run {
namespace {

class EvidenceFolderTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(parent_); }
  void TearDown() override { std::filesystem::remove_all(parent_); }

  const std::filesystem::path parent_ = std::filesystem::path(::testing::TempDir()) / ("evidence" + std::to_string(::getpid()));
  const Time now_ = *parse_rfc3339("2026-01-02T03:04:05.6Z");
};

TEST_F(EvidenceFolderTest, IsNamedByTimeAndRunAndIsPrivate) {
  const EvidenceFolder folder = EvidenceFolder::create(parent_, "verify", now_);
  EXPECT_EQ(folder.path(), parent_ / "20260102T030405Z-verify");
  EXPECT_TRUE(std::filesystem::is_directory(folder.statements()));
  EXPECT_EQ(std::filesystem::status(folder.path()).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(EvidenceFolderTest, RunsOfOneSecondDoNotMeet) {
  const EvidenceFolder first = EvidenceFolder::create(parent_, "verify", now_);
  const EvidenceFolder second = EvidenceFolder::create(parent_, "verify", now_);
  EXPECT_EQ(second.path(), parent_ / "20260102T030405Z-verify-2");
  EXPECT_NE(first.path(), second.path());
}

TEST_F(EvidenceFolderTest, SaysWhatToDoWhereItCannotBe) {
  std::ofstream(parent_ / "file") << "in the way";
  try {
    EvidenceFolder::create(parent_ / "file" / "below", "verify", now_);
    FAIL();
  } catch (const EnvironmentError& error) {
    EXPECT_NE(std::string(error.what()).find("--out DIR"), std::string::npos) << error.what();
  }
  EXPECT_THROW(EvidenceFolder::open(parent_ / "file"), EnvironmentError);
}

}  // namespace
}  // namespace testigo::run
