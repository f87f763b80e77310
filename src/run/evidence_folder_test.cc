#include "run/evidence_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/environment_error.h"
#include "base/testing/temporary_folder.h"
#include "capture/capture_writer.h"

namespace testigo::run {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class EvidenceFolderTest : public ::testing::Test {
 protected:
  static std::string complaint_about(const std::filesystem::path& folder) {
    try {
      EvidenceFolder::open(folder);
    } catch (const EnvironmentError& error) {
      return error.what();
    }
    return {};
  }

  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path parent_ = temporary_.path();
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
  EXPECT_THAT(complaint_about(parent_ / "file"), HasSubstr("is no folder"));
}

TEST_F(EvidenceFolderTest, OneWithoutEvidenceIsRefusedAndTheNewestRunInItNamed) {
  EXPECT_THAT(complaint_about(parent_), HasSubstr("neither statements/ nor wire.pcapng"));
  EXPECT_THAT(complaint_about(parent_), Not(HasSubstr("perhaps")));
  for (const char* when : {"2026-01-02T03:04:05Z", "2026-02-02T03:04:05Z", "2025-01-02T03:04:05Z"}) {
    EvidenceFolder::create(parent_, "verify", *parse_rfc3339(when));
  }
  std::filesystem::create_directories(parent_ / "zz-no-run");
  EXPECT_THAT(complaint_about(parent_), HasSubstr("perhaps " + (parent_ / "20260202T030405Z-verify").string()));
}

TEST_F(EvidenceFolderTest, TheNewestIsTheRunOfTheLatestTime) {
  EXPECT_EQ(EvidenceFolder::newest(parent_), std::nullopt);
  EXPECT_EQ(EvidenceFolder::newest(parent_ / "missing"), std::nullopt);
  EvidenceFolder::share(parent_ / "shared");
  EXPECT_EQ(EvidenceFolder::newest(parent_), parent_ / "shared");
  for (const char* when : {"2026-02-02T03:04:05Z", "2025-01-02T03:04:05Z"}) {
    EvidenceFolder::create(parent_, "verify", *parse_rfc3339(when));
  }
  std::filesystem::create_directories(parent_ / "old" / "20260302T030405Z-verify" / "statements");
  std::filesystem::create_directories(parent_ / "20260402T030405Z-notes");
  std::ofstream(parent_ / "20260502T030405Z.txt") << "of somebody";
  EXPECT_EQ(EvidenceFolder::newest(parent_), parent_ / "20260202T030405Z-verify");
}

TEST_F(EvidenceFolderTest, WhatIsWantedIsSaidInTheWordsOfTheCommand) {
  std::filesystem::create_directories(parent_ / "empty");
  for (const auto& folder : {parent_ / "empty", parent_ / "missing"}) {
    try {
      EvidenceFolder::open(folder, "show wants a capture, or the folder of a run");
      FAIL() << folder;
    } catch (const EnvironmentError& error) {
      EXPECT_THAT(error.what(), HasSubstr("; show wants a capture, or the folder of a run"));
      EXPECT_THAT(error.what(), Not(HasSubstr("--evidence")));
    }
  }
}

TEST_F(EvidenceFolderTest, OneThatCannotBeReadIsRefused) {
  std::filesystem::create_symlink("statements", parent_ / "statements");  // not even root can follow it
  EXPECT_THAT(complaint_about(parent_), HasSubstr("cannot read " + (parent_ / "statements").string()));
}

// What only hears that there was a capture.
class Nobody final : public tcp::ConnectionSink {
  void on_opened(const tcp::ConnectionOpened&) override {}
  void on_chunk(tcp::ConnectionNumber, const Chunk&) override {}
  void on_closing(const tcp::ConnectionClosing&) override {}
  void on_end() override {}
};

TEST_F(EvidenceFolderTest, IsTakenBackWhenNothingWasCollected) {
  Nobody nobody;
  const EvidenceFolder folder = EvidenceFolder::create(parent_ / "new", "verify", now_);
  capture::CaptureWriter(folder.capture(), nobody).on_end();
  std::ofstream(folder.statements() / "client1.jsonl").flush();
  std::ofstream(folder.logs() / "server.log") << "why it did not start";
  std::ofstream(folder.lock()) << "held";
  folder.discard_if_empty();
  EXPECT_FALSE(std::filesystem::exists(parent_ / "new"));
  EXPECT_TRUE(std::filesystem::exists(parent_));  // was there before
}

TEST_F(EvidenceFolderTest, StaysWithWhatWasCollectedOrPutThere) {
  const EvidenceFolder statements = EvidenceFolder::create(parent_ / "new", "verify", now_);
  std::ofstream(statements.statements() / "client1.jsonl") << "{";
  statements.discard_if_empty();
  EXPECT_TRUE(std::filesystem::exists(statements.statements() / "client1.jsonl"));

  Nobody nobody;
  const EvidenceFolder packets = EvidenceFolder::create(parent_ / "new", "verify", now_);
  {
    capture::CaptureWriter writer(packets.capture(), nobody);
    writer.on_opened({1, now_, {"127.0.0.1", 1}, {"127.0.0.1", 2}, true, 0});
  }
  packets.discard_if_empty();
  EXPECT_TRUE(std::filesystem::exists(packets.capture()));

  const EvidenceFolder foreign = EvidenceFolder::create(parent_ / "new", "verify", now_);
  std::ofstream(foreign.path() / "notes.txt") << "of somebody else";
  foreign.discard_if_empty();
  EXPECT_TRUE(std::filesystem::exists(foreign.path() / "notes.txt"));
}

}  // namespace
}  // namespace testigo::run
