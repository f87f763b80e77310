#include "run/evidence_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/random_id.h"
#include "call/testing/conversation.h"
#include "capture/testing/capture_octets.h"
#include "ledger/reader.h"
#include "report/page.h"
#include "report/verdict_json.h"
#include "run/index_evidence.h"
#include "run/judge_evidence.h"
#include "run/run_record.h"
#include "run/testing/written_segments.h"
#include "statement/statement_writer.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;
using call::testing::request_fields;
using call::testing::trailer_fields;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kCalls = 20;
constexpr std::uint64_t kFails = 7;  // this one, and the server states another status than it gave

// That of the conversation: a millisecond from one statement to the next.
class ConversationClock final : public Clock {
 public:
  Time now() const override { return Time(std::chrono::seconds(1'700'000'000)) + monotonic(); }
  Duration monotonic() const override { return ++told_ * std::chrono::milliseconds(1); }

 private:
  mutable int told_ = 0;
};

// A client and its server, with a capture between them, and the ledger of all that.
class EvidencePageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_ / "statements");
    write_capture();
    write_statements(statement::Witness::Client, "client1", "c");
    write_statements(statement::Witness::Server, "server", "s");
    RunRecord record;
    record.command = "verify";
    record.finished = true;
    record.wire = "tap";
    write_run_record(folder_ / "run.json", record);
    const EvidenceFolder folder = EvidenceFolder::open(folder_);
    EvidenceIndex index(folder, {}, clock_);
    report_ = judge_evidence(folder, {}, clock_, {}, index.hearers());
    ASSERT_TRUE(index.finish(report_)) << index.trouble();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static std::string id(std::uint64_t number) { return "client1/c/" + std::to_string(number); }

  void write_capture() const {
    call::testing::Conversation talk = call::testing::greeted();
    for (std::uint64_t number = 1; number <= kCalls; ++number) {
      call::testing::Unary unary;
      unary.stream = static_cast<call::StreamId>(2 * number - 1);
      unary.request = request_fields("/a.B/C");
      unary.request.emplace_back("testigo-id", id(number));
      unary.request.emplace_back("authorization", "Bearer hush");
      if (number == kFails) unary.trailers = trailer_fields("5");
      talk.call(unary);
    }
    testing::WrittenSegments written;
    talk.client_closes().server_closes().play(written);
    const auto octets = capture::testing::file_of(written.segments);
    write_file(folder_ / "wire.pcapng", {reinterpret_cast<const char*>(octets.data()), octets.size()});
  }
  void write_statements(statement::Witness witness, const std::string& name, const std::string& process) const {
    const bool by_client = witness == statement::Witness::Client;
    statement::Start start;
    start.witness = witness;
    start.name = name;
    start.process = process;
    start.address = "127.0.0.1:50051";
    const ConversationClock clock;
    statement::StatementWriter writer(folder_ / "statements" / (name + ".jsonl"), start, clock);
    for (std::uint64_t number = 1; number <= kCalls; ++number) {
      const statement::CallId of{"client1", "c", number};
      if (by_client) writer.write(statement::Started{of, "/a.B/C", statement::Kind::Unary});
      if (!by_client) writer.write(statement::Received{of, "/a.B/C", statement::Kind::Unary, "ipv4:127.0.0.1:40000"});
      writer.write(statement::Ended{of, by_client && number == kFails ? 5 : 0, "", 3us, 1, 1, {}});
    }
    writer.end(kCalls);
  }

  EvidencePage page(const PageOptions& options = {}) const {
    return {EvidenceFolder::open(folder_), report_, folder_ / "ledger.db", options};
  }
  Json document(const PageOptions& options = {}) const { return Json::parse(page(options).document()); }
  static Json embedded(const std::string& html) {
    const std::string open = "<script type=\"application/json\" id=\"testigo-page\">";
    const std::size_t begin = html.find(open) + open.size();
    return Json::parse(html.substr(begin, html.find("</script", begin) - begin));
  }
  static show::CallName by_row(std::uint64_t row) { return {row, 0, 0, {}}; }
  static show::CallName by_stream(std::uint64_t connection, std::uint32_t stream) { return {{}, connection, stream, {}}; }
  static show::CallName by_id(const std::string& id) { return {{}, 0, 0, id}; }
  static Json parsed(const std::optional<std::string>& text) { return text ? Json::parse(*text) : Json(); }

  const SystemClock clock_;
  const std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) / ("page-" + random_id());
  report::RunReport report_;
};

