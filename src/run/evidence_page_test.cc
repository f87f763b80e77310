#include "run/evidence_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <functional>

#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "base/utf8.h"
#include "call/testing/conversation.h"
#include "capture/testing/capture_octets.h"
#include "ledger/reader.h"
#include "ledger/writer.h"
#include "report/page.h"
#include "report/page_calls.h"
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
    judge();
  }

  void judge() {
    const EvidenceFolder folder = EvidenceFolder::open(folder_);
    EvidenceIndex index(folder, {}, clock_);
    report_ = judge_evidence(folder, {}, clock_, {}, index.hearers());
    ASSERT_TRUE(index.finish(report_)) << index.trouble();
  }
  static statement::Start client(const std::string& name, const std::string& process) {
    statement::Start start;
    start.name = name;
    start.process = process;
    return start;
  }
  // A client that states this besides.
  void judge_with(const std::vector<statement::Body>& bodies) {
    const ConversationClock clock;
    statement::StatementWriter writer(folder_ / "statements/client2.jsonl", client("client2", "d"), clock);
    for (const statement::Body& body : bodies) writer.write(body);
    writer.end(1);
    judge();
  }
  // A page of another ledger, with what `fill` writes into it.
  EvidencePage page_of(const std::function<void(ledger::Writer&)>& fill, const PageOptions& options = {}) {
    const std::filesystem::path other = folder_ / "other.db";
    std::filesystem::remove(other);
    ledger::Writer writer(other, ledger::Journal::None);
    fill(writer);
    writer.add(ledger::Meta());
    writer.close();
    return {EvidenceFolder::open(folder_), report_, other, options};
  }
  static void add_started(ledger::Writer& writer, ledger::WitnessId by, std::uint64_t number, const std::string& method) {
    writer.add({by, number, writer.file("statements/c.jsonl"), number, false},
               statement::Statement{Time(1s), {}, statement::Started{{"c", "p", number}, method, statement::Kind::Unary}});
  }

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
  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
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

TEST_F(EvidencePageTest, TheFolderHasItsNameHoweverItIsNamed) {
  EvidencePage page(EvidenceFolder::open(folder_.string() + "/"), report_, folder_ / "ledger.db");
  EXPECT_EQ(Json::parse(page.document())["evidence"], folder_.filename().string());
}

