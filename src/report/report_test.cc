#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <random>

#include "base/environment_error.h"
#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "report/call_line.h"
#include "report/junit.h"
#include "report/run_report.h"
#include "report/tshark.h"
#include "report/verdict_json.h"
#include "report/verdict_markdown.h"
#include "report/verdict_text.h"

namespace testigo::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

verdict::Claim claim(int number, verdict::Outcome outcome, std::string because) {
  verdict::Claim made;
  made.number = number;
  made.sentence = "sentence " + std::to_string(number);
  made.outcome = outcome;
  made.because = std::move(because);
  return made;
}

// One claim of each outcome; the broken one has two exhibits of three.
RunReport sample() {
  RunReport report;
  report.command = "verify";
  report.version = "1.2.3";
  report.judged = *parse_rfc3339("2026-01-02T03:04:05Z");
  report.evidence = "evidence/run";
  report.capture = "evidence/run/wire.pcapng";
  report.ports = {{50051}};
  report.verdict.outcome = verdict::Outcome::Broken;
  report.verdict.claims = {claim(1, verdict::Outcome::Proven, "all good"), claim(2, verdict::Outcome::Broken, "one is not"),
                           claim(3, verdict::Outcome::Inconclusive, "nobody saw")};
  verdict::Exhibit exhibit;
  exhibit.call = "client1/p/7";
  exhibit.text = "client1 call 7 got <another's> reply";
  exhibit.octets = "1207636c69656e7432";
  exhibit.wire = {{341, 1, 15}};
  exhibit.statements = {{"evidence/run/statements/client1.jsonl", 12}};
  report.verdict.claims[1].exhibits = {exhibit, exhibit};
  report.verdict.claims[1].exhibits_total = 3;
  report.verdict.clients = {{"client1", 20, 19, 1}};
  return report;
}

