#include "verdict/reported_status.h"

#include <gtest/gtest.h>

#include "verdict/testing/evidence_builder.h"
#include "wire/rpc/status.h"

namespace testigo::verdict::testing {
namespace {

// The middle call ends on the wire as `change` says, and its client reports that status.
Evidence evidence(int reported, const std::function<void(call::Call&)>& change) {
  EvidenceBuilder builder;
  ScriptedCall& call = builder.middle();
  call.client_fails(reported);
  change(call.streams.front().call);
  return builder.build();
}

check::Tally judged(const Evidence& evidence) {
  check::Tally checks;
  judge_reported(evidence, checks);
  return checks;
}

Evidence http(int http_status, int reported) {
  return evidence(reported, [=](call::Call& call) {
    call.http_status = http_status;
    call.status.reset();
    call.ending = Ending::WithoutStatus;
  });
}

Evidence reset(std::uint32_t code, int reported) {
  return evidence(reported, [=](call::Call& call) {
    call.status.reset();
    call.error_code = code;
    call.ending = Ending::ResetByServer;
  });
}

TEST(ReportedStatus, OfAnErrorPage) {
  for (const auto& [http_status, reported] : {std::pair(503, rpc::kUnavailable),
                                              {404, rpc::kUnimplemented},
                                              {401, 16},
                                              {403, 7},
                                              {400, rpc::kInternal},
                                              {418, rpc::kUnknown}}) {
    const check::Tally right = judged(http(http_status, reported));
    EXPECT_EQ(right.counts.at("RS13").passed, 1U) << http_status;
    EXPECT_TRUE(right.findings.empty()) << http_status;
    EXPECT_EQ(right.counts.at("SD06").passed, 0U);
    const check::Tally wrong = judged(http(http_status, rpc::kOk));
    ASSERT_EQ(wrong.findings.size(), 1U) << http_status;
    EXPECT_EQ(wrong.findings[0].check, "RS13");
    EXPECT_EQ(wrong.findings[0].severity, check::Severity::Info);
    EXPECT_EQ(wrong.infos, 1U);
  }
}

TEST(ReportedStatus, SaysWhatCameAndWhatItIsTakenFor) {
  EXPECT_EQ(judged(http(503, rpc::kUnknown)).findings.at(0).text,
            "call client1/p-client1/3: :status 503 without grpc-status came, and the client reports UNKNOWN, not UNAVAILABLE");
  EXPECT_EQ(
      judged(reset(8, rpc::kUnknown)).findings.at(0).text,
      "call client1/p-client1/3: RST_STREAM(CANCEL) came, and the client reports UNKNOWN, not CANCELLED or DEADLINE_EXCEEDED");
}

TEST(ReportedStatus, OfAReset) {
  for (const auto& [code, reported] : {std::pair(2U, rpc::kInternal),
                                       {8U, rpc::kCancelled},
                                       {8U, rpc::kDeadlineExceeded},
                                       {11U, rpc::kResourceExhausted},
                                       {12U, 7},
                                       {7U, rpc::kUnavailable}}) {
    EXPECT_EQ(judged(reset(code, reported)).counts.at("SD06").passed, 1U) << code;
    EXPECT_EQ(judged(reset(code, rpc::kUnimplemented)).counts.at("SD06").failed, 1U) << code;
  }
  // There is nothing to report of a stream that is closed, and unknown codes have no status.
  for (const std::uint32_t code : {5U, 13U, 99U})
    EXPECT_EQ(judged(reset(code, rpc::kUnknown)).counts.at("SD06").failed, 0U) << code;
}

TEST(ReportedStatus, AClientThatGaveUpFirstSaysSo) {
  const check::Tally checks = judged(reset(2, rpc::kDeadlineExceeded));
  EXPECT_EQ(checks.counts.at("SD06").passed + checks.counts.at("SD06").failed, 0U);
}

TEST(ReportedStatus, OnlyOfACallThatWasOneStreamSeenWhole) {
  EvidenceBuilder twice;
  WireStream& first = twice.middle().client_fails(rpc::kUnknown).streams.front();
  first.call.error_code = 2;
  first.call.ending = Ending::ResetByServer;
  twice.middle().streams.push_back(first);
  EXPECT_EQ(judged(twice.build()).counts.at("SD06").failed, 0U);
  Evidence torn = reset(2, rpc::kUnknown);
  for (WireStream& stream : torn.wire->streams) stream.whole = false;
  EXPECT_EQ(judged(torn).counts.at("SD06").failed, 0U);
  EXPECT_TRUE(judged(EvidenceBuilder().no_wire().build()).counts.empty());
}

}  // namespace
}  // namespace testigo::verdict::testing
