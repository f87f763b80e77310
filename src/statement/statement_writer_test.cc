#include "statement/statement_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "base/environment_error.h"
#include "base/rotated_files.h"
#include "statement/statement_reader.h"

namespace testigo::statement {
namespace {

using namespace std::chrono_literals;

class TickingClock final : public Clock {
 public:
  Time now() const override { return Time(1'700'000'000s); }
  Duration monotonic() const override { return ++ticks_ * 1ns; }

 private:
  mutable int ticks_ = 0;
};

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    reading = ends[0];
    writing = ends[1];
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(writing);
    close_reading();
  }

  std::string path() const { return "/proc/self/fd/" + std::to_string(writing); }
  void close_reading() { ::close(std::exchange(reading, -1)); }
  void open_reading() { reading = ::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC); }

  std::string read() const {
    char buffer[8192];
    const ssize_t got = ::read(reading, buffer, sizeof buffer);
    return {buffer, static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }

  bool is_same_as(int descriptor) const {
    struct stat ours {};
    struct stat theirs {};
    ::fstat(writing, &ours);
    return descriptor != reading && ::fstat(descriptor, &theirs) == 0 && ours.st_ino == theirs.st_ino &&
           ours.st_dev == theirs.st_dev;
  }

  int reading = -1;
  int writing = -1;
};

class WriterTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "statement_writer_test_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    file_ = folder_ / "client1.jsonl";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(file_).rdbuf();
    return text.str();
  }

  std::ptrdiff_t lines() const {
    const std::string text = content();
    return std::count(text.begin(), text.end(), '\n');
  }

  static Body started(std::uint64_t number) { return Started{{"client1", "p1", number}, "/a/b", Kind::Unary}; }

  std::filesystem::path folder_;
  std::filesystem::path file_;
  TickingClock clock_;
  const Start start_{Witness::Client, "client1", "p1", "host", 1, "127.0.0.1:1", 1s, 5s, false, false};
};

std::vector<std::uint64_t> numbers(const Testimony& testimony) {
  std::vector<std::uint64_t> found;
  for (const Line& line : testimony.lines) found.push_back(std::get<Started>(line.statement.body).id.number);
  return found;
}

std::vector<std::uint64_t> one_to(std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t number = 1; number <= last; ++number) all.push_back(number);
  return all;
}

TEST_F(WriterTest, EachStatementIsAWholeLineInTheFileBeforeWriteReturns) {
  StatementWriter writer(file_, start_, clock_);
  EXPECT_EQ(lines(), 1);
  for (std::uint64_t number = 1; number <= 3; ++number) {
    EXPECT_TRUE(writer.write(started(number)));
    EXPECT_EQ(lines(), static_cast<std::ptrdiff_t>(number + 1));
    EXPECT_TRUE(content().ends_with("}\n"));
  }
  EXPECT_TRUE(writer.end(3));
  const Reading reading = read_statements(file_);
  ASSERT_EQ(reading.testimonies.size(), 1u);
  EXPECT_EQ(reading.testimonies[0].start, start_);
  EXPECT_EQ(numbers(reading.testimonies[0]), one_to(3));
  EXPECT_TRUE(reading.testimonies[0].end);
  EXPECT_EQ(reading.damaged_lines, 0u);
}

// A pipe in packet mode: each read gives what one write(2) gave.
TEST_F(WriterTest, OneWriteCallForEachLine) {
  Pipe pipe;
  {
    StatementWriter writer(pipe.path(), start_, clock_);
    for (int other = 0; other < 1024; ++other) {
      if (other != pipe.writing && pipe.is_same_as(other)) ::fcntl(other, F_SETFL, O_DIRECT);
    }
    pipe.read();  // the start record
    EXPECT_TRUE(writer.write(started(1)));
    EXPECT_TRUE(writer.write(started(2)));
    EXPECT_TRUE(writer.end(2));
  }
  for (int line = 0; line < 3; ++line) {
    const std::string packet = pipe.read();
    EXPECT_EQ(std::count(packet.begin(), packet.end(), '\n'), 1) << packet;
    EXPECT_TRUE(packet.ends_with("}\n")) << packet;
  }
  EXPECT_EQ(pipe.read(), "");
}

