#include "diagnose/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/model.h"
#include "call/testing/conversation.h"
#include "call/testing/tls_conversation.h"
#include "wire/tls/testing/hellos.h"

namespace testigo::diagnose {
namespace {

using namespace call::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<Cause> causes(const std::vector<Conversation>& conversations, std::uint64_t seed = 0) {
  Diagnosis diagnosis;
  call::Model model(diagnosis);
  call::ConnectionNumber number = 0;
  for (const Conversation& conversation : conversations) conversation.play(model, seed, ++number);
  model.on_end();
  return diagnosis.causes();
}

std::vector<Cause> causes(const Conversation& conversation) { return causes(std::vector{conversation}); }

Cause only_cause(const std::vector<Conversation>& conversations) {
  const auto all = causes(conversations);
  EXPECT_EQ(all.size(), 1u);
  return all.empty() ? Cause{} : all.front();
}

Cause only_cause(const Conversation& conversation) { return only_cause(std::vector{conversation}); }

Conversation refused(std::string reason) {
  Conversation c;
  c.server_closes(tcp::Closing::Refused, std::move(reason));
  return c;
}

Conversation asked(std::string timeout = "1S") {
  return greeted().client(headers(1, plus(request_fields(), "grpc-timeout", std::move(timeout))), message(1, "x", EndStream::Yes));
}

Conversation died() { return asked("5S").server_closes(tcp::Closing::Reset); }

TEST(F01, EachWayOfNotBeingThereHasItsText) {
  const Cause port = only_cause(refused("connection refused"));
  EXPECT_EQ(port.id, "F01");
  EXPECT_EQ(port.explanation, "127.0.0.1:50051 refused the connection: no process listens on this port");
  EXPECT_THAT(port.fix, HasSubstr("Start the server"));
  EXPECT_FALSE(port.suspected);
  EXPECT_EQ(only_cause(refused("")).explanation, port.explanation);  // a capture: RST in answer to the SYN
  EXPECT_EQ(only_cause(refused("no such name: greeter")).title, "the server's name is not known");
  const Cause route = only_cause(refused("no route to host"));
  EXPECT_EQ(route.title, "the server cannot be reached");
  EXPECT_THAT(route.explanation, HasSubstr("no route to host"));
  EXPECT_THAT(only_cause(refused("\x1b[31m")).explanation, HasSubstr("\\x1b"));
}

TEST(F01, IsCountedNotRepeated) {
  const Cause cause = only_cause(std::vector<Conversation>(20, refused("connection refused")));
  EXPECT_EQ(cause.times, 20u);
  EXPECT_EQ(cause.places.size(), kPlacesKept);
}

TEST(F01, CausesAreBounded) {
  std::vector<Conversation> many;
  for (int i = 0; i < 100; ++i) many.push_back(refused("strange trouble " + std::to_string(i)));
  many.push_back(died());
  const auto all = causes(many);
  EXPECT_EQ(all.size(), kCausesOfOneIdMax + 1);
  EXPECT_EQ(all.back().id, "F31");  // one kind of trouble does not hide another
}

Conversation http1_answers() {
  Conversation c;
  c.client(preface(), settings()).server(octets("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n")).server_closes();
  return c;
}

TEST(F02, AnHttp1Server) {
  const Cause cause = only_cause(http1_answers());
  EXPECT_EQ(cause.id, "F02");
  EXPECT_EQ(cause.explanation, "127.0.0.1:50051 answered the HTTP/2 preface with \"HTTP/1.1 400\" and 27 octets more");
  EXPECT_EQ(cause.places.at(0).packet, 2u);
  EXPECT_EQ(causes({http1_answers()}, 1).at(0).explanation, cause.explanation);  // octet by octet
}

TEST(F02, NotWhereTheClientSpeaksHttp1Too) {
  Conversation c;
  c.client(octets("GET / HTTP/1.1\r\n\r\n")).server(octets("HTTP/1.1 200 OK\r\n\r\n")).server_closes();
  EXPECT_THAT(causes(c), IsEmpty());
  EXPECT_THAT(causes(unary()), IsEmpty());
}

Conversation hellos(const std::vector<std::string>& offered, const std::string& answer) {
  Conversation c;
  c.client(octets(tls::testing::client_hello(tls::testing::alpn(offered)))).server(octets(answer));
  return c;
}

TEST(F05, TheServerDoesNotChooseH2) {
  using namespace tls::testing;
  const Cause none = only_cause(hellos({"h2"}, server_hello("")));
  EXPECT_EQ(none.id, "F05");
  EXPECT_EQ(none.explanation, "127.0.0.1:50051 chooses no protocol by ALPN, and the client offers nothing but \"h2\"");
  EXPECT_EQ(none.places.at(0).packet, 2u);
  EXPECT_TRUE(none.suspected);
  EXPECT_THAT(only_cause(hellos({"grpc-exp", "h2"}, server_hello(alpn({"http/1.1\n"})))).explanation,
              HasSubstr("chooses \"http/1.1\\x0a\" by ALPN"));
  const Cause refused_it = only_cause(hellos({"h2"}, kNoProtocol));
  EXPECT_THAT(refused_it.explanation, HasSubstr("the alert no_application_protocol"));
  EXPECT_FALSE(refused_it.suspected);
  EXPECT_EQ(only_cause({hellos({"h2"}, server_hello("")), hellos({"h2"}, kNoProtocol)}).times, 2u);
}

TEST(F05, NotWhereH2IsChosenOrTheChoiceIsNotSeen) {
  using namespace tls::testing;
  EXPECT_THAT(causes(hellos({"h2"}, server_hello(alpn({"h2"})))), IsEmpty());
  EXPECT_THAT(causes(hellos({"grpc-exp", "h2"}, server_hello(alpn({"grpc-exp"})))), IsEmpty());
  EXPECT_THAT(causes(hellos({"h2"}, server_hello(kChoosesTls13))), IsEmpty());
  EXPECT_THAT(causes(hellos({"h2"}, record(21, {2, 40}))), IsEmpty()) << "another alert";
}

// It may be any browser, which goes on with HTTP/1.1; or a client whose own fault it is.
TEST(F05, NotWhereTheClientTakesSomethingElse) {
  using namespace tls::testing;
  for (const std::string& answer : {server_hello(""), server_hello(alpn({"http/1.1"})), kNoProtocol}) {
    EXPECT_THAT(causes(hellos({"h2", "http/1.1"}, answer)), IsEmpty());
    EXPECT_THAT(causes(hellos({"http/1.1"}, answer)), IsEmpty());
    EXPECT_THAT(causes(hellos({}, answer)), IsEmpty());
  }
}

check::Misfit misfit(Direction direction) {
  check::Misfit misfit;
  misfit.path = "/t.S/Unary";
  misfit.direction = direction;
  misfit.why = "t.Request.number is uint32, and came as octets with a length";
  misfit.times = 3;
  misfit.places = {{5, 1, 1}};
  return misfit;
}

TEST(F25, IsSuspectedForTheDescriptorsMayBeOutOfDateThemselves) {
  const Cause request = other_descriptors(misfit(Direction::ToServer));
  EXPECT_EQ(request.id, "F25");
  EXPECT_TRUE(request.suspected);
  EXPECT_EQ(request.times, 3u);
  EXPECT_EQ(request.places, (std::vector<call::Place>{{5, 1, 1}}));
  EXPECT_EQ(request.explanation,
            "what the client of /t.S/Unary sends is not what the .proto declares (t.Request.number is uint32, and came as octets "
            "with a length); the server's own .proto would confirm it");
  EXPECT_THAT(other_descriptors(misfit(Direction::ToClient)).explanation,
              ::testing::AllOf(HasSubstr("what the server of"), HasSubstr("the client's own .proto would confirm it")));
}

TEST(F25, SaysWhatSpeaksForIt) {
  check::Misfit refused = misfit(Direction::ToServer);
  refused.answered_internal = true;
  refused.path = "/t.S/\x1b";
  const Cause cause = other_descriptors(refused);
  EXPECT_TRUE(cause.suspected);
  EXPECT_THAT(cause.explanation, ::testing::AllOf(HasSubstr("; the server answered INTERNAL"), HasSubstr("\\x1b")));
}

TEST(F27, SaysWhose) {
  const Cause cause = mixed_up_answers("client1's call 3 received the reply of client2", {{1, 2, 3}});
  EXPECT_EQ(cause.id, "F27");
  EXPECT_THAT(cause.explanation, HasSubstr("client2"));
  EXPECT_FALSE(cause.fix.empty());
}

TEST(F29, AHandlerSlowerThanTheDeadline) {
  const Cause cause = only_cause(asked().server_acks().later(1s).client(rst_stream(1)));
  EXPECT_EQ(cause.id, "F29");
  EXPECT_THAT(cause.explanation, HasSubstr("/testigo.greeter.v1.Greeter/Greet of 127.0.0.1:50051"));
  EXPECT_EQ(cause.places.at(0).stream, 1u);
}

// grpc-timeout is what was left when the headers went out: it differs from call to call.
TEST(F29, IsOneCauseForEachMethod) {
  std::vector<Conversation> calls;
  for (int i = 0; i < 50; ++i) calls.push_back(asked(std::to_string(950 + i) + "m").server_acks().later(1s).client(rst_stream(1)));
  EXPECT_EQ(only_cause(calls).times, 50u);
}

TEST(F29, TheServerMayTellItself) {
  EXPECT_EQ(only_cause(asked().later(1s).server(headers(1, trailers_only_fields("4"), EndStream::Yes))).id, "F29");
  EXPECT_EQ(only_cause(asked().later(1s).server(rst_stream(1))).id, "F29");  // as grpc-go does
}

TEST(F29, TheClientsClockStartedEarlier) {
  EXPECT_EQ(only_cause(asked().server_acks().later(960ms).client(rst_stream(1))).id, "F29");
}

TEST(F29, NotWhenTheClientGaveUpBefore) {
  EXPECT_THAT(causes(asked().server_acks().later(500ms).client(rst_stream(1))), IsEmpty());
  EXPECT_THAT(causes(asked("99999999H").server_acks().later(500ms).client(rst_stream(1))), IsEmpty());
}

TEST(F29, NotWhenTheRequestDidNotArriveOrAnAnswerDid) {
  EXPECT_THAT(causes(asked().later(1s).client(rst_stream(1))), IsEmpty());
  EXPECT_THAT(causes(asked().server(headers(1, response_fields()), message(1, "y")).later(1s).client(rst_stream(1))), IsEmpty());
  EXPECT_THAT(causes(unary({.trailers = trailer_fields("4")})), IsEmpty());
  EXPECT_THAT(causes(asked().server_acks().later(1s).client(rst_stream(1, http2::kInternalError))), IsEmpty());
}

TEST(F31, TheServerDiedMidCall) {
  const Cause by_reset = only_cause(died());
  EXPECT_EQ(by_reset.id, "F31");
  EXPECT_TRUE(by_reset.suspected);
  EXPECT_EQ(by_reset.explanation,
            "127.0.0.1:50051 ended the connection by RST with 1 call open and no GOAWAY; a refused connection afterwards would "
            "confirm it");
  EXPECT_THAT(only_cause(asked().server_closes().client_closes()).explanation, HasSubstr("by FIN with 1 call open"));
}

// The client may cancel what the FIN of the server cut off.
TEST(F31, CallsThatTheClientResetsAfterTheEnd) {
  EXPECT_EQ(only_cause(asked().server_closes().client(rst_stream(1)).client_closes()).id, "F31");
}

TEST(F31, ARefusedConnectionAfterwardsConfirmsIt) {
  const auto all = causes({died(), refused("connection refused"), died(), refused("connection refused")});
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].id, "F31");
  EXPECT_FALSE(all[0].suspected);
  EXPECT_EQ(all[0].times, 2u);
  EXPECT_THAT(all[0].explanation, HasSubstr("no GOAWAY; a connection afterwards was refused"));
  EXPECT_EQ(all[1].id, "F01");
}

