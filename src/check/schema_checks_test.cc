#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/model.h"
#include "check/declared.h"
#include "check/testing/judged.h"
#include "schema/testing/written.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string octets_of(std::string_view hex) { return std::string(as_text(from_hex(hex))); }

// Of the types of schema::testing::kProto.
const std::string kRequest = octets_of("0a 07 636c69656e7431 10 07");       // client1, 7
const std::string kReply = octets_of("12 07 636c69656e7431 18 07");         // the same
const std::string kOtherReply = octets_of("12 07 636c69656e7432 18 07");    // client2
const std::string kOtherRequest = octets_of("0a 07 636c69656e7432 10 07");  // client2
const std::string kCutOff = octets_of("0a 07 636c69");

struct Said {
  Tally tally;
  std::vector<Misfit> misfits;
};

// What a run says that has the descriptors.
Said all_said_of(const std::vector<Conversation>& connections, const std::vector<std::string>& relations = {},
                 const Limits& limits = {}) {
  static const schema::Schema schema = schema::testing::written(schema::testing::kProto);
  std::vector<schema::Relation> parsed;
  for (const std::string& relation : relations) parsed.push_back(*schema::parse_relation(relation));
  Declared declared(schema, parsed, limits);
  Judge judge(limits, Foreign::Judged, &declared);
  call::Model model(judge, limits);
  call::ConnectionNumber number = 0;
  for (const Conversation& connection : connections) connection.play(model, 0, ++number);
  model.on_end();
  EXPECT_EQ(declared.held(), 0u);
  return {judge.tally(), declared.misfits().all()};
}

Tally said_of(const std::vector<Conversation>& connections, const std::vector<std::string>& relations = {},
              const Limits& limits = {}) {
  return all_said_of(connections, relations, limits).tally;
}

std::vector<std::string> ids(const Tally& said) {
  std::vector<std::string> told;
  for (const Finding& finding : said.findings)
    told.push_back(std::string(finding.check) + " " + std::string(severity_name(finding.severity)));
  return told;
}

std::string_view outcome(const Tally& said, std::string_view id) { return outcome_name(said.counts.at(id).outcome()); }

struct Exchange {
  std::string method = "Unary";
  std::vector<std::string> requests = {kRequest};
  std::vector<std::string> replies = {kReply};
  std::string status = "0";
  char flag = 0;
  FieldList more = {};  // request fields
};

// Every request, then every reply.
Conversation call(const Exchange& what) {
  Conversation c = greeted();
  FieldList fields = request_fields("/t.S/" + what.method);
  fields.insert(fields.end(), what.more.begin(), what.more.end());
  c.client(headers(1, fields));
  for (const std::string& request : what.requests) c.client(message(1, request, EndStream::No, what.flag));
  c.client(end_of_data(1)).server(headers(1, response_fields()));
  for (const std::string& reply : what.replies) c.server(message(1, reply));
  return c.server(headers(1, trailer_fields(what.status), EndStream::Yes));
}

TEST(Mg06, AsManyMessagesAsTheKindAllows) {
  const auto found = [](const std::string& method, std::size_t requests, std::size_t replies, const std::string& status = "0") {
    const Tally said = said_of({call({.method = method,
                                      .requests = std::vector(requests, kRequest),
                                      .replies = std::vector(replies, kReply),
                                      .status = status})});
    if (requests == 1 && replies == 1 && method != "Both") {
      EXPECT_EQ(outcome(said, "MG06"), "pass");
    }
    return of("MG", ids(said));
  };
  for (const char* method : {"Unary", "Many", "All", "Both"}) EXPECT_EQ(found(method, 1, 1), nothing()) << method;
  EXPECT_EQ(found("Unary", 2, 1), only("MG06 error"));
  EXPECT_EQ(found("Unary", 0, 1), only("MG06 error"));
  EXPECT_EQ(found("Unary", 1, 2), only("MG06 error"));
  EXPECT_EQ(found("Unary", 1, 0), only("MG06 error"));
  EXPECT_EQ(found("Unary", 1, 0, "5"), nothing());
  EXPECT_EQ(found("Unary", 1, 1, "5"), nothing());
  EXPECT_EQ(found("Many", 2, 3), only("MG06 error"));
  EXPECT_EQ(found("Many", 1, 3), nothing());
  EXPECT_EQ(found("All", 3, 2), only("MG06 error"));
  EXPECT_EQ(found("All", 0, 1), nothing());
  EXPECT_EQ(found("Both", 0, 3), nothing());
  EXPECT_EQ(found("Both", 3, 0), nothing());
}