TEST(VerdictText, SaysWhatWasDecidedAndWhereItShows) {
  const std::string text = verdict_text(sample(), {});
  EXPECT_THAT(text, HasSubstr("BROKEN   1/3 claims proven, 1 broken, 1 inconclusive"));
  EXPECT_THAT(text, HasSubstr("✔ 1  sentence 1\n       all good"));
  EXPECT_THAT(text, HasSubstr("✘ 2  sentence 2\n       one is not"));
  EXPECT_THAT(text, HasSubstr("packet 341 stream 15, client1.jsonl:12"));
  EXPECT_THAT(text, HasSubstr("12 07 63 6c 69 65 6e 74 32"));
  EXPECT_THAT(text, HasSubstr("..client2"));
  EXPECT_THAT(text, HasSubstr("$ tshark -r evidence/run/wire.pcapng -d tcp.port==50051,http2 -Y 'frame.number==341' -O http2 -x"));
  EXPECT_THAT(text, HasSubstr("… and 1 more"));
  EXPECT_THAT(text, HasSubstr("client1    ──▶ server   20 calls, 19 OK, 1 failed"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(VerdictText, CountsOneAsOne) {
  RunReport report = sample();
  report.verdict.clients = {{"client1", 1, 1, 0}};
  report.verdict.calls_without_id = 1;
  report.checks.errors = 1;
  report.checks.findings.emplace_back();
  const std::string text = verdict_text(report, {});
  EXPECT_THAT(text, HasSubstr("server   1 call, 1 OK"));
  EXPECT_THAT(text, HasSubstr("1 call without a Testigo id"));
  EXPECT_THAT(text, HasSubstr("findings: 1 error, 0 warnings, 0 remarks"));
}

check::Finding finding_of(std::string_view check, check::Severity severity, std::uint64_t packet, std::string text) {
  check::Finding finding;
  finding.check = check;
  finding.clause = "clause";
  finding.severity = severity;
  finding.spot.place.packet = packet;
  finding.text = std::move(text);
  return finding;
}

// As its page counts them: by check and grade, and together they are as many as the line above them says.
TEST(VerdictText, CountsFindingsOfACheckByGrade) {
  RunReport report = sample();
  report.checks.findings = {
      finding_of("CN16", check::Severity::Info, 7, "a remark"), finding_of("RQ04", check::Severity::Error, 8, "an error"),
      finding_of("CN16", check::Severity::Info, 9, "another"), finding_of("CN16", check::Severity::Warning, 58, "a warning")};
  report.checks.count("CN16", {0, 1, 5});
  report.checks.count("RQ04", {1, 0, 0});
  EXPECT_THAT(verdict_text(report, {}), HasSubstr("  findings: 1 error, 1 warning, 5 remarks\n"
                                                  "    CN16 warning  packet 58 stream 0  a warning (clause)\n"
                                                  "    CN16 info × 5, the first:  packet 7 stream 0  a remark (clause)\n"
                                                  "    RQ04 error  packet 8 stream 0  an error (clause)\n"));
  EXPECT_THAT(verdict_markdown(report), HasSubstr("| CN16 | warning | 1 | packet 58 stream 0 | ` a warning ` (clause) |\n"
                                                  "| CN16 | info | 5 | packet 7 stream 0 | ` a remark ` (clause) |\n"
                                                  "| RQ04 | error | 1 | packet 8 stream 0 | ` an error ` (clause) |\n"));
  const auto by_check = verdict_json(report)["findings"]["by_check"];
  EXPECT_EQ(by_check["CN16"].dump(), R"({"errors":0,"warnings":1,"infos":5})");
  EXPECT_EQ(by_check["RQ04"].dump(), R"({"errors":1,"warnings":0,"infos":0})");
}

TEST(VerdictText, ShowsTheFirstExhibitInFullAndPaintsOnlyWhenAsked) {
  TextOptions options;
  options.paint.colour = true;
  const std::string text = verdict_text(sample(), options);
  EXPECT_THAT(text, HasSubstr("\x1b[31m"));
  const std::size_t first = text.find("$ tshark");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("$ tshark", first + 1), std::string::npos);
}

TEST(VerdictJson, HoldsEveryClaimWithItsExhibits) {
  const auto json = verdict_json(sample());
  EXPECT_EQ(json["format"], "testigo-report");
  EXPECT_EQ(json["verdict"], "BROKEN");
  ASSERT_EQ(json["claims"].size(), 3u);
  EXPECT_EQ(json["claims"][1]["outcome"], "BROKEN");
  EXPECT_EQ(json["claims"][1]["exhibits_total"], 3);
  const auto& exhibit = json["claims"][1]["exhibits"][0];
  EXPECT_EQ(exhibit["wire"][0]["packet"], 341);
  EXPECT_EQ(exhibit["statements"][0]["file"], "statements/client1.jsonl");
  EXPECT_EQ(exhibit["octets"], "1207636c69656e7432");
  EXPECT_EQ(json["clients"][0]["failed"], 1);
}

TEST(Junit, HasACaseAClaim) {
  const std::string xml = junit(sample());
  EXPECT_THAT(xml, HasSubstr(R"(tests="3" failures="1" errors="1" timestamp="2026-01-02T03:04:05")"));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"one is not\">"));
  EXPECT_THAT(xml, HasSubstr("<error message=\"INCONCLUSIVE: nobody saw\">"));
  EXPECT_THAT(xml, HasSubstr("got &lt;another's&gt; reply"));
}

TEST(Junit, HoldsNoOctetThatXmlForbids) {
  RunReport report = sample();
  report.verdict.claims[0].because = "a\x1b\x01 b\xff & <c>";
  EXPECT_THAT(junit(report), HasSubstr("a?? b? &amp; &lt;c&gt;"));
}

