#include "run/statement_follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/testing/temporary_folder.h"
#include "statement/statement.h"

namespace testigo::run {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class StatementFollowerTest : public ::testing::Test {
 protected:
  static std::string start(const std::string& name, bool continues = false) {
    statement::Start start;
    start.continues = continues;
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
  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
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

TEST_F(StatementFollowerTest, CountsWhatItPassesOver) {
  StatementFollower follower(folder_, hear_, {}, 2);
  for (const char* name : {"client1", "client2"}) write(name + std::string(".jsonl"), start(name));
  follower.poll();
  EXPECT_EQ(follower.passed_over(), 0u);
  for (const char* name : {"client3", "client4", "client5"}) write(name + std::string(".jsonl"), start(name));
  follower.poll();
  EXPECT_EQ(follower.passed_over(), 3u);
  EXPECT_THAT(heard_, UnorderedElementsAre("client1", "client2"));
  std::filesystem::remove(folder_ / "client3.jsonl");
  follower.poll();
  EXPECT_EQ(follower.passed_over(), 2u);
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

TEST_F(StatementFollowerTest, ALongLineThatAFileEndsInHidesNothingOfTheNext) {
  write("client1.jsonl.1", start("client1") + std::string(100'000, 'x'));
  write("client1.jsonl", start("client1", true) + started("client1", 1));
  StatementFollower follower(folder_, hear_);
  follower.poll();
  EXPECT_THAT(heard_, ElementsAre("client1", "client1", "client1/p/1"));
}

// As whoever reads the files when all is over says it.
TEST_F(StatementFollowerTest, TellsWhereALineStands) {
  const std::string end = statement::to_line({*parse_rfc3339("2026-01-02T03:04:07Z"), {}, statement::End{1}}) + "\n";
  write("a.jsonl", start("client1") + "\nnonsense\n" + started("client1", 1));
  std::vector<std::string> places;
  StatementFollower follower(folder_, [&](const HeardStatement& heard) {
    places.push_back(
        fmt::format("{}/{}{} {}:{}", heard.testimony, heard.seq, heard.behind ? " behind" : "", heard.file, heard.line));
  });
  follower.poll();
  std::filesystem::rename(folder_ / "a.jsonl", folder_ / "a.jsonl.1");
  write("a.jsonl",
        start("client1", true) + started("client1", 2) + end + started("client1", 3) + start("client1") + started("client1", 1));
  write("b.jsonl", start("client2", true) + started("client2", 7));
  follower.poll();
  EXPECT_THAT(places, ElementsAre("1/1 a.jsonl:1", "1/2 a.jsonl:4", "1/0 a.jsonl:1", "1/3 a.jsonl:2", "1/4 a.jsonl:3",
                                  "1/5 behind a.jsonl:4", "2/1 a.jsonl:5", "2/2 a.jsonl:6", "3/1 b.jsonl:1", "3/2 b.jsonl:2"));
}

TEST(StatementFollowerWithoutFolder, HearsNothing) {
  StatementFollower follower("/no/such/folder", [](const HeardStatement&) { FAIL(); });
  EXPECT_FALSE(follower.poll());
}

}  // namespace
}  // namespace testigo::run