// C-core ends empty OK streams so.
TEST(Mg06, AnEmptyStreamMayBeTrailersOnly) {
  const auto answered = [](const std::string& method) {
    return ids(said_of({greeted()
                            .client(headers(1, request_fields("/t.S/" + method)), message(1, kRequest, EndStream::Yes))
                            .server(headers(1, trailers_only_fields("0"), EndStream::Yes))}));
  };
  EXPECT_EQ(answered("Many"), nothing());
  EXPECT_EQ(answered("Both"), nothing());
  EXPECT_EQ(answered("Unary"), only("MG06 error"));
}

TEST(Mg06, ARequestThatNobodyAwaitsAnyMoreIsNotJudged) {
  Conversation c = greeted();
  c.client(headers(1, request_fields("/t.S/Unary"))).server(headers(1, trailers_only_fields("16"), EndStream::Yes));
  c.crossing().client(end_of_data(1));
  EXPECT_EQ(ids(said_of({c})), nothing());
}

// "Implies" of the catalogue.
TEST(Mg06, WhatOtherRowsDragAlong) {
  Conversation no_data = greeted();
  no_data.client(headers(1, request_fields("/t.S/Unary"), EndStream::Yes));
  no_data.server(headers(1, response_fields()), message(1, kReply), headers(1, trailer_fields(), EndStream::Yes));
  EXPECT_THAT(ids(said_of({no_data})), ::testing::UnorderedElementsAre("RQ13 error", "MG06 error"));

  Conversation cut = greeted();
  cut.client(headers(1, request_fields("/t.S/Unary")), data(1,
                                                            std::string("\0\0\0\0\x09"
                                                                        "abc",
                                                                        8),
                                                            EndStream::Yes));
  cut.server(headers(1, response_fields()), message(1, kReply), headers(1, trailer_fields(), EndStream::Yes));
  EXPECT_THAT(ids(said_of({cut})), ::testing::UnorderedElementsAre("MG02 error", "MG06 error"));

  Conversation no_status = greeted();
  no_status.client(headers(1, request_fields("/t.S/Unary")), message(1, kRequest, EndStream::Yes));
  no_status.server(headers(1, response_fields()), message(1, kReply, EndStream::Yes));
  const Tally said = said_of({no_status});
  EXPECT_EQ(ids(said), only("RS03 error"));
  EXPECT_EQ(said.counts.at("MG06").not_judgeable, 1u);
  EXPECT_EQ(said.counts.at("MG06").reason, "the grpc-status is not known");
}

TEST(Mg07, AMessageParsesAsItsType) {
  const Tally good = said_of({call({})});
  EXPECT_EQ(ids(good), nothing());
  EXPECT_EQ(good.counts.at("MG07").passed, 2u);
  const Tally bad = said_of({call({.requests = {kCutOff}})});
  EXPECT_EQ(ids(bad), only("MG07 error"));
  EXPECT_EQ(bad.findings[0].text, "message 1 is no t.Request: a field that ends behind its message at octet 0, in t.Request");
  EXPECT_EQ(ids(said_of({call({.replies = {kCutOff}})})), only("MG07 error"));
  EXPECT_EQ(ids(said_of({call({.requests = {""}, .replies = {""}})})), nothing());
}

TEST(Mg07, DriftIsARemark) {
  const Tally said = said_of({call({.replies = {octets_of("78 01 0d 00000000")}})});
  EXPECT_EQ(ids(said), only("MG07 info"));
  EXPECT_EQ(said.findings[0].text, "message 1: t.Reply has no field 15 (a varint); t.Reply.message is string, and came as 32 bits");
}