TEST_F(EvidencePageTest, DetailsAreOfWhatIsRemarkableAndOfSomeOthers) {
  const auto has_failed_call = [](const Json& details) {
    return std::ranges::any_of(details, [](const Json& each) { return each["id"] == id(kFails); });
  };
  const report::RunReport whole = report_;
  for (verdict::Claim& claim : report_.verdict.claims) {  // whose messages name nobody, which is an exhibit of all calls
    if (claim.outcome != verdict::Outcome::Broken) claim.exhibits.clear();
  }
  const Json few = document({.bounds = {.details = 3, .details_of_others = 2}})["details"];
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
  EvidencePage shown = page({.bounds = {.details = 0, .details_of_others = 1}});
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

TEST_F(EvidencePageTest, CallsOutOfScopeAreMarked) {
  const EvidenceFolder folder = EvidenceFolder::open(folder_);
  const verdict::JudgeOptions strictness{.tolerance = {}, .since = Time(1'700'000'000s + 20ms), .others_out_of_scope = false};
  EvidenceIndex index(folder, strictness, clock_);
  report_ = judge_evidence(folder, strictness, clock_, {}, index.hearers());
  ASSERT_TRUE(index.finish(report_)) << index.trouble();
  ASSERT_GT(report_.verdict.out_of_scope, 0u);
  ASSERT_GT(report_.verdict.calls, 0u);
  ledger::Reader reader(folder_ / "ledger.db");
  const report::PageCalls calls(reader, *reader.meta().began, 1000);
  const auto out_of_scope = std::ranges::count_if(
      calls.calls(), [](const report::PageCall& call) { return (call.flags & report::PageCall::kOutOfScope) != 0; });
  EXPECT_EQ(static_cast<std::uint64_t>(out_of_scope), report_.verdict.out_of_scope);
  EXPECT_EQ(calls.calls().size(), report_.verdict.out_of_scope + report_.verdict.calls);
}

// The files may be gone by then; what the ledger has is told all the same.
TEST_F(EvidencePageTest, ACallOfWhichNothingCanBeReadIsThereAllTheSame) {
  EvidencePage shown = page();
  EvidencePage few = page({.bounds = {.calls = 1}});
  const std::filesystem::path elsewhere = folder_.string() + ".moved";
  std::filesystem::rename(folder_, elsewhere);
  const Json told = parsed(shown.detail(by_id(id(kFails))));
  const Json not_kept = parsed(few.detail(by_stream(1, 2 * kCalls - 1)));
  const bool none = !shown.detail(by_id("client1/c/999")) && !shown.detail(by_stream(1, 999)) && !shown.detail(by_row(kCalls));
  std::filesystem::rename(elsewhere, folder_);
  EXPECT_EQ(told["untold"], "the evidence is not where it was: it was moved, or deleted");
  EXPECT_EQ(told["id"], id(kFails));
  EXPECT_EQ(told["statements"].size(), 4u);
  EXPECT_EQ(told["differences"].size(), 1u);
  EXPECT_EQ(told["frames"], Json::array());
  EXPECT_TRUE(not_kept.contains("untold"));
  EXPECT_TRUE(none);
  EXPECT_FALSE(parsed(shown.detail(by_id(id(kFails)))).contains("untold"));
}

TEST_F(EvidencePageTest, FramesAreSaidToBeOfThoseThatHaveSome) {
  EXPECT_THAT(document()["details_of"].get<std::string>(), ::testing::StartsWith("20 calls: "));
  std::filesystem::remove(folder_ / "wire.pcapng");
  judge();
  const Json without = document();
  EXPECT_FALSE(without["details"].empty());
  EXPECT_FALSE(without.contains("details_of"));
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
  smaller.bounds.details = smaller.bounds.details_of_others = 0;
  smaller.bytes_max = page(smaller).html().size() - 1;
  EXPECT_LT(embedded(page(smaller).html())["calls"]["kept"], kCalls);
  EXPECT_EQ(embedded(page({.bounds = {.calls = 5}}).html())["calls"]["kept"], 5);
}

TEST_F(EvidencePageTest, OfOneCallTheFirstStatementsAreTold) {
  const statement::CallId of{"client2", "d", 1};
  std::vector<statement::Body> bodies = {statement::Started{of, "/a.B/C", statement::Kind::Unary}};
  bodies.resize(150, statement::Ended{of, 0, std::string(5000, 'm'), 3us, 1, 1, {}});
  judge_with(bodies);
  EvidencePage shown = page();
  const Json all = Json::parse(shown.document())["details"];
  const auto in_document = std::ranges::find(all, statement::to_text(of), [](const Json& each) { return each.value("id", ""); });
  ASSERT_NE(in_document, all.end());
  for (const Json& told : {*in_document, parsed(shown.detail(by_id(statement::to_text(of))))}) {
    EXPECT_EQ(told["statements"].size(), 100u);
    EXPECT_EQ(told["statements_left_out"], 50);
    EXPECT_EQ(told["statements"][1]["message"], std::string(1024, 'm') + "…");
  }
  EXPECT_EQ(all.back()["statements_left_out"], 0);
}

TEST_F(EvidencePageTest, OfOneCallTheFirstDifferencesAreTold) {
  EvidencePage shown = page_of([](ledger::Writer& writer) {
    const ledger::WitnessId by = writer.add(client("c", "p"));
    add_started(writer, by, 1, "/m");
    for (int i = 0; i < 150; ++i) writer.add({"c", "p", 1}, verdict::Difference{"status", std::to_string(i)});
  });
  const Json detail = Json::parse(shown.document())["details"][0];
  EXPECT_EQ(detail["differences"].size(), 100u);
  EXPECT_EQ(detail["differences"][99]["text"], "99");
  EXPECT_EQ(detail["differences_left_out"], 50);
}

TEST_F(EvidencePageTest, NamesThatNoCallHasAreNotThere) {
  constexpr std::size_t kMethods = 9000;
  const auto name = [](std::size_t i) { return std::to_string(i) + std::string(1000, '<'); };  // as an escape six times as long
  const auto declared = [&](std::size_t calls) {
    return [=](ledger::Writer& writer) {
      const ledger::WitnessId by = writer.add(client("c", "p"));
      for (std::size_t i = 1; i <= kMethods; ++i) {
        if (i <= calls) {
          add_started(writer, by, i, name(i));
        } else {
          writer.add({by, i, writer.file("statements/c.jsonl"), i, true},
                     statement::Statement{Time(1s), {}, statement::Started{{"c", "p", i}, name(i), statement::Kind::Unary}});
        }
      }
    };
  };
  const Json one = embedded(page_of(declared(1)).html());
  EXPECT_EQ(one["methods"], Json({name(1)}));
  EXPECT_FALSE(one.contains("name_octets_max"));

  PageOptions options;
  options.bytes_max = report::page_template().size() + 4'000'000;
  const std::string html = page_of(declared(kMethods), options).html();
  EXPECT_LE(html.size(), options.bytes_max);
  const Json all = embedded(html);
  EXPECT_EQ(all["calls"]["kept"], kMethods) << "without some it would be as large";
  EXPECT_EQ(all["methods"].size(), kMethods);
  const std::size_t octets_max = all["name_octets_max"];
  EXPECT_LT(octets_max, 1024u);
  EXPECT_EQ(all["methods"][0], shortened(name(1), octets_max));
}

TEST_F(EvidencePageTest, AnyPageHasItsBound) {
  const auto much = [](ledger::Writer& writer) {
    const ledger::WitnessId by = writer.add(client("c", "p"));
    for (std::uint64_t i = 1; i <= 300; ++i) add_started(writer, by, i, "/m");
    check::Finding finding{"CN01", "RFC 9113 3.4", check::Severity::Error, {}, std::string(2000, '<')};
    for (int i = 0; i < 300; ++i) writer.add(finding);
  };
  for (int i = 0; i < 300; ++i) {
    report_.verdict.in_flight.push_back(std::string(2000, '<'));
    report_.verdict.clients.push_back({std::string(2000, '<'), 1, 1, 0});
  }
  PageOptions options;
  for (const std::size_t room : {2'000'000, 200'000, 80'000}) {
    SCOPED_TRACE(room);
    options.bytes_max = report::page_template().size() + room;
    const std::string html = page_of(much, options).html();
    EXPECT_LE(html.size(), options.bytes_max);
    const Json said = embedded(html);
    EXPECT_EQ(said["report"]["claims"].size(), 8u);
    EXPECT_LE(said["report"]["clients"].size(), said["report_items_max"].get<std::size_t>());
  }
}

TEST_F(EvidencePageTest, NoErrorIsLostBehindWarnings) {
  const Json said = Json::parse(page_of([](ledger::Writer& writer) {
                                  check::Finding finding{"RQ04", "RFC 9113 8.3", check::Severity::Warning, {}, "a warning"};
                                  for (int i = 0; i < 5100; ++i) writer.add(finding);
                                  finding.check = "RS01";
                                  finding.severity = check::Severity::Error;
                                  finding.text = "the only error";
                                  writer.add(finding);
                                }).document());
  EXPECT_EQ(said["findings"].size(), 5001u);
  EXPECT_EQ(said["findings"].back()["text"], "the only error");
}

TEST_F(EvidencePageTest, NumbersThatNoDoubleIsAreTexts) {
  const statement::CallId of{"client2", "d", 1};
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53;
  judge_with({statement::Started{of, "/a.B/C", statement::Kind::Unary},
              statement::Ended{of, 0, "", Duration(kExact + 1), kExact, kExact + 3, statement::Reply{"client2", kExact + 5, "s"}}});
  const Json told = parsed(page().detail(by_id("client2/d/1")))["statements"][1];
  EXPECT_EQ(told["latency_ns"], "9007199254740993");
  EXPECT_EQ(told["requests"], kExact);
  EXPECT_EQ(told["replies"], "9007199254740995");
  EXPECT_EQ(told["reply"]["call"], "9007199254740997");
}

TEST_F(EvidencePageTest, ACallIsToldHoweverHighItsNumberIs) {
  const statement::CallId of{"client2", "d", 0xffff'ffff'ffff'fff0};
  judge_with({statement::Started{of, "/a.B/C", statement::Kind::Unary}, statement::Ended{of, 5, "", 3us, 1, 1, {}}});
  EvidencePage shown = page();
  const Json told = parsed(shown.detail(by_id(statement::to_text(of))));
  ASSERT_TRUE(told.is_object());
  EXPECT_EQ(told["id"], "client2/d/18446744073709551600");
  EXPECT_EQ(told["statements"].size(), 2u);
  EXPECT_EQ(parsed(shown.detail(by_row(told["row"].get<std::uint64_t>()))), told);
  const Json details = Json::parse(shown.document())["details"];
  const auto same = std::ranges::find(details, told["row"], [](const Json& each) { return each["row"]; });
  ASSERT_NE(same, details.end());
  EXPECT_EQ((*same)["id"], told["id"]);
  EXPECT_EQ((*same)["statements"], told["statements"]);
}

TEST_F(EvidencePageTest, SaysThatNotEvenAllThatFailedAreThere) {
  const auto failing = [](ledger::Writer& writer) {
    const ledger::WitnessId by = writer.add(client("c", "p"));
    for (std::uint64_t i = 1; i <= 20; ++i) add_started(writer, by, i, "/m");  // and none of them ends
  };
  EXPECT_EQ(Json::parse(page_of(failing, {.bounds = {.calls = 5}}).document())["calls"]["remarkable_left_out"], 15);
  EXPECT_FALSE(Json::parse(page_of(failing).document())["calls"].contains("remarkable_left_out"));
}

TEST_F(EvidencePageTest, IsAFileOfItsOwnersAlone) {
  write_page(EvidenceFolder::open(folder_), report_, folder_ / "ledger.db");
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
