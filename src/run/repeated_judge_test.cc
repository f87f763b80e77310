#include "run/repeated_judge.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/environment_error.h"
#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "statement/statement.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

std::string line(Duration at, statement::Body body) { return statement::to_line({Time{} + at, at, std::move(body)}) + "\n"; }

std::string client(Duration last, bool ended = false) {
  statement::Start start;
  start.name = "client1";
  start.process = "p1";
  std::string text = line(100s, start);
  text += line(100s + last, statement::Started{{"client1", "p1", 1}, "/a/b", statement::Kind::Unary});
  if (ended) text += line(100s + last, statement::End{1});
  return text;
}

class RepeatedJudgeTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_ / "statements"); }

  void state(const std::string& name, const std::string& text) { write_file(folder_ / "statements" / name, text); }
  bool covers(Duration time) { return statements_cover(EvidenceFolder::open(folder_), time); }

  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
  SystemClock clock_;
};

TEST_F(RepeatedJudgeTest, EveryClientMustCoverTheTime) {
  EXPECT_FALSE(covers(0s));
  state("client1.jsonl", client(15s));
  EXPECT_TRUE(covers(15s));
  EXPECT_FALSE(covers(16s));
  state("client2.jsonl", client(3s));
  EXPECT_FALSE(covers(15s));
  state("client2.jsonl", client(3s, true));
  EXPECT_TRUE(covers(15s));
}

TEST_F(RepeatedJudgeTest, OnlyOneRepeats) {
  state("client1.jsonl", client(1s));
  int outer = 0, inner = 0, standing = 0;
  const auto stands = [&](const EvidenceFolder&) { ++standing; };
  const auto judge_within = [&](const EvidenceFolder&) {
    if (++outer == 3) throw std::runtime_error("enough");
    return judge_repeatedly(folder_, {0s, 1ms, stands}, clock_, [&](const EvidenceFolder&) { return ++inner; });
  };
  EXPECT_THROW(judge_repeatedly(folder_, {0s, 1ms, stands}, clock_, judge_within), std::runtime_error);
  EXPECT_EQ(outer, 3);
  EXPECT_EQ(standing, 3);  // of those within, none
  EXPECT_EQ(inner, 2);     // each time once
}

TEST_F(RepeatedJudgeTest, TroubleEndsASingleVerdictOnly) {
  state("client1.jsonl", client(1s));
  int times = 0;
  const auto judge = [&](const EvidenceFolder&) -> int {
    if (++times == 3) throw std::runtime_error("enough");
    throw EnvironmentError("a file that rotated away");
  };
  EXPECT_THROW(judge_repeatedly(folder_, {}, clock_, judge), EnvironmentError);
  times = 0;
  EXPECT_THROW(judge_repeatedly(folder_, {0s, 1ms}, clock_, judge), std::runtime_error);
}

}  // namespace
}  // namespace testigo::run