// For F25.
TEST(Mg07, WhatIsNotAsDeclaredIsNoted) {
  const auto noted = [](const Exchange& exchange) {
    std::vector<std::string> told;
    for (const Misfit& misfit : all_said_of({call(exchange)}).misfits)
      told.push_back((misfit.direction == Direction::ToServer ? "> " : "< ") + misfit.why + (misfit.answered_internal ? "!" : ""));
    return told;
  };
  EXPECT_THAT(noted({}), IsEmpty());
  EXPECT_THAT(noted({.replies = {octets_of("78 01")}}), IsEmpty()) << "a field that is unknown";
  EXPECT_THAT(noted({.replies = {octets_of("78 01 0d 00000000")}}),
              ElementsAre("< t.Reply.message is string, and came as 32 bits"));
  const std::string cut_off = "no t.Request: a field that ends behind its message at octet 0, in t.Request";
  EXPECT_THAT(noted({.requests = {kCutOff}}), ElementsAre("> " + cut_off));
  EXPECT_THAT(noted({.requests = {kCutOff}, .replies = {}, .status = "13"}), ElementsAre("> " + cut_off + "!"));
  EXPECT_THAT(noted({.requests = {std::string(9, '\0')}}), IsEmpty()) << "a body that the capture does not hold";
}

TEST(Mg07, WhatIsNotedSaysOfWhichSideOfAHopItIs) {
  const schema::Schema schema = schema::testing::written(schema::testing::kProto);
  Declared declared(schema, {});
  Judge judge({}, Foreign::Judged, &declared);
  call({.replies = {kCutOff}}).play(judge);
  judge.hear_other_side(true);
  call({.requests = {kCutOff}, .replies = {}, .status = "13"}).play(judge);
  ASSERT_EQ(declared.misfits().all().size(), 2u);
  EXPECT_FALSE(declared.misfits().all()[0].places.at(0).other_side);
  EXPECT_TRUE(declared.misfits().all()[1].places.at(0).other_side);
  EXPECT_TRUE(declared.misfits().all()[1].answered_internal);
}

TEST(Mg07, CompressedMessagesAreReadPlain) {
  const std::string gzip = octets_of("1f8b08000000000000ffe36a6bcecd4ccd2b31140000000000");  // damaged
  const std::string zstd = octets_of("28b52ffd200b590000") + kRequest;                       // a raw block of 11 octets
  const auto sent = [](const std::string& coding, const std::string& octets) {
    return said_of({call({.requests = {octets}, .flag = 1, .more = {{"grpc-encoding", coding}}})});
  };
  const Tally good = sent("zstd", zstd);
  EXPECT_EQ(ids(good), nothing());
  EXPECT_EQ(good.counts.at("MG07").passed, 2u);
  const Tally damaged = sent("gzip", gzip);
  EXPECT_EQ(ids(damaged), only("MG04 error"));
  EXPECT_EQ(damaged.counts.at("MG07").reason, "a compressed message does not decompress");
  EXPECT_EQ(sent("snappy", "x").counts.at("MG07").reason, "a coding that is not built in");
  const Tally no_coding = sent("identity", gzip);
  EXPECT_EQ(ids(no_coding), only("MG03 error"));
  EXPECT_EQ(no_coding.counts.at("MG07").reason, "a compressed message has no grpc-encoding");
  const Tally no_flag = said_of({call({.flag = 2})});
  EXPECT_EQ(ids(no_flag), only("MG01 error"));
  EXPECT_EQ(no_flag.counts.at("MG07").not_judgeable, 1u);
}

TEST(Mg07, WhatCannotBeSaid) {
  const auto reason = [](const Tally& said) {
    EXPECT_THAT(said.findings, IsEmpty());
    EXPECT_GT(said.counts.at("MG07").not_judgeable, 0u);
    return said.counts.at("MG07").reason;
  };
  EXPECT_EQ(reason(said_of({call({.requests = {std::string(9, '\0')}})})), "the capture holds zeros in place of message bodies");
  EXPECT_EQ(reason(said_of({call({.method = "None"})})), "the descriptors do not have the method");
  Limits limits;
  limits.message_bytes_kept = 5;
  EXPECT_EQ(reason(said_of({call({})}, {}, limits)), "a message was longer than the 64 KiB that are kept");
  Conversation json = greeted();
  json.client(headers(1, with(request_fields("/t.S/Unary"), "content-type", "application/grpc+json")),
              message(1, "{}", EndStream::Yes));
  json.server(headers(1, response_fields()), message(1, "{}"), headers(1, trailer_fields(), EndStream::Yes));
  EXPECT_EQ(reason(said_of({json})), "the content-type says that messages are not protobuf");
}