TEST(Tshark, QuotesWhatAShellWouldTakeApart) {
  const std::vector<DissectedPort> ports = {{1}, {2}};
  EXPECT_EQ(tshark_overview("it's here/wire.pcapng", ports),
            "tshark -r 'it'\\''s here/wire.pcapng' -d tcp.port==1,http2 -d tcp.port==2,http2 -Y http2");
  EXPECT_EQ(tshark_places("w", ports, {}), "");
  const std::vector<call::Place> unseen = {{0, 1, 1}};
  EXPECT_EQ(tshark_places("w", ports, unseen), "");
}

TEST(Tshark, IsToldOfVxlanOnAPortThatIsNotItsOwn) {
  const std::vector<DissectedPort> ports = {{1}, {8472, Dissector::Vxlan}}, tls = {{1, Dissector::Tls}, {8472, Dissector::Vxlan}};
  EXPECT_EQ(tshark_overview("w", ports), "tshark -r w -d tcp.port==1,http2 -d udp.port==8472,vxlan -Y http2");
  EXPECT_EQ(tshark_overview("w", tls), "tshark -r w -d tcp.port==1,tls -d udp.port==8472,vxlan -Y tls");
}

// bash, zsh and ksh read $'…', and POSIX since 2024.
TEST(Tshark, OfANameThatATerminalWouldObeyTheOctetsAreWritten) {
  EXPECT_EQ(tshark_overview("a\n`b\x1b[2J\\'\xff.pcapng", {}), "tshark -r $'a\\x0a`b\\x1b[2J\\\\\\'\\xff.pcapng' -Y http2");
  EXPECT_EQ(tshark_overview("\xe2\x80\xae", {}), "tshark -r $'\\xe2\\x80\\xae' -Y http2");
  EXPECT_EQ(tshark_overview("a\\b", {}), "tshark -r 'a\\b' -Y http2") << "the usual quotes";
}

TEST(Reports, ANameOfAFileEndsNoLineAndObeysNobody) {
  RunReport report = sample();
  report.evidence = "it\x1b[2J\n``\ngood";
  report.capture = report.evidence / "wire.pcapng";
  report.verdict.claims[1].exhibits[0].statements = {{"evidence/run/statements/c\x1b]0;x\x07\nproven.jsonl", 12}};
  const std::string text = verdict_text(report, {.paint = {}, .in_full = 9});
  EXPECT_THAT(text, HasSubstr("c\\x1b]0;x\\x07\\x0aproven.jsonl:12"));
  EXPECT_THAT(text, HasSubstr("evidence  it\\x1b[2J\\x0a``\\x0agood/\n"));
  EXPECT_THAT(text, HasSubstr("look      tshark -r $'it\\x1b[2J\\x0a``\\x0agood/wire.pcapng' "));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(junit(report), HasSubstr("  evidence/run/statements/c\\x1b]0;x\\x07\\x0aproven.jsonl:12\n"));
  const std::string markdown = verdict_markdown(report);
  EXPECT_THAT(markdown, HasSubstr("\nLook: ``` tshark -r $'it\\x1b[2J\\x0a``\\x0agood/wire.pcapng' "));
  EXPECT_THAT(markdown, HasSubstr(" -Y http2 ```\n"));
  EXPECT_THAT(markdown, Not(HasSubstr("\x1b")));
}

TEST(Tshark, TakesCiphertextForTls) {
  const std::vector<call::Place> places = {{7, 1, 0}};
  const std::vector<DissectedPort> tls = {{443, Dissector::Tls}};
  EXPECT_EQ(tshark_overview("w", tls), "tshark -r w -d tcp.port==443,tls -Y tls");
  EXPECT_EQ(tshark_places("w", tls, places), "tshark -r w -d tcp.port==443,tls -Y 'frame.number==7' -O tls -x");
  const std::vector<DissectedPort> both = {{80}, {443, Dissector::Tls}};
  EXPECT_EQ(tshark_overview("w", both), "tshark -r w -d tcp.port==80,http2 -d tcp.port==443,tls -Y 'http2||tls'");
  EXPECT_EQ(tshark_places("w", both, places),
            "tshark -r w -d tcp.port==80,http2 -d tcp.port==443,tls -Y 'frame.number==7' -O http2,tls -x");
}

