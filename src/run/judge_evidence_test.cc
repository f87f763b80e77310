#include "run/judge_evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "run/descriptor_limit.h"
#include "run/testing/capture_of_calls.h"

namespace testigo::run {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class JudgeEvidenceTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_ / "statements"); }

  void state(int clients) const {
    for (int i = 1; i <= clients; ++i) {
      statement::Start start;
      start.name = fmt::format("client{}", i);
      start.process = fmt::format("p{}", i);
      const statement::CallId id{start.name, start.process, 1};
      std::string text = statement::to_line({Time{}, {}, start}) + "\n";
      text += statement::to_line({Time{}, {}, statement::Started{id, "/a/b", statement::Kind::Unary}}) + "\n";
      write_file(folder_ / "statements" / (start.name + ".jsonl"), text);
    }
  }
  verdict::Verdict judged() const { return judge_evidence(EvidenceFolder::open(folder_), {}, clock_).verdict; }

  const SystemClock clock_;
  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
};

TEST_F(JudgeEvidenceTest, MoreFilesThanMayBeOpenAreReadOneBehindTheOther) {
  constexpr int kClients = 100;
  state(kClients);
  const verdict::Verdict with_many = judged();
  rlimit old = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
  const rlimit few = {descriptor_limit() - descriptors_left() + kClients / 2, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const verdict::Verdict with_few = judged();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &old), 0);
  EXPECT_EQ(with_many.clients.size(), kClients);
  EXPECT_EQ(with_few.clients.size(), kClients);
  EXPECT_THAT(with_many.notes, Not(Contains(HasSubstr("ulimit"))));
  EXPECT_THAT(with_few.notes, Contains(HasSubstr("the files of 100 witnesses may not be open at once (`ulimit -n`)")));
}

TEST_F(JudgeEvidenceTest, ANoteNamesAFileOfTheCaptureOnce) {
  state(1);
  const std::string octets = testing::capture_of_calls(1, [](std::uint64_t number) {
    return statement::CallId{"client1", "p1", number};
  });
  const std::string damaged = octets + std::string(12, '\x01');
  const auto says_once = Contains(MatchesRegex("wire\\.pcapng: [^:]*"));
  write_file(folder_ / "wire.pcapng", damaged);
  EXPECT_THAT(judged().notes, says_once);
  write_file(folder_ / "wire.pcapng.1", octets);
  EXPECT_THAT(judged().notes, says_once);
}

}  // namespace
}  // namespace testigo::run