TEST(Mg07, MethodsThatNobodyDeclaredAreNamedOnce) {
  const schema::Schema schema = schema::testing::written(schema::testing::kProto);
  Declared declared(schema, {});
  EXPECT_NE(declared.method("/t.S/Unary"), nullptr);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(declared.method("/t.S/None"), nullptr);
  for (int i = 0; i < 1000; ++i) declared.method("/" + std::to_string(i));
  EXPECT_TRUE(declared.undeclared().contains("/t.S/None"));
  EXPECT_EQ(declared.undeclared().size(), Limits{}.methods_undeclared_max);
}

const std::vector<std::string> kClient = {"reply.client=request.client"};

TEST(Ex01, TheRelationHolds) {
  for (const char* method : {"Unary", "Many", "All", "Both"}) {
    const Tally said = said_of({call({.method = method})}, kClient);
    EXPECT_EQ(ids(said), nothing()) << method;
    EXPECT_EQ(said.counts.at("EX01").passed, 1u) << method;
    const Tally wrong = said_of({call({.method = method, .replies = {kOtherReply}})}, kClient);
    EXPECT_EQ(ids(wrong), only("EX01 error")) << method;
    EXPECT_EQ(wrong.findings[0].text,
              "reply 1 has client \"client2\", and its request client \"client1\"; no other call seen has asked for that");
  }
}

TEST(Ex01, AnyRequestOfTheCallIsAnswered) {
  const auto found = [](const std::string& method, std::vector<std::string> requests, std::vector<std::string> replies) {
    return ids(said_of({call({.method = method, .requests = std::move(requests), .replies = std::move(replies)})}, kClient));
  };
  EXPECT_EQ(found("Both", {kRequest, kOtherRequest}, {kOtherReply, kReply}), nothing());
  EXPECT_EQ(found("All", {kOtherRequest, kRequest}, {kOtherReply}), nothing());
  EXPECT_EQ(found("Many", {kRequest}, {kReply, kReply, kOtherReply}), only("EX01 error"));
}

TEST(Ex01, TheCallThatTheAnswerIsForIsNamed) {
  const Conversation other = greeted().client(headers(5, request_fields("/t.S/Unary")), message(5, kOtherRequest, EndStream::Yes));
  const Tally said = said_of({other, call({.replies = {kOtherReply}})}, kClient);
  EXPECT_EQ(ids(said), only("EX01 error"));
  EXPECT_THAT(said.findings[0].text, HasSubstr("; that is what stream 5 of connection 1 asked for"));
  EXPECT_EQ(said.findings[0].spot.place.connection, 2u);
  const Conversation of_method = call({.method = "Both", .requests = {kOtherRequest}, .replies = {}});
  EXPECT_THAT(said_of({of_method, call({.replies = {kOtherReply}})}, kClient).findings.at(0).text, HasSubstr("; no other call"));
}

TEST(Ex01, EveryRelationMustHold) {
  const std::vector<std::string> both = {"reply.client=request.client", "reply.inner.name=request.inner.name"};
  EXPECT_EQ(said_of({call({})}, both).counts.at("EX01").passed, 2u);
  const std::string inner = octets_of("22 03 0a 01 41");
  EXPECT_EQ(ids(said_of({call({.replies = {kReply + inner}})}, both)), only("EX01 error"));
}

TEST(Ex01, WhatCannotBeSaid) {
  Limits limits;
  limits.message_bytes_kept = kRequest.size();
  const Tally said = said_of({call({.requests = {kRequest + octets_of("42 01 41")}, .replies = {kOtherReply}})}, kClient, limits);
  EXPECT_EQ(ids(said), nothing());
  EXPECT_EQ(said.counts.at("EX01").not_judgeable, 1u);
  EXPECT_EQ(outcome(said_of({call({.replies = {std::string(4, '\0')}})}, kClient), "EX01"), "not-judgeable");
  EXPECT_EQ(outcome(said_of({call({.method = "None"})}, kClient), "EX01"), "not-observed");
  limits = {};
  limits.request_values_held = 0;
  EXPECT_EQ(outcome(said_of({call({.replies = {kOtherReply}})}, kClient, limits), "EX01"), "not-judgeable");
}

TEST(Ex01, ARelationThatFitsNoMethodIsNamed) {
  const schema::Schema schema = schema::testing::written(schema::testing::kProto);
  EXPECT_EQ(Declared(schema, {{"client", "client"}}).unfit(), std::nullopt);
  EXPECT_EQ(Declared(schema, {{"client", "client"}, {"client", "name"}}).unfit(), (schema::Relation{"client", "name"}));
}

}  // namespace
}  // namespace testigo::check