TEST(F31, ARefusalBeforeOrOfAnotherKindDoesNot) {
  EXPECT_TRUE(causes({refused("connection refused"), died()}).at(1).suspected);
  EXPECT_TRUE(causes({died(), refused("no route to host")}).at(0).suspected);
}

TEST(F31, NotAfterGoaway) { EXPECT_THAT(causes(asked().server(goaway(1)).server_closes()), IsEmpty()); }
TEST(F31, NotWithoutOpenCalls) { EXPECT_THAT(causes(unary().server_closes(tcp::Closing::Reset)), IsEmpty()); }
TEST(F31, NotWhenTheClientClosed) { EXPECT_THAT(causes(asked().client_closes(tcp::Closing::Reset)), IsEmpty()); }
TEST(F31, NotWhenTheRunEnded) { EXPECT_THAT(causes(asked()), IsEmpty()); }
// They may hold the GOAWAY.
TEST(F31, NotWhereOctetsAreMissing) {
  EXPECT_THAT(causes(asked().lost(17).server_acks().server_closes()), IsEmpty());
  EXPECT_THAT(causes(greeted().lost(17).server_acks().client(headers(1, request_fields())).server_closes()), IsEmpty());
}

// Ports of TLS close so when they hear the preface.
TEST(F31, NotWhenTheServerNeverSpokeHttp2) {
  Conversation c;
  c.client(preface(), settings(), headers(1, request_fields(), EndStream::Yes)).server_closes();
  EXPECT_THAT(causes(c), IsEmpty());
}

}  // namespace
}  // namespace testigo::diagnose
