#include "run/statement_tail.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "run/live_view.h"

namespace testigo::run {
namespace {

using statement::Statement;

Statement at_noon(statement::Body body) { return {*parse_rfc3339("2026-01-02T12:00:00Z"), Duration(1), std::move(body)}; }

statement::Ended ended(std::uint64_t number, int status) {
  statement::Ended made;
  made.id = {"client1", "p", number};
  made.status = status;
  made.latency = std::chrono::microseconds(412);
  made.reply = statement::Reply{"client1", number, "server"};
  return made;
}

TEST(StatementTail, CountsWholeLinesAsTheyCome) {
  const auto file = std::filesystem::path(::testing::TempDir()) / ("tail" + std::to_string(::getpid()) + ".jsonl");
  StatementTail tail(file);
  tail.poll();  // not there yet
  EXPECT_EQ(tail.counts().started, 0u);
  std::ofstream out(file);
  const std::string started = statement::to_line(at_noon(statement::Started{{"client1", "p", 1}, "/a/b", statement::Kind::Unary}));
  out << started << "\n" << statement::to_line(at_noon(ended(1, 0))).substr(0, 20) << std::flush;
  tail.poll();
  EXPECT_EQ(tail.counts().started, 1u);
  EXPECT_EQ(tail.counts().ok, 0u);
  out << statement::to_line(at_noon(ended(1, 0))).substr(20) << "\nno statement\n"
      << statement::to_line(at_noon(ended(2, 14))) << "\n"
      << std::flush;
  tail.poll();
  EXPECT_EQ(tail.counts().ok, 1u);
  EXPECT_EQ(tail.counts().failed, 1u);
  EXPECT_FALSE(tail.ended());
  out << statement::to_line(at_noon(statement::End{2})) << "\n" << std::flush;
  tail.poll();
  EXPECT_TRUE(tail.ended());

  std::vector<std::pair<std::string, StatementTail>> clients;
  clients.emplace_back("client1", std::move(tail));
  const auto lines = live_lines(clients, std::chrono::seconds(5), std::chrono::seconds(10), 40);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "  client1      ──▶ server       1 calls ");  // cut to the width of the terminal, not inside a character
  EXPECT_EQ(lines[1].substr(0, 5), "  █");
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace testigo::run
