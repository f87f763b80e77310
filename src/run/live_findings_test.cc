#include "run/live_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace testigo::run {
namespace {

using report::PageCall;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Json = nlohmann::ordered_json;

class LiveFindingsTest : public ::testing::Test {
 protected:
  void find(call::StreamId stream, std::string_view check = "RQ04", check::Severity severity = check::Severity::Warning) {
    check::Finding finding{check, "clause", severity, {}, "text of " + std::to_string(stream)};
    finding.spot.place = {100 + stream, 1, stream, false};
    findings_.hear(finding);
  }
  static PageCall call(std::uint32_t connection, std::uint32_t stream) {
    PageCall call;
    call.connection = connection;
    call.stream = stream;
    return call;
  }
  // Of all that is told.
  static std::vector<std::string> texts(const Json& from) {
    std::vector<std::string> texts;
    for (const Json& finding : from["findings"]) texts.push_back(finding["text"]);
    return texts;
  }

  LiveFindings findings_{"run/wire.pcapng", 3};
};

TEST_F(LiveFindingsTest, TellsEachOnce) {
  EXPECT_THAT(findings_.news(), IsEmpty());
  find(1);
  find(3, "RS01", check::Severity::Error);
  const auto first = findings_.news();
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_THAT(texts(first[0]), ::testing::ElementsAre("text of 1", "text of 3"));
  EXPECT_EQ(first[0]["found"], Json({{"errors", 1}, {"warnings", 1}, {"infos", 0}, {"checks", {{"RQ04", 1}, {"RS01", 1}}}}));
  EXPECT_FALSE(first[0]["findings"][0].contains("row")) << "rows are those of a document";
  EXPECT_THAT(findings_.news(), IsEmpty());
  find(5);
  ASSERT_THAT(findings_.news(), SizeIs(1));
}

TEST_F(LiveFindingsTest, CountsWhatItDoesNotKeep) {
  for (call::StreamId stream = 1; stream < 20; stream += 2) find(stream);
  const auto news = findings_.news();
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_THAT(news[0]["findings"], SizeIs(3));
  EXPECT_EQ(news[0]["found"]["warnings"], 10);
  find(21);
  const auto more = findings_.news();
  ASSERT_THAT(more, SizeIs(1)) << "the count has changed";
  EXPECT_THAT(more[0]["findings"], IsEmpty());
  EXPECT_EQ(more[0]["found"]["checks"]["RQ04"], 11);
  Json document;
  std::vector<PageCall> calls;
  findings_.add_to(document, calls);
  EXPECT_THAT(document["findings"], SizeIs(3));
  EXPECT_EQ(document["found"], more[0]["found"]);
}

TEST_F(LiveFindingsTest, AnErrorIsToldHoweverManyWarningsCameBefore) {
  findings_ = LiveFindings("run/wire.pcapng", 5000);
  for (call::StreamId stream = 1; stream <= 5100; ++stream) find(stream);
  for (const auto& event : findings_.news()) EXPECT_EQ(event["found"]["errors"], 0);
  find(9001, "RS01", check::Severity::Error);
  const auto news = findings_.news();
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_THAT(texts(news[0]), ::testing::ElementsAre("text of 9001"));
  Json document;
  std::vector<PageCall> calls;
  findings_.add_to(document, calls);
  EXPECT_EQ(document["findings"].back()["check"], "RS01");
  EXPECT_EQ(document["found"]["checks"]["RQ04"], 5100);
}

TEST_F(LiveFindingsTest, ManyAreSeveralEvents) {
  findings_ = LiveFindings("run/wire.pcapng", 2000);
  for (call::StreamId stream = 1; stream <= 1200; ++stream) find(stream);
  std::size_t told = 0;
  const auto news = findings_.news();
  EXPECT_THAT(news, SizeIs(3));
  for (const Json& event : news) {
    EXPECT_EQ(event["found"]["warnings"], 1200);
    told += event["findings"].size();
  }
  EXPECT_EQ(told, 1200u);
}

TEST_F(LiveFindingsTest, OfADocumentTheCallsAreMarkedAndNamed) {
  find(3, "RQ04", check::Severity::Info);
  find(0, "CN01", check::Severity::Error);  // of the connection
  find(3, "RS01", check::Severity::Error);
  std::vector<PageCall> calls = {call(1, 1), call(2, 3), call(1, 3), call(0, 0)};
  Json document;
  findings_.add_to(document, calls);
  EXPECT_EQ(document["findings"][0]["row"], 2);
  EXPECT_FALSE(document["findings"][1].contains("row"));
  EXPECT_EQ(document["findings"][2]["row"], 2);
  EXPECT_EQ(calls[0].flags, 0);
  EXPECT_EQ(calls[1].flags, 0) << "of another connection";
  EXPECT_EQ(calls[2].flags, PageCall::kInfo | PageCall::kError);
  EXPECT_EQ(calls[3].flags, 0);
}

TEST_F(LiveFindingsTest, TheCommandNamesThePortsThatAreKnown) {
  find(1);
  EXPECT_EQ(findings_.news()[0]["findings"][0]["tshark"], "tshark -r run/wire.pcapng -Y 'frame.number==101' -O http2 -x");
  call::ConnectionView connection;
  connection.server = {"127.0.0.1", 50051};
  connection.client_opening = http2::Opening::Http2;
  findings_.hear(connection);
  Json document;
  std::vector<PageCall> calls;
  findings_.add_to(document, calls);
  EXPECT_EQ(document["findings"][0]["tshark"],
            "tshark -r run/wire.pcapng -d tcp.port==50051,http2 -Y 'frame.number==101' -O http2 -x");
}

}  // namespace
}  // namespace testigo::run
