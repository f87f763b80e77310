#include "report/page_document.h"

#include <gtest/gtest.h>

#include <array>

namespace testigo::report {
namespace {

using Json = nlohmann::ordered_json;

const Time kBegan{std::chrono::seconds(1'700'000'000)};

PageHead head(Stage stage) {
  return {.evidence = "20260102T030405Z-verify",
          .began = kBegan,
          .ended = kBegan + std::chrono::seconds(2),
          .stage = stage,
          .wire = "tap"};
}

TEST(PageDocument, SaysHowFarTheRunHasCome) {
  PageNames names;
  names.method("/a.B/C");
  const Json over = page_head(head(Stage::Over), names);
  EXPECT_EQ(over["format"], "testigo-page");
  EXPECT_EQ(over["version"], "1.0");
  EXPECT_EQ(over["lang"], "en");
  EXPECT_EQ(over["evidence"], "20260102T030405Z-verify");
  EXPECT_EQ(over["began"], "2023-11-14T22:13:20.000000000Z");
  EXPECT_EQ(over["ended"], "2023-11-14T22:13:22.000000000Z");
  EXPECT_EQ(over["live"], false);
  EXPECT_FALSE(over.contains("cut_short"));
  EXPECT_FALSE(over.contains("next_event"));
  EXPECT_EQ(over["report"], nullptr);
  EXPECT_EQ(over["methods"], Json({"/a.B/C"}));
  EXPECT_EQ(over["wire"], "tap");

  PageHead live = head(Stage::Live);
  live.next_event = 7;
  EXPECT_EQ(page_head(live, names)["live"], true);
  EXPECT_EQ(page_head(live, names)["next_event"], 7);
  EXPECT_FALSE(page_head(live, names).contains("cut_short"));

  EXPECT_FALSE(page_head(live, names).contains("judging"));
  const Json judging = page_head(head(Stage::Judging), names);
  EXPECT_EQ(judging["live"], true);  // events still come
  EXPECT_EQ(judging["judging"], true);
  const Json cut = page_head(head(Stage::CutShort), names);
  EXPECT_EQ(cut["live"], false);
  EXPECT_EQ(cut["cut_short"], true);
}

TEST(PageDocument, AFindingLeadsToItsCallAndToItsPackets) {
  check::Finding finding{"CN01", "RFC 9113 3.4", check::Severity::Warning, {}, "the preface is none"};
  finding.spot.place = {12, 1, 3, false};
  finding.spot.direction = Direction::ToClient;
  finding.spot.offset = 24;
  const std::array<DissectedPort, 1> ports = {DissectedPort{50051}};
  const Json whole = page_finding(finding, 5, "evidence/wire.pcapng", ports);
  EXPECT_EQ(whole, Json({{"check", "CN01"},
                         {"severity", "warning"},
                         {"text", "the preface is none"},
                         {"clause", "RFC 9113 3.4"},
                         {"wire", {{"packet", 12}, {"connection", 1}, {"stream", 3}}},
                         {"direction", "to-client"},
                         {"offset", 24},
                         {"row", 5},
                         {"tshark", "tshark -r evidence/wire.pcapng -d tcp.port==50051,http2 -Y 'frame.number==12' -O http2 -x"}}));
  const Json bare = page_finding(finding, {}, {}, ports);
  EXPECT_FALSE(bare.contains("row"));
  EXPECT_FALSE(bare.contains("tshark")) << "there is no capture";
}

}  // namespace
}  // namespace testigo::report
