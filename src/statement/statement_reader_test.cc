#include "statement/statement_reader.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace testigo::statement {
namespace {

using namespace std::chrono_literals;

std::string line(Body body) { return to_line({Time(1'700'000'000s), 1ns, std::move(body)}) + "\n"; }

std::string server_start(const std::string& process, bool continues = false) {
  return line(Start{Witness::Server, "server", process, "host", 1, "127.0.0.1:1", {}, {}, false, continues});
}

std::string client_start(const std::string& process) {
  return line(Start{Witness::Client, "client1", process, "host", 1, "127.0.0.1:1", 1s, 5s, false, false});
}

std::string received(std::uint64_t number) {
  return line(Received{{"client1", "p", number}, "/a/b", Kind::Unary, "ipv4:127.0.0.1:2"});
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(Reader, OfNothingIsNothing) {
  const Reading reading = read_statements("", "empty");
  EXPECT_TRUE(reading.testimonies.empty());
  EXPECT_EQ(reading.damaged_lines, 0u);
  EXPECT_EQ(reading.files, std::vector<std::string>{"empty"});
}

TEST(Reader, GoesOnAfterDamageAndQuotesItInert) {
  const Reading reading = read_statements(server_start("s1") + "\x1b[31mred\n" + received(1) + "{}\n" + received(2), "file");
  ASSERT_EQ(reading.testimonies.size(), 1u);
  EXPECT_EQ(reading.testimonies[0].lines.size(), 2u);
  EXPECT_EQ(reading.testimonies[0].lines[1].number, 5u);
  ASSERT_EQ(reading.damages.size(), 2u);
  EXPECT_EQ(reading.damages[0].place, (Place{"file", 2}));
  EXPECT_EQ(reading.damages[0].what, R"(not a JSON object: \x1b[31mred)");
  EXPECT_EQ(reading.damages[1].place.line, 4u);
}

TEST(Reader, ALastLineWithoutItsBreakDoesNotCount) {
  std::string octets = server_start("s1") + received(1) + received(2);
  octets.pop_back();
  const Reading reading = read_statements(octets, "file");
  EXPECT_EQ(reading.testimonies.at(0).lines.size(), 1u);
  EXPECT_EQ(reading.damaged_lines, 0u);
}

TEST(Reader, AnOverlongLineIsDamage) {
  Limits limits;
  limits.statement_line_bytes_max = server_start("s1").size();
  const Reading reading = read_statements(
      server_start("s1") + std::string(limits.statement_line_bytes_max + 1, 'x') + "\n" + received(1), "file", limits);
  EXPECT_EQ(reading.testimonies.at(0).lines.size(), 1u);
  ASSERT_EQ(reading.damages.size(), 1u);
  EXPECT_EQ(reading.damages[0].what, "longer than a statement may be");
}

TEST(Reader, KeepsAHundredDamagesAndCountsAll) {
  std::string octets;
  for (int i = 0; i < 250; ++i) octets += "x\n";
  const Reading reading = read_statements(octets, "file");
  EXPECT_EQ(reading.damages.size(), 100u);
  EXPECT_EQ(reading.damaged_lines, 250u);
}

TEST(Reader, LinesBelongToAStartRecord) {
  EXPECT_EQ(read_statements(received(1), "file").damaged_lines, 1u);
  const std::string bad_start = replaced(server_start("s2"), R"("pid":1)", R"("pid":"x")");
  const Reading reading = read_statements(server_start("s1") + received(1) + bad_start + received(2), "file");
  EXPECT_EQ(reading.damaged_lines, 2u);
  EXPECT_EQ(reading.testimonies.at(0).lines.size(), 1u)
      << "what follows a start record that cannot be read is not the process before it";
}

// Whoever put it there: it is no damage, and the verdict says what it means.
TEST(Reader, KeepsWhatItsWitnessCannotHaveWritten) {
  const auto started = [](const char* client, const char* process) {
    return line(Started{{client, process, 1}, "/a/b", Kind::Unary});
  };
  const Reading reading = read_statements(client_start("p1") + started("client1", "p1") + started("client2", "p1") +
                                              started("client1", "p2") + received(1) + line(End{1}) + received(2),
                                          "file");
  EXPECT_EQ(reading.testimonies.at(0).lines.size(), 4u);
  EXPECT_EQ(reading.testimonies.at(0).behind.size(), 1u);
  EXPECT_EQ(reading.damaged_lines, 0u);
}

TEST(Reader, MergesWhatContinues) {
  const std::string octets =
      server_start("s1") + received(1) + server_start("s1", true) + received(2) + server_start("s2") + server_start("s1", true);
  const Reading reading = read_statements(octets, "file");
  ASSERT_EQ(reading.testimonies.size(), 3u);
  EXPECT_EQ(reading.testimonies[0].lines.size(), 2u);
  EXPECT_FALSE(reading.testimonies[0].beginning_lost);
  EXPECT_TRUE(reading.testimonies[2].beginning_lost) << "its predecessor is not the testimony before it";
}

TEST(Reader, TakesEveryMinorVersionOfItsMajor) {
  const Reading reading = read_statements(replaced(server_start("s1"), "\"1.0\"", "\"1.93\"") + received(1), "file");
  EXPECT_EQ(reading.testimonies.at(0).lines.size(), 1u);
  EXPECT_EQ(reading.damaged_lines, 0u);
}

TEST(Reader, RefusesAnotherMajorVersion) {
  for (const char* version : {"\"2.0\"", "\"0.9\"", "\"12.1\""}) {
    try {
      read_statements(server_start("s1") + replaced(server_start("s2"), "\"1.0\"", version), "file");
      FAIL() << version;
    } catch (const UnknownVersion& error) {
      const std::string text = error.what();
      EXPECT_TRUE(text.starts_with("file:2: statements of format version ")) << text;
    }
  }
}

TEST(Reader, AVersionThatIsNoneIsDamage) {
  for (const char* version : {"\"\"", "\"1\"", "\"1.\"", "\"x.1\"", "\"1.0.0\"", "\"-1.0\"", "\"99999999999.0\"", "7"}) {
    EXPECT_EQ(read_statements(replaced(server_start("s1"), "\"1.0\"", version), "file").damaged_lines, 1u) << version;
  }
  EXPECT_EQ(read_statements(replaced(server_start("s1"), "testigo-statements", "other"), "file").damaged_lines, 1u);
}

class ReaderFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "statement_reader_test_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    file_ = folder_ / "server.jsonl";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& ending, const std::string& octets) { std::ofstream(file_.string() + ending) << octets; }

  std::filesystem::path folder_;
  std::filesystem::path file_;
};

TEST_F(ReaderFiles, ReadsTheOldestFirst) {
  write(".2", server_start("s1") + received(1));
  write(".1", server_start("s1", true) + received(2));
  write("", server_start("s1", true) + received(3));
  const Reading reading = read_statements(file_);
  EXPECT_EQ(reading.files, (std::vector<std::string>{file_.string() + ".2", file_.string() + ".1", file_.string()}));
  ASSERT_EQ(reading.testimonies.size(), 1u);
  ASSERT_EQ(reading.testimonies[0].lines.size(), 3u);
  EXPECT_EQ(reading.place(reading.testimonies[0].lines[2]), (Place{file_.string(), 2}));
}

TEST_F(ReaderFiles, AMissingFileInTheMiddleEndsTheHistory) {
  write(".3", server_start("s1") + received(1));
  write(".1", server_start("s1", true) + received(2));
  write("", server_start("s1", true) + received(3));
  const Reading reading = read_statements(file_);
  EXPECT_EQ(reading.files.size(), 2u);
  EXPECT_TRUE(reading.testimonies.at(0).beginning_lost);
}

TEST_F(ReaderFiles, AFileSeenUnderTwoNamesCountsOnce) {
  write("", server_start("s1") + received(1));
  std::filesystem::create_hard_link(file_, file_.string() + ".1");
  const Reading reading = read_statements(file_);
  EXPECT_EQ(reading.testimonies.at(0).lines.size(), 1u);
}

TEST_F(ReaderFiles, ACopyHasAllOfThemAndNoGap) {
  write(".2", server_start("s1") + received(1));
  write(".1", server_start("s1", true) + received(2));
  write("", server_start("s1", true) + received(3));
  const std::filesystem::path copy = folder_ / "copy.jsonl";
  StatementFile(file_).copy_to(copy);
  const Reading reading = read_statements(copy);
  EXPECT_EQ(reading.files, (std::vector<std::string>{copy.string() + ".2", copy.string() + ".1", copy.string()}));
  EXPECT_EQ(reading.testimonies.at(0).lines.size(), 3u);
  EXPECT_EQ(std::filesystem::status(copy).permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_THROW(StatementFile(file_).copy_to(copy), EnvironmentError);
}

// As it is when the newest file is renamed between two looks: it is met twice.
TEST_F(ReaderFiles, ACopyMadeWhileTheyRotateHasNoGap) {
  write("", server_start("s1", true) + received(2));
  std::filesystem::create_hard_link(file_, file_.string() + ".1");
  write(".2", server_start("s1") + received(1));
  const std::filesystem::path copy = folder_ / "copy.jsonl";
  StatementFile(file_).copy_to(copy);
  const Reading reading = read_statements(copy);
  EXPECT_EQ(reading.files, (std::vector<std::string>{copy.string() + ".1", copy.string()}));
  EXPECT_EQ(reading.testimonies.at(0).lines.size(), 2u);
  EXPECT_FALSE(reading.testimonies.at(0).beginning_lost);
}

TEST_F(ReaderFiles, WhatCannotBeReadIsAClearError) {
  EXPECT_THROW(read_statements(file_), EnvironmentError);
  EXPECT_THROW(read_statements(folder_), EnvironmentError);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_THROW(read_statements(file_), EnvironmentError);
}

TEST_F(ReaderFiles, WhereTooManyFilesAreOpenThatIsWhatIsSaid) {
  write("", server_start("s1"));
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  std::string told;
  try {
    read_statements(file_);
  } catch (const EnvironmentError& error) {
    told = error.what();
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(told, "cannot read statements from " + file_.string() + ": Too many open files; raise the limit with `ulimit -n`");
}

}  // namespace
}  // namespace testigo::statement