TEST(CallLine, ShowsACallAndKeepsHostileTextInert) {
  call::ConnectionView connection;
  connection.client = {"127.0.0.1", 40000};
  connection.server = {"::1", 50051};
  call::Call call;
  call.started = *parse_rfc3339("2026-01-02T03:04:05.006Z");
  call.ended = call.started + std::chrono::microseconds(412);
  call.path = "/a.B/C\x1b[2J";
  call.path_known = http2::Known::Exact;
  call.status = 14;
  call.ending = call::Ending::Trailers;
  call.request = {.messages = 1, .bytes = 20};
  call.response = {.messages = 3, .bytes = 20'000};
  EXPECT_EQ(CallLine({}).of(connection, call),
            "03:04:05.006 127.0.0.1:40000 → [::1]:50051  /a.B/C\\x1b[2J  server-stream  UNAVAILABLE  1→3 msg  20 B→20.0 kB  412 "
            "µs\n");
  const auto json = nlohmann::json::parse(call_json(connection, call));
  EXPECT_EQ(json["status_name"], "UNAVAILABLE");
  EXPECT_EQ(json["latency_ns"], 412'000);
  EXPECT_EQ(json["method"], "/a.B/C\x1b[2J");  // JSON escapes it
}

TEST(CallLine, SaysHowTheMethodIsKnown) {
  call::ConnectionView connection;
  connection.number = 7;
  call::Call call;
  const auto told = [&] {
    CallLine text({});
    const std::string line(text.of(connection, call));
    const auto json = nlohmann::json::parse(call_json(connection, call));
    return line.substr(line.find("  ") + 2, line.find("  unary") - line.find("  ") - 2) + " " + json.value("method", "-") + " " +
           json.value("method_known", "-");
  };
  EXPECT_EQ(told(), "(unknown method) - unknown");
  call.unknown_method = 3;
  EXPECT_EQ(told(), "unknown#3 unknown#3 unknown");
  call.path = "/a.B/C";
  call.path_known = http2::Known::Inferred;
  EXPECT_EQ(told(), "/a.B/C /a.B/C inferred");
  call.path_known = http2::Known::Exact;
  EXPECT_EQ(told(), "/a.B/C /a.B/C exact");
  EXPECT_EQ(nlohmann::json::parse(withdrawn_json(connection))["connection"], 7);
}

TEST(Markdown, SaysWhatWasDecided) {
  const std::string text = verdict_markdown(sample());
  EXPECT_THAT(text, HasSubstr("## ❌ Testigo: BROKEN"));
  EXPECT_THAT(text, HasSubstr("| 2 | ❌ sentence 2 | BROKEN | ` one is not ` |"));
  EXPECT_THAT(text, HasSubstr("- ` client1 call 7 got <another's> reply `"));
  EXPECT_THAT(text,
              HasSubstr("  - ` tshark -r evidence/run/wire.pcapng -d tcp.port==50051,http2 -Y 'frame.number==341' -O http2 -x `"));
  EXPECT_THAT(text, HasSubstr("testigo 1.2.3 verify, judged 2026-01-02T03:04:05"));
}

TEST(Markdown, WhatOthersSayIsNoMarkup) {
  RunReport report = sample();
  report.verdict.claims[0].because = "a | b ``x`` <script> @all";
  report.verdict.claims[1].exhibits[0].text = "`|` and |";
  report.verdict.notes = {"one\n\n    <h1>PROVEN</h1>"};
  const std::string text = verdict_markdown(report);
  EXPECT_THAT(text, HasSubstr("` one ⏎ <h1>PROVEN</h1> `\n"));
  EXPECT_THAT(text, HasSubstr("| ``` a \\| b ``x`` <script> @all ``` |"));
  EXPECT_THAT(text, HasSubstr("- `` `|` and | ``\n"));
}

TEST(CallLine, SaysOfACallTheSameBehindOthers) {
  std::mt19937 random(20);
  const auto one_of = [&](const auto& values) { return *(std::begin(values) + random() % std::size(values)); };
  constexpr std::int64_t kNanos[] = {0, 7, 999'499, 412'000, 1'250'000, 61'000'000'000, -3'000};
  for (const bool colour : {false, true}) {
    CallLine lines({colour});
    call::Call call;
    for (int i = 0; i < 3000; ++i) {
      call::ConnectionView connection;
      connection.number = one_of(std::array<call::ConnectionNumber, 3>{1, 2, 65});
      connection.client = {"10.0.0." + std::to_string(connection.number), 40000};
      call.started += Duration(random() % 4 == 0 ? one_of(kNanos) : 1000);
      call.ended = call.started + Duration(one_of(kNanos));
      if (random() % 8 == 0) call.path = one_of(std::array<std::string, 3>{"/a.B/C", "/a.B/Dee", ""});
      if (random() % 8 == 0) call.path_known = one_of(std::array{http2::Known::Exact, http2::Known::Unknown});
      if (random() % 8 == 0) call.unknown_method = random() % 2;
      if (random() % 8 == 0) call.status = one_of(std::array<std::optional<int>, 3>{0, 14, std::nullopt});
      for (std::uint64_t* count : {&call.request.messages, &call.response.messages, &call.request.bytes, &call.response.bytes}) {
        if (random() % 16 == 0) *count = random() % 3;
      }
      ASSERT_EQ(lines.of(connection, call), CallLine({colour}).of(connection, call)) << "call " << i;
    }
  }
}

TEST(RunReport, WritesFilesThatOnlyTheOwnerReads) {
  const testigo::testing::TemporaryFolder temporary;
  const std::filesystem::path& folder = temporary.path();
  RunReport report = sample();
  report.evidence = folder;
  write_reports(report);
  for (const char* name : {"report.txt", "report.json", "report.xml", "report.md"}) {
    EXPECT_EQ(std::filesystem::status(folder / name).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << name;
    EXPECT_THAT(read_file(folder / name, 1 << 20), HasSubstr(name == std::string("report.xml") ? "failure" : "BROKEN")) << name;
  }
}

TEST(RunReport, NoPageOfAnOlderVerdictStaysBesideThem) {
  const testigo::testing::TemporaryFolder temporary;
  const std::filesystem::path& folder = temporary.path();
  RunReport report = sample();
  report.evidence = folder;
  write_file(folder / "report.html", "PROVEN");
  write_reports(report);
  EXPECT_FALSE(std::filesystem::exists(folder / "report.html"));
  write_file(folder / "report.html", "PROVEN");
  std::filesystem::remove(folder / "report.md");
  std::filesystem::create_directory(folder / "report.md");  // behind report.json
  EXPECT_THROW(write_reports(report), EnvironmentError);
  EXPECT_FALSE(std::filesystem::exists(folder / "report.html"));
}

TEST(RunReport, NothingIsLostWhereTheFirstCannotBeWritten) {
  const testigo::testing::TemporaryFolder temporary;
  const std::filesystem::path& folder = temporary.path();
  RunReport report = sample();
  report.evidence = folder;
  for (const char* name : {"report.html", "report.txt", "report.xml", "report.md"}) write_file(folder / name, "PROVEN");
  std::filesystem::create_directory(folder / "report.json");
  EXPECT_THROW(write_reports(report), EnvironmentError);
  for (const char* name : {"report.html", "report.txt", "report.xml", "report.md"}) {
    EXPECT_EQ(read_file(folder / name, 100), "PROVEN") << name;
  }
}

TEST(RunReport, ExitCodesFollowTheVerdict) {
  EXPECT_EQ(exit_code(verdict::Outcome::Proven), 0);
  EXPECT_EQ(exit_code(verdict::Outcome::Broken), 1);
  EXPECT_EQ(exit_code(verdict::Outcome::Inconclusive), 3);
}

}  // namespace
}  // namespace testigo::report
