#include "run/statements_of_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/testing/temporary_folder.h"

namespace testigo::run {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StatementsOfCallTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_ / "statements"); }

  static std::string start(const std::string& name, statement::Witness witness = statement::Witness::Client) {
    statement::Start start;
    start.witness = witness;
    start.name = name;
    start.process = "p";
    start.host = "box";
    start.address = "127.0.0.1:1";
    return line(start);
  }
  static std::string line(statement::Body body) {
    return statement::to_line({*parse_rfc3339("2026-01-02T03:04:06Z"), {}, std::move(body)}) + "\n";
  }
  static std::string started(const statement::CallId& id) { return line(statement::Started{id, "/a.B/C", statement::Kind::Unary}); }
  static std::string ended(const statement::CallId& id, const std::string& message = "") {
    return line(statement::Ended{id, 0, message, Duration(5), 1, 1, {}});
  }
  void write(const std::string& file, const std::string& text) {
    std::ofstream(folder_ / "statements" / file, std::ios::app | std::ios::binary) << text;
  }
  std::vector<FoundStatement> found(const statement::CallId& id) {
    return statements_of_call(EvidenceFolder::open(folder_), id).first;
  }
  // "client1.jsonl:2"
  std::vector<std::string> places(const statement::CallId& id) {
    std::vector<std::string> places;
    for (const FoundStatement& each : found(id)) places.push_back(each.file + ":" + std::to_string(each.line));
    return places;
  }

  const statement::CallId id_{"client1", "p", 1};
  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
};

TEST_F(StatementsOfCallTest, AreThoseOfAllWitnesses) {
  write("client1.jsonl", start("client1") + started(id_) + started({"client1", "p", 2}) + ended(id_));
  write("server.jsonl", start("server", statement::Witness::Server) +
                            line(statement::Received{id_, "/a.B/C", statement::Kind::Unary, "ipv4:1.2.3.4:5"}) + ended(id_));
  const auto all = found(id_);
  ASSERT_THAT(all, SizeIs(4));
  EXPECT_THAT(places(id_), ElementsAre("statements/client1.jsonl:2", "statements/client1.jsonl:4", "statements/server.jsonl:2",
                                       "statements/server.jsonl:3"));
  EXPECT_EQ(all[0].by.name, "client1");
  EXPECT_EQ(all[2].by.witness, statement::Witness::Server);
  EXPECT_EQ(std::get<statement::Received>(all[2].statement.body).peer, "ipv4:1.2.3.4:5");
}

TEST_F(StatementsOfCallTest, NotThoseOfAnIdThatBeginsOrEndsAlike) {
  write("client1.jsonl", start("client1") + started({"client1", "p", 11}) + started({"client1", "p", 10}) +
                             started({"xclient1", "p", 1}) + started({"client1", "pp", 1}) + started({"client", "1-p", 1}) +
                             ended({"client1", "p", 12}, "it is \"client1/p/1\" that failed"));
  EXPECT_THAT(found(id_), IsEmpty());
  write("client1.jsonl", started(id_));
  EXPECT_THAT(places(id_), ElementsAre("statements/client1.jsonl:8"));
  EXPECT_THAT(places({"client1", "p", 11}), ElementsAre("statements/client1.jsonl:2"));
}

TEST_F(StatementsOfCallTest, RotatedFilesComeBeforeTheNewest) {
  write("client1.jsonl.2", start("client1") + started(id_));
  write("client1.jsonl.1", start("client1") + started({"client1", "p", 2}));
  write("client1.jsonl", start("client1") + ended({"client1", "p", 2}) + ended(id_));
  EXPECT_THAT(places(id_), ElementsAre("statements/client1.jsonl.2:2", "statements/client1.jsonl:3"));
}

TEST_F(StatementsOfCallTest, OfAFileThatIsNoStatementsNothing) {
  write("a.jsonl", std::string(300'000, '\0') + "\n");
  write("b.jsonl", "{\"id\":\"client1/p/1\"}\n\"client1/p/1\"\nnonsense \"start\" \"client1/p/1\"\n");
  write("c.jsonl", started(id_));  // nobody's
  write("d.jsonl", start("client1") + started(id_).substr(0, 30));
  std::filesystem::create_directory(folder_ / "statements/e.jsonl");
  ASSERT_EQ(::mkfifo((folder_ / "statements/f.jsonl").c_str(), 0600), 0);
  EXPECT_THAT(found(id_), IsEmpty());
}

TEST_F(StatementsOfCallTest, ALineThatIsTooLongIsPassedOver) {
  write("client1.jsonl", start("client1") + std::string(200'000, 'x') + "\n\n" + started(id_) + ended(id_).substr(0, 10));
  EXPECT_THAT(places(id_), ElementsAre("statements/client1.jsonl:4"));
  EXPECT_THAT(found(id_), SizeIs(1));
}

TEST_F(StatementsOfCallTest, TheLastLineNeedsNoEnd) {
  std::string last = started(id_);
  last.pop_back();
  write("client1.jsonl", start("client1") + last);
  EXPECT_THAT(places(id_), ElementsAre("statements/client1.jsonl:2"));
}

TEST_F(StatementsOfCallTest, EscapesAreTheSameText) {
  std::string escaped = started(id_);
  escaped.replace(escaped.find("client1/p"), 9, "client1\\/\\u0070");
  write("client1.jsonl", start("client1") + escaped);
  EXPECT_THAT(places(id_), ElementsAre("statements/client1.jsonl:2"));
}

TEST_F(StatementsOfCallTest, AreAHundredAtMost) {
  std::string text = start("client1");
  for (int i = 0; i < 300; ++i) text += ended(id_);
  write("client1.jsonl", text);
  EXPECT_THAT(found(id_), SizeIs(kStatementsOfCallMax));
  EXPECT_EQ(statements_of_call(EvidenceFolder::open(folder_), id_).left_out, 200u);
}

}  // namespace
}  // namespace testigo::run