TEST_F(WriterTest, OnlyTheOwnerMayReadIt) {
  const StatementWriter writer(file_, start_, clock_);
  struct stat status {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(WriterTest, AProcessFollowsAnother) {
  { StatementWriter(file_, start_, clock_).write(started(1)); }
  Start second = start_;
  second.process = "p2";
  { StatementWriter(file_, second, clock_).end(0); }
  const Reading reading = read_statements(file_);
  ASSERT_EQ(reading.testimonies.size(), 2u);
  EXPECT_FALSE(reading.testimonies[0].end);
  EXPECT_TRUE(reading.testimonies[1].end);
  EXPECT_EQ(reading.testimonies[1].start.process, "p2");
}

TEST_F(WriterTest, ATornLastLineDoesNotSwallowTheNextStartRecord) {
  { StatementWriter(file_, start_, clock_).write(started(1)); }
  std::ofstream(file_, std::ios::app) << R"({"type":"started","ti)";
  EXPECT_EQ(read_statements(file_).damaged_lines, 0u) << "a line that is not whole does not count";
  Start second = start_;
  second.process = "p2";
  { const StatementWriter writer(file_, second, clock_); }
  const Reading reading = read_statements(file_);
  ASSERT_EQ(reading.testimonies.size(), 2u);
  EXPECT_EQ(reading.damaged_lines, 1u);
  EXPECT_EQ(reading.damages.at(0).place, (Place{file_.string(), 3}));
}

TEST_F(WriterTest, RotationKeepsTheNewestAndTheReaderMergesThem) {
  {
    StatementWriter writer(file_, start_, clock_, {.bytes_max = 1000, .files_kept = 50});
    for (std::uint64_t number = 1; number <= 50; ++number) EXPECT_TRUE(writer.write(started(number)));
    EXPECT_TRUE(writer.end(50));
  }
  const Reading reading = read_statements(file_);
  EXPECT_GT(reading.files.size(), 5u);
  EXPECT_EQ(reading.files.back(), file_.string());
  for (const std::string& name : reading.files) EXPECT_LE(std::filesystem::file_size(name), 1000u) << name;
  ASSERT_EQ(reading.testimonies.size(), 1u);
  EXPECT_FALSE(reading.testimonies[0].beginning_lost);
  EXPECT_EQ(numbers(reading.testimonies[0]), one_to(50));
  EXPECT_EQ(reading.testimonies[0].end.value().file, reading.files.size() - 1);
  EXPECT_EQ(reading.place(reading.testimonies[0].first), (Place{reading.files[0], 1}));
}

TEST_F(WriterTest, WhatRotationDeletedIsTold) {
  {
    StatementWriter writer(file_, start_, clock_, {.bytes_max = 1000, .files_kept = 2});
    for (std::uint64_t number = 1; number <= 50; ++number) writer.write(started(number));
  }
  const Reading reading = read_statements(file_);
  EXPECT_EQ(reading.files.size(), 3u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 3);
  ASSERT_EQ(reading.testimonies.size(), 1u);
  EXPECT_TRUE(reading.testimonies[0].beginning_lost);
  EXPECT_TRUE(reading.testimonies[0].start.continues);
  EXPECT_EQ(numbers(reading.testimonies[0]).back(), 50u);
}

TEST_F(WriterTest, RotationFollowsNoLink) {
  std::ofstream(folder_ / "victim") << "mine";
  std::filesystem::create_symlink("victim", next_file(file_));
  std::ofstream(file_) << std::string(2000, '\n');
  { StatementWriter(file_, start_, clock_, {.bytes_max = 1000}).write(started(1)); }
  EXPECT_EQ(read_statements(file_).files.size(), 2u);
  EXPECT_FALSE(std::filesystem::is_symlink(file_));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "victim"), 4u);
}

