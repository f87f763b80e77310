#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

using Names = std::vector<std::string>;

// Trailers while the client is still sending.
Conversation answered_early() {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), message(1, "x")).server(headers(1, trailers_only_fields("3"), EndStream::Yes));
  return c;
}

TEST(Sd01, AnEarlyEndIsFollowedByAReset) {
  EXPECT_EQ(findings(answered_early().later(2s).client(ping('p')).server(ping_ack('p'))), only("SD01 warning"));
  for (Conversation c :
       {answered_early().server(rst_stream(1, http2::kNoError)), answered_early().client(rst_stream(1, http2::kNoError))}) {
    c.later(2s).client(ping('p')).server(ping_ack('p'));
    EXPECT_EQ(findings(c), nothing());
    EXPECT_EQ(outcome(c, "SD01"), "pass");
  }
}

TEST(Sd01, AnErrorPageHasNoTrailers) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), message(1, "x")).server(headers(1, {{":status", "503"}}, EndStream::Yes));
  EXPECT_EQ(findings(c.later(2s).client(ping('p')).server(ping_ack('p'))), only("RS01 error"));
}

TEST(Sd01, ALateResetIsNone) {
  EXPECT_EQ(findings(answered_early().later(2s).server(rst_stream(1, http2::kNoError))), only("SD01 warning"));
}

TEST(Sd01, TheEndOfTheRequestMayCross) {
  const Conversation c = answered_early().client(end_of_data(1)).later(2s).client(ping('p')).server(ping_ack('p'));
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "SD01"), "not-observed");
  EXPECT_EQ(findings(answered_early().later(2s).client(end_of_data(1))), only("SD01 warning"));
}

TEST(Sd01, ARunThatEndsSoonProvesNothing) { EXPECT_EQ(outcome(answered_early(), "SD01"), "not-observed"); }

TEST(Sd02, AClientCancelsWithCancel) {
  const auto cancelled = [](std::uint32_t code) { return greeted().client(headers(1, request_fields()), rst_stream(1, code)); };
  EXPECT_EQ(findings(cancelled(http2::kCancel)), nothing());
  EXPECT_EQ(outcome(cancelled(http2::kCancel), "SD02"), "pass");
  EXPECT_EQ(findings(cancelled(http2::kProtocolError)), only("SD02 info"));
  EXPECT_EQ(findings(cancelled(http2::kEnhanceYourCalm)), only("SD02 info"));  // C-core, of a reply that is too large
  EXPECT_EQ(outcome(greeted().client(headers(1, request_fields())).server(rst_stream(1)), "SD02"), "not-observed");
}

TEST(Sd05, AServerDoesNotResetAfterItsTrailers) {
  EXPECT_EQ(findings(answered_early().server(rst_stream(1, http2::kCancel))), only("SD05 warning"));
  EXPECT_EQ(outcome(answered_early().server(rst_stream(1, http2::kNoError)), "SD05"), "pass");
  EXPECT_EQ(outcome(answered_early().client(rst_stream(1, http2::kCancel)), "SD05"), "not-observed");
  EXPECT_EQ(findings(unary().server(rst_stream(1, http2::kCancel))), only("SD05 warning"));
  EXPECT_EQ(outcome(unary().server(rst_stream(1, http2::kNoError)), "SD05"), "pass");
  EXPECT_EQ(outcome(unary().server(rst_stream(1, http2::kStreamClosed)), "SD05"), "not-observed");
}

// "Client Cancellation": servers cancel calls whose deadline is over.
TEST(Sd05, ACallThatIsOverTimeMayBeCancelled) {
  const auto given_up = [](Duration after, const char* status, std::uint32_t code, bool ended) {
    FieldList request = request_fields();
    request.emplace(request.begin() + 4, "grpc-timeout", "5S");
    Conversation c = greeted();
    c.client(headers(1, request), message(1, "x", ended ? EndStream::Yes : EndStream::No)).later(after);
    c.server(headers(1, trailers_only_fields(status), EndStream::Yes), rst_stream(1, code));
    return of("SD05", findings(c));
  };
  for (const bool ended : {false, true}) {
    EXPECT_EQ(given_up(5s, "4", http2::kCancel, ended), nothing());
    EXPECT_EQ(given_up(1s, "4", http2::kCancel, ended), only("SD05 warning"));
    EXPECT_EQ(given_up(5s, "13", http2::kCancel, ended), only("SD05 warning"));
  }
  EXPECT_EQ(given_up(5s, "4", http2::kInternalError, false), only("SD05 warning"));
}

TEST(Sd07, CallsThatALostConnectionCutsOff) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), headers(3, request_fields())).server(headers(3, trailers_only_fields(), EndStream::Yes));
  EXPECT_EQ(findings(c), nothing());  // still open
  c.client_closes(tcp::Closing::Reset);
  EXPECT_EQ(findings(c), (std::vector<std::string>{"SD07 info", "CN16 warning"}));
  Conversation ended = unary();
  EXPECT_EQ(outcome(ended.client_closes().server_closes(), "SD07"), "pass");
}

}  // namespace
}  // namespace testigo::check