TEST_F(EvidencePageTest, SaysWhatTheReportAndTheLedgerSay) {
  const Json page = document();
  EXPECT_EQ(page["format"], "testigo-page");
  EXPECT_EQ(page["version"], "1.0");
  EXPECT_EQ(page["lang"], "en");
  EXPECT_EQ(page["live"], false);
  EXPECT_EQ(page["evidence"], folder_.filename().string());
  EXPECT_EQ(page["report"], report::verdict_json(report_));
  EXPECT_EQ(page["wire"], "tap");
  ledger::Reader ledger(folder_ / "ledger.db");
  EXPECT_EQ(page["began"], to_rfc3339(*ledger.meta().began));
  EXPECT_EQ(page["ended"], to_rfc3339(*ledger.meta().ended));
  EXPECT_EQ(page["calls"]["total"], ledger.count_calls());
  EXPECT_EQ(page["calls"]["kept"], kCalls);
  EXPECT_EQ(page["clients"].size(), 1u);
  EXPECT_EQ(page["clients"][0]["name"], "client1");
  EXPECT_EQ(page["clients"][0]["witness"], true);
  EXPECT_EQ(page["servers"].size(), 1u);
  EXPECT_EQ(page["servers"][0]["name"], "server");
  EXPECT_EQ(page["methods"], Json({"/a.B/C"}));
  std::size_t findings = 0;
  ledger.for_each_finding([&](const ledger::FindingRow& row) {
    const Json& said = page["findings"].at(findings++);
    EXPECT_EQ(said["check"], row.check);
    EXPECT_EQ(said["text"], row.text);
    EXPECT_EQ(said["wire"]["packet"], row.place.packet);
  });
  EXPECT_EQ(page["findings"].size(), findings);
  EXPECT_EQ(document({.lang = "es"})["lang"], "es");
}

TEST_F(EvidencePageTest, DetailsAreOfWhatIsRemarkableAndOfSomeOthers) {
  const auto has_failed_call = [](const Json& details) {
    return std::ranges::any_of(details, [](const Json& each) { return each["id"] == id(kFails); });
  };
  const report::RunReport whole = report_;
  for (verdict::Claim& claim : report_.verdict.claims) {  // whose messages name nobody, which is an exhibit of all calls
    if (claim.outcome != verdict::Outcome::Broken) claim.exhibits.clear();
  }
  const Json few = document({.details_max = 3, .details_of_others = 2})["details"];
  EXPECT_TRUE(has_failed_call(few));
  EXPECT_LE(few.size(), 5u);
  EXPECT_GE(few.size(), 2u);
  report_ = whole;
  const Json all = document()["details"];
  EXPECT_EQ(all.size(), kCalls);
  for (const Json& detail : all) {
    ASSERT_EQ(detail["statements"].size(), 4u) << detail["id"];
    for (const Json& said : detail["statements"]) EXPECT_TRUE(said["file"].get<std::string>().starts_with("statements/"));
    EXPECT_GE(detail["frames"].size(), 5u) << detail["id"];
    EXPECT_EQ(detail["differences"].empty(), detail["id"] != id(kFails));
  }
}