TEST_F(WriterTest, AFullFileOfAnEarlierProcessIsRotatedFirst) {
  std::ofstream(file_) << std::string(2000, '\n');
  { StatementWriter(file_, start_, clock_, {.bytes_max = 1000}).write(started(1)); }
  const Reading reading = read_statements(file_);
  EXPECT_EQ(reading.files.size(), 2u);
  ASSERT_EQ(reading.testimonies.size(), 1u);
  EXPECT_FALSE(reading.testimonies[0].start.continues);
  EXPECT_FALSE(reading.testimonies[0].beginning_lost);
}

TEST_F(WriterTest, ABoundBelowOneLineStillKeepsEachStatement) {
  {
    StatementWriter writer(file_, start_, clock_, {.bytes_max = 1, .files_kept = 20});
    for (std::uint64_t number = 1; number <= 10; ++number) EXPECT_TRUE(writer.write(started(number)));
  }
  EXPECT_EQ(numbers(read_statements(file_).testimonies.at(0)), one_to(10));
}

TEST_F(WriterTest, AFolderThatCannotBeWrittenIsOneClearLine) {
  try {
    const StatementWriter writer(folder_ / "absent" / "x.jsonl", start_, clock_);
    FAIL() << "no error";
  } catch (const EnvironmentError& error) {
    EXPECT_NE(std::string(error.what()).find("x.jsonl: No such file or directory; give --statements"), std::string::npos)
        << error.what();
  }
  EXPECT_THROW(StatementWriter(folder_, start_, clock_), EnvironmentError);
}

TEST_F(WriterTest, TwoProcessesDoNotWriteToOneFile) {
  const StatementWriter first(file_, start_, clock_);
  const std::string before = content();
  EXPECT_THROW(StatementWriter(file_, start_, clock_, {.bytes_max = 1}), EnvironmentError);
  EXPECT_EQ(content(), before);
  EXPECT_FALSE(std::filesystem::exists(file_.string() + ".1"));
}

TEST_F(WriterTest, AFullDiskIsRefusedAndTold) { EXPECT_THROW(StatementWriter("/dev/full", start_, clock_), EnvironmentError); }

// A pipe that nobody reads refuses a line as a full disk does.
TEST_F(WriterTest, WhatWasRefusedIsDamageOfTheFile) {
  Pipe pipe;
  StatementWriter writer(pipe.path(), start_, clock_);
  std::string octets = pipe.read();
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  pipe.close_reading();
  EXPECT_FALSE(writer.write(started(1)));
  EXPECT_FALSE(writer.write(started(2)));
  pipe.open_reading();
  EXPECT_TRUE(writer.write(started(3)));
  ::signal(SIGPIPE, before);
  const Reading reading = read_statements(octets + pipe.read(), "pipe");
  EXPECT_EQ(numbers(reading.testimonies.at(0)), std::vector<std::uint64_t>{3});
  ASSERT_EQ(reading.damaged_lines, 1u);
  EXPECT_TRUE(reading.damages[0].what.starts_with("2 statements before this line were refused")) << reading.damages[0].what;
}

TEST_F(WriterTest, LinesOfSeveralThreadsDoNotMix) {
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kLines = 200;
  {
    StatementWriter writer(file_, start_, clock_, {.bytes_max = 20'000, .files_kept = 100});
    std::vector<std::thread> threads;
    for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (std::uint64_t line = 1; line <= kLines; ++line) writer.write(started(thread * kLines + line));
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(writer.end(kThreads * kLines));
  }
  const Reading reading = read_statements(file_);
  EXPECT_EQ(reading.damaged_lines, 0u);
  ASSERT_EQ(reading.testimonies.size(), 1u);
  const auto found = numbers(reading.testimonies[0]);
  EXPECT_EQ(std::set(found.begin(), found.end()).size(), kThreads * kLines);
  EXPECT_TRUE(std::ranges::is_sorted(reading.testimonies[0].lines, {}, [](const Line& line) { return line.statement.monotonic; }));
}

}  // namespace
}  // namespace testigo::statement
