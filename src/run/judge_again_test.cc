#include "run/judge_again.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "run/testing/capture_of_calls.h"

namespace testigo::run {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using verdict::Outcome;

constexpr Time kLater(std::chrono::seconds(2'000'000'000));

// Packets as a section of their own, which may stand behind any other.
std::string section_of(const std::vector<std::string>& packets) {
  std::vector<std::byte> file;
  capture::PcapngWriter writer(file, {}, static_cast<std::uint16_t>(capture::LinkType::Raw));
  for (const std::string& hex : packets) {
    const auto octets = from_hex(hex);
    writer.packet(kLater, octets, octets.size(), {});
  }
  writer.end();
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

class JudgeAgainTest : public ::testing::TestWithParam<const char*> {
 protected:
  // Of a run of this command that left this capture, and noted this.
  verdict::Verdict judged(const std::string& capture, std::vector<std::string> notes = {}) const {
    RunRecord record;
    record.command = GetParam();
    record.finished = true;
    record.notes = std::move(notes);
    write_file(temporary_.path() / "wire.pcapng", capture);
    write_run_record(temporary_.path() / "run.json", record);
    return judge_again(EvidenceFolder::open(temporary_.path()), {}, clock_, {}).verdict;
  }

  const SystemClock clock_;
  const testigo::testing::TemporaryFolder temporary_;
  const std::string calls_ = testing::capture_of_calls(3, [](std::uint64_t number) {
    return statement::CallId{"client1", "aa", number};
  });
  const std::string esp_ = section_of({"45000020 0001 0000 40 32 0000 0a000001 0a000002 00000001 00000001 00000000"});
  const std::string cut_ = section_of({"45000028 0001 0000 40 06 0000 0a000001 0a000002 c351"});
};

TEST_P(JudgeAgainTest, OfWhatWasSeenWholeThereIsNothingToTell) {
  const verdict::Verdict verdict = judged(calls_);
  EXPECT_EQ(verdict.outcome, Outcome::Proven);
  EXPECT_THAT(verdict.notes, IsEmpty());
}

TEST_P(JudgeAgainTest, WhatCouldNotBeReadLeavesItOpen) {
  const verdict::Verdict verdict = judged(calls_ + cut_);
  EXPECT_EQ(verdict.outcome, Outcome::Inconclusive);
  EXPECT_THAT(verdict.claims.front().because, HasSubstr("1 packet could not be read"));
}

TEST_P(JudgeAgainTest, WhatIsNotReadIsToldOnce) {
  const std::vector<std::string> notes = judged(calls_ + esp_).notes;
  EXPECT_THAT(notes, ElementsAre(HasSubstr("1 packet of IPsec ESP (encrypted) was not read"), HasSubstr("nobody listened")));
  EXPECT_EQ(judged(calls_ + esp_, notes).notes, notes);
}

TEST_P(JudgeAgainTest, AFileWithoutItsEndIsTold) {
  EXPECT_THAT(judged(calls_.substr(0, calls_.size() - 3)).notes, Contains(HasSubstr("the capture ends inside a packet")));
}

INSTANTIATE_TEST_SUITE_P(OfEach, JudgeAgainTest, ::testing::Values("watch", "tap"),
                         [](const auto& of) { return std::string(of.param); });

}  // namespace
}  // namespace testigo::run