TEST_F(EvidencePageTest, AnyCallIsTold) {
  EvidencePage shown = page({.details_max = 0, .details_of_others = 1});
  const Json told = parsed(shown.detail(by_id(id(kFails))));
  ASSERT_TRUE(told.is_object());
  EXPECT_EQ(told["id"], id(kFails));
  EXPECT_EQ(told["stream"], 2 * kFails - 1);
  EXPECT_EQ(told["statements"].size(), 4u);
  ASSERT_EQ(told["differences"].size(), 1u);
  EXPECT_EQ(told["differences"][0]["claim"], 8);
  EXPECT_EQ(told["differences"][0]["field"], "status");
  EXPECT_EQ(told["differences"][0]["text"], "status is NOT_FOUND (5) for the wire, OK for the server");
  EXPECT_GE(told["frames"].size(), 5u);
  EXPECT_EQ(parsed(shown.detail(by_stream(1, 2 * kFails - 1))), told);
  EXPECT_EQ(parsed(shown.detail(by_row(told["row"].get<std::uint64_t>()))), told);
  const Json documents = document()["details"];
  const auto same = std::ranges::find(documents, told["row"], [](const Json& each) { return each["row"]; });
  ASSERT_NE(same, documents.end());
  EXPECT_EQ((*same)["frames"], told["frames"]) << "in the document and when it is asked for";
  EXPECT_EQ((*same)["statements"].size(), told["statements"].size());
}

TEST_F(EvidencePageTest, WhatThereIsNotIsNotTold) {
  EvidencePage shown = page();
  EXPECT_FALSE(shown.detail({}));
  EXPECT_FALSE(shown.detail(by_row(kCalls)));
  EXPECT_FALSE(shown.detail(by_row(std::uint64_t{1} << 63)));
  EXPECT_FALSE(shown.detail(by_stream(1, 999)));
  EXPECT_FALSE(shown.detail(by_stream(9, 1)));
  EXPECT_FALSE(shown.detail(by_stream((std::uint64_t{1} << 32) + 1, 1)));
  EXPECT_FALSE(shown.detail(by_id("client1/c/999")));
  EXPECT_FALSE(shown.detail(by_id("client1/c/" + std::to_string((std::uint64_t{1} << 32) + 7))));
  EXPECT_FALSE(shown.detail(by_id("client1/other/1")));
  EXPECT_FALSE(shown.detail(by_id("no id")));
}

TEST_F(EvidencePageTest, SecretsAreNotShown) {
  const std::string text = page().document();
  EXPECT_THAT(text, AllOf(HasSubstr("authorization"), Not(HasSubstr("hush")), Not(HasSubstr(to_hex(as_octets("hush"))))));
}

TEST_F(EvidencePageTest, ASmallFileIsASampleAndSaysSo) {
  const std::string all = page().html();
  EXPECT_EQ(embedded(all), document());
  PageOptions small;
  small.bytes_max = all.size() - (all.size() - report::page_template().size()) / 4;
  const std::string sample = page(small).html();
  EXPECT_LE(sample.size(), small.bytes_max);
  const Json said = embedded(sample);
  EXPECT_EQ(said["calls"]["total"], kCalls);
  EXPECT_EQ(said["calls"]["kept"], kCalls) << "details go first";
  EXPECT_LT(said["details"].size(), document()["details"].size());
  EXPECT_EQ(said["report"], report::verdict_json(report_)) << "the verdict is of all of them";
  EXPECT_TRUE(std::ranges::any_of(said["details"], [](const Json& each) { return each["id"] == id(kFails); }));
  for (const Json& detail : said["details"]) EXPECT_LT(detail["row"], said["calls"]["kept"]);
  PageOptions smaller;
  smaller.details_max = smaller.details_of_others = 0;
  smaller.bytes_max = page(smaller).html().size() - 1;
  EXPECT_LT(embedded(page(smaller).html())["calls"]["kept"], kCalls);
  EXPECT_EQ(embedded(page({.calls_max = 5}).html())["calls"]["kept"], 5);
}

TEST_F(EvidencePageTest, IsAFileOfItsOwnersAlone) {
  write_page(EvidenceFolder::open(folder_), report_);
  struct stat status = {};
  ASSERT_EQ(::stat((folder_ / "report.html").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(read_file(folder_ / "report.html", 1 << 26), page().html());
}

TEST_F(EvidencePageTest, WithoutACaptureTheStatementsAreTold) {
  std::filesystem::remove(folder_ / "wire.pcapng");
  const Json told = parsed(page().detail(by_id(id(1))));
  ASSERT_TRUE(told.is_object());
  EXPECT_EQ(told["statements"].size(), 4u);
  EXPECT_TRUE(told["frames"].empty());
}

}  // namespace
}  // namespace testigo::run
