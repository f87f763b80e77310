#include "run/statement_follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "statement/statement.h"

namespace testigo::run {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class StatementFollowerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / ("follower" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static std::string start(const std::string& name) {
    statement::Start start;
    start.name = name;
    start.process = "p";
    start.host = "box";
    start.address = "127.0.0.1:1";
    return statement::to_line({*parse_rfc3339("2026-01-02T03:04:05Z"), {}, start}) + "\n";
  }
  static std::string started(const std::string& name, std::uint64_t number) {
    return statement::to_line({*parse_rfc3339("2026-01-02T03:04:06Z"),
                               {},
                               statement::Started{{name, "p", number}, "/a.B/C", statement::Kind::Unary}}) +
           "\n";
  }
  void write(const std::string& file, const std::string& text) { std::ofstream(folder_ / file, std::ios::app) << text; }

  std::vector<std::string> heard_;
  std::filesystem::path folder_;
  StatementFollower::Hear hear_ = [this](const HeardStatement& heard) {
    const auto* started = std::get_if<statement::Started>(&heard.statement.body);
    heard_.push_back(started == nullptr ? heard.by.name : statement::to_text(started->id));
  };
};

TEST_F(StatementFollowerTest, TellsWholeLinesAsTheyCome) {
  const std::string line = started("client1", 1);
  write("client1.jsonl", start("client1") + line.substr(0, 20));
  StatementFollower follower(folder_, hear_);
  EXPECT_TRUE(follower.poll());
  EXPECT_THAT(heard_, ElementsAre("client1"));
  EXPECT_FALSE(follower.poll());
  write("client1.jsonl", line.substr(20));
  EXPECT_TRUE(follower.poll());
  EXPECT_THAT(heard_, ElementsAre("client1", "client1/p/1"));
}

TEST_F(StatementFollowerTest, FindsFilesThatComeLater) {
  StatementFollower follower(folder_, hear_);
  EXPECT_FALSE(follower.poll());
  write("client2.jsonl", start("client2"));
  write("client1.jsonl", start("client1"));
  write("notes.txt", start("nobody"));
  follower.poll();
  EXPECT_THAT(heard_, UnorderedElementsAre("client1", "client2"));
}

TEST_F(StatementFollowerTest, FollowsRotation) {
  write("client1.jsonl", start("client1"));
  StatementFollower follower(folder_, hear_);
  follower.poll();
  write("client1.jsonl", started("client1", 1));
  std::filesystem::rename(folder_ / "client1.jsonl", folder_ / "client1.jsonl.1");
  write("client1.jsonl", start("client1") + started("client1", 2));
  follower.poll();
  EXPECT_THAT(heard_, ElementsAre("client1", "client1/p/1", "client1", "client1/p/2"));
}

TEST_F(StatementFollowerTest, PassesOverWhatCannotBeRead) {
  write("client1.jsonl",
        started("client1", 1) + "{}\nnonsense\n" + std::string(100'000, 'x') + "\n" + start("client1") + started("client1", 2));
  StatementFollower follower(folder_, hear_);
  follower.poll();
  EXPECT_THAT(heard_, ElementsAre("client1", "client1/p/2"));
}

TEST(StatementFollowerWithoutFolder, HearsNothing) {
  StatementFollower follower("/no/such/folder", [](const HeardStatement&) { FAIL(); });
  EXPECT_FALSE(follower.poll());
}

}  // namespace
}  // namespace testigo::run
