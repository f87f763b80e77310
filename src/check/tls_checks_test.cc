#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/testing/tls_conversation.h"
#include "check/testing/judged.h"
#include "wire/tls/testing/hellos.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace tls::testing;

Conversation agreed(const std::vector<std::string>& offered, const std::string& answer) {
  return Conversation().client(octets(client_hello(kName + alpn(offered)))).server(octets(answer));
}
Conversation chosen(const std::vector<std::string>& offered, const std::string& protocol) {
  return agreed(offered, server_hello(alpn({protocol})));
}

std::vector<std::string> overheard(const Conversation& conversation) {
  Judge judge({}, Foreign::PassedOver);
  conversation.play(judge);
  std::vector<std::string> told;
  for (const Finding& finding : judge.tally().findings)
    told.push_back(std::string(finding.check) + " " + std::string(severity_name(finding.severity)));
  return told;
}

std::string_view overheard_outcome(const Conversation& conversation, std::string_view id) {
  Judge judge({}, Foreign::PassedOver);
  conversation.play(judge);
  return outcome_name(judge.tally().counts.at(id).outcome());
}

TEST(Tl01, ClientAndServerAgreeOnH2) {
  EXPECT_EQ(findings(chosen({"h2"}, "h2")), nothing());
  EXPECT_EQ(outcome(chosen({"h2"}, "h2"), "TL01"), "pass");
  EXPECT_EQ(findings(chosen({"grpc-exp", "h2"}, "grpc-exp")), only("TL01 info"));
  EXPECT_EQ(findings(chosen({"h2", "http/1.1"}, "http/1.1")), only("TL01 error"));
  EXPECT_EQ(findings(chosen({"h2"}, "h2c")), only("TL01 error"));
  EXPECT_EQ(findings(agreed({"h2"}, server_hello(""))), only("TL01 error"));
}

TEST(Tl01, TheOfferIsJudgedWhateverIsChosen) {
  EXPECT_EQ(findings(chosen({"h2c", "h2"}, "h2")), only("TL01 error"));
  EXPECT_EQ(findings(agreed({"http/1.1"}, server_hello(kChoosesTls13, 0x1301))), only("TL01 error"));
  EXPECT_EQ(findings(Conversation().client(octets(client_hello(kName))).server(octets(server_hello("")))), only("TL01 error"));
}

TEST(Tl01, TheServerMayRefuseAllOfIt) {
  EXPECT_EQ(findings(agreed({"h2"}, kNoProtocol)), only("TL01 error"));
  EXPECT_EQ(findings(agreed({"h2"}, record(21, {2, 40}))), nothing());
  EXPECT_EQ(outcome(agreed({"h2"}, record(21, {2, 40})), "TL01"), "not-judgeable");
  EXPECT_EQ(graver(findings(tls_conversation(tls::testing::kRefused))), only("TL01 error"));
}

TEST(Tl01, UnderTls13TheChoiceIsNotJudgeable) {
  const Conversation c = agreed({"grpc-exp", "h2"}, server_hello(kChoosesTls13, 0x1301));
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(tally(c).counts.at("TL01").reason, "under TLS 1.3 the protocol that the server chooses is encrypted");
  EXPECT_EQ(outcome(c, "TL02"), "pass");
}

TEST(Tl02, TheVersionIsTls12OrHigher) {
  EXPECT_EQ(outcome(chosen({"h2"}, "h2"), "TL02"), "pass");
  EXPECT_EQ(findings(agreed({"h2"}, server_hello(alpn({"h2"}), 0xc02f, 0x0302))), only("TL02 error"));
  EXPECT_EQ(of("TL02", findings(tls_conversation(tls::testing::kTls11))), (std::vector<std::string>{"TL02 info", "TL02 error"}));
}

TEST(Tl02, AProhibitedSuiteIsAWarning) {
  EXPECT_EQ(findings(agreed({"h2"}, server_hello(alpn({"h2"}), 0x009c))), only("TL02 warning"));
}

TEST(Tl02, NothingIsNegotiatedAgain) {
  EXPECT_EQ(findings(tls_conversation(tls::testing::kTls12)), nothing());
  EXPECT_EQ(graver(findings(tls_conversation(tls::testing::kRenegotiated))), only("TL02 error"));
}

TEST(Tl02, AClientWithoutANameIsARemark) {
  const Conversation c = Conversation().client(octets(client_hello(alpn({"h2"})))).server(octets(server_hello(alpn({"h2"}))));
  EXPECT_EQ(findings(c), only("TL02 info"));
}

TEST(Tls, WhatWasNotSeenIsNotJudgeable) {
  const Conversation c = Conversation().client(octets(client_hello(kName + alpn({"h2"}))));
  for (const char* id : {"TL01", "TL02"}) {
    EXPECT_EQ(outcome(c, id), "not-judgeable");
    Conversation lost = c;
    EXPECT_EQ(tally(lost.lost(1).server(octets(server_hello("")))).counts.at(id).reason, "the handshake could not be read");
    EXPECT_EQ(outcome(unary(), id), "not-observed");
  }
}

// Who listens hears browsers, too.
TEST(Tls, OfOthersIsNobodysBusiness) {
  EXPECT_EQ(overheard(agreed({"http/1.1"}, server_hello("", 0x009c))), nothing());
  EXPECT_EQ(overheard(Conversation().client(octets(client_hello(""))).server(octets(server_hello("", 0x002f, 0x0301)))), nothing());
  EXPECT_EQ(overheard(chosen({"h2", "http/1.1"}, "http/1.1")), nothing());
  EXPECT_EQ(overheard(agreed({"h2", "http/1.1"}, kNoProtocol)), nothing());
  EXPECT_EQ(overheard_outcome(agreed({"h2", "http/1.1"}, server_hello(kChoosesTls13, 0x1301)), "TL02"), "not-observed");
}

TEST(Tls, ThatOffersHttp2AloneIsJudgedWhereverItIsHeard) {
  EXPECT_EQ(overheard(agreed({"h2"}, server_hello(""))), only("TL01 error"));
  EXPECT_EQ(overheard(agreed({"h2", "http/1.1"}, server_hello(alpn({"h2"}), 0x009c))), only("TL02 warning"));
  EXPECT_EQ(overheard_outcome(chosen({"grpc-exp", "h2"}, "h2"), "TL01"), "pass");
  EXPECT_EQ(overheard_outcome(chosen({"grpc-exp", "h2"}, "h2"), "RQ04"), "not-observed");
}

}  // namespace
}  // namespace testigo::check
