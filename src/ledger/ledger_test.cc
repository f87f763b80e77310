// What is written is read back the same, and the calls are what all witnesses say of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>

#include "ledger/testing/ledger_file.h"

namespace testigo::ledger {
namespace {

using namespace std::chrono_literals;
using testing::all;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::LedgerTest;
using ::testing::SizeIs;

constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();

TEST_F(LedgerTest, IsPrivate) {
  write([](Writer&) {});
  struct stat status = {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(standing(file_), Standing::Sound);
}

TEST_F(LedgerTest, EveryColumnOfAStatementComesBack) {
  statement::Start client = start("client1", statement::Witness::Client);
  client.period = 500ms;
  client.deadline = 5s;
  client.tls = client.continues = true;
  const statement::Start server = start("server", statement::Witness::Server);
  const statement::Reply reply{"client2", kHuge, "servér"};
  const std::vector<statement::Statement> of_client = {
      said(1, client),
      said(2, statement::Started{id(1), "/a.B/Cé", statement::Kind::ClientStream}),
      said(9, statement::Ended{id(1), 14, "why\n\x01", 3us, 7, 0, reply}),
      said(10, statement::Started{id(kHuge), "", statement::Kind::Bidi}),
      said(11, statement::Ended{id(kHuge), 0, "", 0ns, kHuge, kHuge, {}}),
      said(12, statement::End{2}),
  };
  const std::vector<statement::Statement> of_server = {
      said(1, server),
      said(3, statement::Received{id(1), "/a.B/Cé", statement::Kind::ServerStream, "ipv4:127.0.0.1:1"}),
      said(4, statement::Ended{id(1), 5, "no", 1us, 1, 2, statement::Reply{}}),
      said(6, statement::End{kHuge}),
  };
  write([&](Writer& writer) {
    EXPECT_EQ(writer.add(client), 1);
    EXPECT_EQ(writer.add(server), 2);
    const FileId first = writer.file("statements/client1.jsonl.1");
    const FileId second = writer.file("statements/client1.jsonl");
    EXPECT_EQ(writer.file("statements/client1.jsonl.1"), first);
    for (std::size_t i = 0; i < of_client.size(); ++i) writer.add({1, i + 1, i < 3 ? first : second, 10 * i, false}, of_client[i]);
    for (std::size_t i = 0; i < of_server.size(); ++i) writer.add({2, i + 1, second, kHuge, i == 2}, of_server[i]);
  });
  Reader reader(file_);
  std::vector<StatementRow> rows = all<StatementRow>(reader);
  ASSERT_THAT(rows, SizeIs(of_client.size() + of_server.size()));
  for (std::size_t i = 0; i < of_client.size(); ++i) {
    EXPECT_EQ(rows[i], (StatementRow{1, i + 1, i < 3 ? "statements/client1.jsonl.1" : "statements/client1.jsonl", 10 * i, false,
                                     of_client[i]}));
  }
  for (std::size_t i = 0; i < of_server.size(); ++i) {
    EXPECT_EQ(rows[of_client.size() + i], (StatementRow{2, i + 1, "statements/client1.jsonl", kHuge, i == 2, of_server[i]}));
  }
  EXPECT_THAT(all<WitnessRow>(reader), ElementsAre(WitnessRow{1, client}, WitnessRow{2, server}));
  EXPECT_THAT(all<CallerRow>(reader), ElementsAre(CallerRow{1, "client1", "aa"}));
  EXPECT_THAT(all<MethodRow>(reader), ElementsAre(MethodRow{1, "/a.B/Cé"}, MethodRow{2, ""}));

  std::vector<StatementRow> of_call;
  reader.for_each_statement(1, 1, [&](const StatementRow& row) { of_call.push_back(row); });
  EXPECT_THAT(of_call, ElementsAre(rows[1], rows[2], rows[7], rows[8]));
}

TEST_F(LedgerTest, EveryColumnOfACallOnTheWireComesBack) {
  call::ConnectionView view;
  view.number = 3;
  verdict::WireStream stream;
  stream.id = id(7);
  stream.state = verdict::WireState::Open;
  stream.reply = statement::Reply{"client2", 9, "server"};
  call::Call& call = stream.call;
  call.place = {12, 3, 0x7fffffff, false};
  call.end_packet = 19;
  call.started = at(5);
  call.ended = at(8);
  call.timeout = 250ms;
  call.path = "/a.B/\xff";
  call.path_known = http2::Known::Inferred;
  call.http_status = 200;
  call.status = 5;
  call.status_message = "no";
  call.ending = call::Ending::ResetByServer;
  call.error_code = 0xffffffff;
  call.request = {.messages = 2, .bytes = kHuge, .end = {}, .headers_end = {}, .packet = {}};
  call.response = {.messages = 3, .bytes = 60, .end = {}, .headers_end = {}, .packet = {}};
  call::Call bare;
  bare.place = {30, 3, 1, false};
  bare.unknown_method = 4;
  write([&](Writer& writer) {
    writer.add(call::CallClosed{view, call}, &stream);
    writer.add(call::CallClosed{view, bare}, nullptr);
  });
  Reader reader(file_);
  WireCallRow told;
  told.id = 1;
  told.place = call.place;
  told.end_packet = 19;
  told.started = at(5);
  told.ended = at(8);
  told.timeout = 250ms;
  told.method = 1;
  told.method_known = http2::Known::Inferred;
  told.kind = statement::Kind::Bidi;
  told.http_status = 200;
  told.status = 5;
  told.message = "no";
  told.ending = call::Ending::ResetByServer;
  told.error_code = 0xffffffff;
  told.state = verdict::WireState::Open;
  told.requests = 2;
  told.replies = 3;
  told.request_bytes = kHuge;
  told.reply_bytes = 60;
  told.caller = 1;
  told.number = 7;
  told.reply = stream.reply;
  WireCallRow told_bare;
  told_bare.id = 2;
  told_bare.place = bare.place;
  told_bare.method = 2;
  EXPECT_THAT(all<WireCallRow>(reader), ElementsAre(told, told_bare));
  EXPECT_THAT(all<MethodRow>(reader), ElementsAre(MethodRow{1, "/a.B/\uFFFD"}, MethodRow{2, "unknown#4"}));
}

TEST_F(LedgerTest, EveryColumnOfAConnectionComesBack) {
  call::ConnectionView view;
  view.number = 2;
  view.opened = at(1);
  view.client = {"::1", 40022};
  view.server = {"127.0.0.1", 50051};
  view.packet = 4;
  view.from_start = false;
  view.gap_to_server = true;
  view.client_opening = http2::Opening::Tls;
  view.server_opening = http2::Opening::Http1;
  view.calls = 5;
  view.calls_not_followed = 6;
  view.octets_to_server = 7;
  view.octets_to_client = 8;
  call::ConnectionClosed closed{view, at(9), tcp::ConnectionClosing{2, at(9), Direction::ToClient, tcp::Closing::Reset, 11, ""},
                                true, 3};
  call::ConnectionView other;
  other.number = 1;
  other.gap_to_client = true;
  other.client = other.server = {"10.0.0.1", 1};
  write([&](Writer& writer) {
    writer.add(closed);
    writer.add(call::ConnectionClosed{other, at(9), std::nullopt, false, 0});
  });
  ConnectionRow row;
  row.number = 2;
  row.client = view.client;
  row.server = view.server;
  row.opened = at(1);
  row.ended = at(9);
  row.packet = 4;
  row.from_start = false;
  row.gap_to_server = true;
  row.client_opening = http2::Opening::Tls;
  row.server_opening = http2::Opening::Http1;
  row.calls = 5;
  row.calls_not_followed = 6;
  row.octets_to_server = 7;
  row.octets_to_client = 8;
  row.closing = tcp::Closing::Reset;
  row.closing_direction = Direction::ToClient;
  row.closing_packet = 11;
  row.goaway = true;
  row.calls_open = 3;
  ConnectionRow open;
  open.number = 1;
  open.client = open.server = other.client;
  open.ended = at(9);
  open.gap_to_client = true;
  Reader reader(file_);
  EXPECT_THAT(all<ConnectionRow>(reader), ElementsAre(open, row));
}

TEST_F(LedgerTest, FindingsClaimsCausesAndDifferencesComeBack) {
  verdict::Claim claim;
  claim.number = 8;
  claim.sentence = "the witnesses agree on every call";
  claim.outcome = verdict::Outcome::Broken;
  claim.because = "1 contradiction";
  claim.exhibits_total = 77;
  claim.exhibits = {
      {.call = "client1/aa/3", .text = "one", .octets = "0a0b", .wire = {{1, 2, 3, false}, {4, 5, 6, false}}, .statements = {}},
      {.call = "", .text = "two", .octets = "", .wire = {}, .statements = {{(folder_ / "statements/a.jsonl").string(), 9}}}};
  verdict::Claim second;
  second.number = 1;
  diagnose::Cause cause;
  cause.id = "F27";
  cause.title = "title";
  cause.explanation = "why";
  cause.fix = "so";
  cause.suspected = true;
  cause.times = 4;
  cause.places = {{7, 8, 9, false}};
  const verdict::Difference difference{"status", "they differ"};
  check::Finding finding{"RQ04", "clause", check::Severity::Warning, {}, "text"};
  finding.spot.place = {22, 2, 1, false};
  finding.spot.direction = Direction::ToClient;
  finding.spot.offset = kHuge;
  finding.spot.time = at(3);
  write([&](Writer& writer) {
    writer.add(claim, folder_);
    writer.add(second, folder_);
    writer.add(cause);
    writer.add(id(3), difference);
    writer.add(finding);
  });
  Reader reader(file_);
  const std::vector<verdict::Claim> claims = reader.claims();
  ASSERT_THAT(claims, SizeIs(2));
  EXPECT_EQ(claims[0].number, 1);
  EXPECT_EQ(claims[1].sentence, claim.sentence);
  EXPECT_EQ(claims[1].outcome, claim.outcome);
  EXPECT_EQ(claims[1].because, claim.because);
  EXPECT_EQ(claims[1].exhibits_total, 77u);
  ASSERT_THAT(claims[1].exhibits, SizeIs(2));
  EXPECT_EQ(claims[1].exhibits[0].call, "client1/aa/3");
  EXPECT_EQ(claims[1].exhibits[0].text, "one");
  EXPECT_EQ(claims[1].exhibits[0].octets, "0a0b");
  EXPECT_EQ(claims[1].exhibits[0].wire, claim.exhibits[0].wire);
  EXPECT_THAT(claims[1].exhibits[0].statements, IsEmpty());
  EXPECT_EQ(claims[1].exhibits[1].call, "");
  EXPECT_THAT(claims[1].exhibits[1].statements, ElementsAre(statement::Place{"statements/a.jsonl", 9}));
  const std::vector<diagnose::Cause> causes = reader.causes();
  ASSERT_THAT(causes, SizeIs(1));
  EXPECT_EQ(causes[0].id, "F27");
  EXPECT_EQ(causes[0].title, "title");
  EXPECT_EQ(causes[0].explanation, "why");
  EXPECT_EQ(causes[0].fix, "so");
  EXPECT_TRUE(causes[0].suspected);
  EXPECT_EQ(causes[0].times, 4u);
  EXPECT_EQ(causes[0].places, cause.places);
  EXPECT_THAT(all<DifferenceRow>(reader), ElementsAre(DifferenceRow{1, 3, difference}));
  EXPECT_THAT(all<FindingRow>(reader),
              ElementsAre(FindingRow{
                  1, "RQ04", check::Severity::Warning, "text", "clause", {22, 2, 1, false}, Direction::ToClient, kHuge, at(3)}));
}

TEST_F(LedgerTest, MetaComesBack) {
  Meta meta;
  meta.testigo = "0.1.0";
  meta.evidence = "20260102T030405Z-verify";
  meta.built = at(77);
  meta.wire = "listened on lo";
  meta.verdict = "PROVEN";
  meta.strictness = "-";
  meta.sources = {{"run.json", 5, -1}, {"wire.pcapng", kHuge, 17}};
  write([&](Writer& writer) {
    writer.add(start("client1", statement::Witness::Client));
    writer.add({1, 1, writer.file("f"), 1, false}, said(40, statement::Started{id(1), "/m", {}}));
    writer.add({1, 2, writer.file("f"), 2, false}, said(30, statement::End{1}));
    writer.add(meta);
  });
  meta.began = at(30);
  meta.ended = at(40);
  EXPECT_EQ(Reader(file_).meta(), meta);
}

TEST_F(LedgerTest, ACallIsWhatAllWitnessesSayOfIt) {
  write([&](Writer& writer) {
    add_clean_call(writer);
    writer.add(id(1), verdict::Difference{"status", "they differ"});
    writer.add_out_of_scope(id(1));
    check::Finding finding{"RQ04", "clause", check::Severity::Warning, {}, "text"};
    finding.spot.place = {22, 2, 1, false};
    writer.add(finding);
    verdict::Claim claim;
    claim.number = 3;
    claim.outcome = verdict::Outcome::Broken;
    claim.exhibits = {{.call = "client1/aa/1", .text = "", .octets = "", .wire = {}, .statements = {}}};
    writer.add(claim, folder_);
  });
  CallRow row;
  row.caller = 1;
  row.number = 1;
  row.method = 1;
  row.method_known = http2::Known::Exact;
  row.kind = statement::Kind::Unary;
  row.start = at(20);
  row.client = CallRow::Stated{1, true, true, 0, "", 10ns};
  row.server = CallRow::Stated{2, true, true, 5, "no", 4ns};
  row.wire = CallRow::Wire{1, {12, 2, 1, false}, 15, call::Ending::Trailers, verdict::WireState::Answered, 0, "", 7ns, 20, 60};
  row.streams = 1;
  row.requests = 1;
  row.replies = 1;
  row.warnings = true;
  row.out_of_scope = true;
  row.differs = true;
  row.exhibit = true;
  Reader reader(file_);
  EXPECT_THAT(all<CallRow>(reader), ElementsAre(row));
  EXPECT_EQ(reader.call(1, 1), row);
  EXPECT_EQ(reader.call_on_wire(2, 1), row);
  EXPECT_EQ(reader.call(1, 2), std::nullopt);
  EXPECT_EQ(reader.call_on_wire(2, 3), std::nullopt);
  EXPECT_EQ(reader.caller("client1", "aa"), 1);
  EXPECT_EQ(reader.caller("client1", "ab"), std::nullopt);
  EXPECT_EQ(reader.count_calls(), 1u);
}

// Each witness alone, and in any order.
TEST_F(LedgerTest, AWitnessThatSaysNothingIsAbsent) {
  call::Call call = on_wire(4, 1);
  verdict::WireStream stream;
  stream.id = id(4);
  write([&](Writer& writer) {
    writer.add(start("client1", statement::Witness::Client));
    writer.add(start("server", statement::Witness::Server));
    const FileId file = writer.file("f");
    writer.add({1, 1, file, 1, false}, said(10, statement::Started{id(1), "/m", statement::Kind::Bidi}));
    writer.add({1, 2, file, 2, false}, said(11, statement::Ended{id(2), 14, "gone", 3ns, 1, 0, {}}));
    writer.add({2, 1, file, 3, false}, said(12, statement::Received{id(3), "/m", statement::Kind::Unary, ""}));
    writer.add(closed(call), &stream);
    writer.add(closed(on_wire(5, 9)), nullptr);
  });
  Reader reader(file_);
  const std::vector<CallRow> calls = all<CallRow>(reader);
  ASSERT_THAT(calls, SizeIs(5));
  EXPECT_EQ(calls[0].client, (CallRow::Stated{1, true, false, {}, "", {}}));
  EXPECT_EQ(calls[0].kind, statement::Kind::Bidi);
  EXPECT_EQ(calls[0].start, at(10));
  EXPECT_EQ(calls[0].wire, std::nullopt);
  EXPECT_EQ(calls[0].requests, std::nullopt);
  EXPECT_EQ(calls[1].client, (CallRow::Stated{1, false, true, 14, "gone", 3ns}));
  EXPECT_FALSE(calls[1].kind_known);
  EXPECT_EQ(calls[1].method, std::nullopt);
  EXPECT_EQ(calls[2].client, std::nullopt);
  EXPECT_EQ(calls[2].server, (CallRow::Stated{2, true, false, {}, "", {}}));
  EXPECT_EQ(calls[3].number, 4u);
  EXPECT_EQ(calls[3].client, std::nullopt);
  EXPECT_EQ(calls[3].wire->place.stream, 1u);
  EXPECT_EQ(calls[4].caller, std::nullopt);
  EXPECT_EQ(calls[4].wire->place.stream, 9u);
  EXPECT_EQ(reader.call_on_wire(2, 9), calls[4]);
  EXPECT_EQ(reader.count_calls(), 5u);
}

TEST_F(LedgerTest, OfSeveralStreamsTheAnsweredOneCounts) {
  const auto add = [&](Writer& writer, std::uint64_t number, call::StreamId stream, verdict::WireState state) {
    verdict::WireStream testified;
    testified.id = id(number);
    testified.state = state;
    testified.call = on_wire(stream, stream);
    writer.add(closed(testified.call), &testified);
  };
  write([&](Writer& writer) {
    using enum verdict::WireState;
    writer.add(start("client1", statement::Witness::Client));
    for (const std::uint64_t number : {1, 2, 3}) {
      writer.add({1, number, writer.file("f"), number, false},
                 said(10, statement::Started{id(number), "/m", statement::Kind::Unary}));
    }
    add(writer, 1, 1, Undelivered);
    add(writer, 1, 3, Answered);
    add(writer, 1, 5, Open);
    add(writer, 2, 7, Cut);
    add(writer, 2, 9, Undelivered);
    add(writer, 3, 11, Undelivered);
    add(writer, 3, 13, Undelivered);
  });
  Reader reader(file_);
  const std::vector<CallRow> calls = all<CallRow>(reader);
  ASSERT_THAT(calls, SizeIs(3));
  EXPECT_EQ(calls[0].wire->place.stream, 3u);
  EXPECT_EQ(calls[0].streams, 3u);
  EXPECT_EQ(calls[1].wire->place.stream, 7u);
  EXPECT_EQ(calls[2].wire->place.stream, 13u);
  EXPECT_EQ(reader.call_on_wire(2, 5), calls[0]);
  std::vector<call::StreamId> streams;
  reader.for_each_wire_call(1, 1, [&](const WireCallRow& row) { streams.push_back(row.place.stream); });
  EXPECT_THAT(streams, ElementsAre(1, 3, 5));
}

// As on the wire of a capture by itself; they are as many as the judge of it counts.
TEST_F(LedgerTest, OfAnIdThatNobodyStatesEachStreamIsACall) {
  write([&](Writer& writer) {
    for (const call::StreamId stream : {1u, 3u}) {
      verdict::WireStream attempt;
      attempt.id = id(1);
      attempt.state = stream == 1 ? verdict::WireState::Answered : verdict::WireState::Undelivered;
      attempt.call = on_wire(stream, stream);
      attempt.call.status = stream == 1 ? 0 : 14;
      writer.add(closed(attempt.call), &attempt);
    }
  });
  Reader reader(file_);
  const std::vector<CallRow> calls = all<CallRow>(reader);
  ASSERT_THAT(calls, SizeIs(2));
  EXPECT_EQ(reader.count_calls(), 2u);
  for (const CallRow& call : calls) {
    EXPECT_EQ(call.number, 1u);
    EXPECT_EQ(call.streams, 2u);
    EXPECT_EQ(reader.call_on_wire(2, call.wire->place.stream), call);
  }
  EXPECT_EQ(calls[0].wire->place.stream, 1u);
  EXPECT_EQ(calls[0].wire->status, 0);
  EXPECT_EQ(calls[1].wire->place.stream, 3u);
  EXPECT_EQ(calls[1].wire->status, 14);
  EXPECT_EQ(reader.call(1, 1), calls[0]);
}

TEST_F(LedgerTest, OfALineThatIsThereTwiceTheFirstCounts) {
  write([&](Writer& writer) {
    writer.add(start("client1", statement::Witness::Client));
    const FileId file = writer.file("f");
    writer.add({1, 1, file, 1, false}, said(10, statement::Started{id(1), "/m", {}}));
    writer.add({1, 2, file, 2, false}, said(11, statement::Started{id(1), "/n", {}}));
    writer.add({1, 3, file, 3, false}, said(12, statement::Ended{id(1), 5, "a", 3ns, 1, 0, {}}));
    writer.add({1, 4, file, 4, false}, said(13, statement::Ended{id(1), 6, "b", 3ns, 1, 0, {}}));
  });
  Reader reader(file_);
  const std::vector<CallRow> calls = all<CallRow>(reader);
  ASSERT_THAT(calls, SizeIs(1));
  EXPECT_EQ(calls[0].start, at(10));
  EXPECT_EQ(calls[0].client->status, 5);
  EXPECT_EQ(calls[0].method, 1);
}

// Of another's call, of the other kind of witness, or behind an end record: it is kept, and tells nothing of the call.
TEST_F(LedgerTest, WhatAWitnessCannotHaveWrittenTellsNothing) {
  const statement::CallId other{"client2", "bb", 1};
  write([&](Writer& writer) {
    writer.add(start("client1", statement::Witness::Client));
    writer.add(start("server", statement::Witness::Server));
    const FileId file = writer.file("f");
    writer.add({1, 1, file, 1, false}, said(10, statement::Started{other, "/m", {}}));
    writer.add({1, 2, file, 2, false}, said(11, statement::Received{id(1), "/m", {}, ""}));
    writer.add({1, 3, file, 3, true}, said(12, statement::Ended{id(1), 0, "", 3ns, 1, 0, {}}));
    writer.add({2, 1, file, 4, false}, said(13, statement::Started{id(1), "/m", {}}));
  });
  Reader reader(file_);
  EXPECT_THAT(all<CallRow>(reader), IsEmpty());
  for (const StatementRow& row : all<StatementRow>(reader)) EXPECT_TRUE(row.out_of_place) << row.line;
  std::vector<std::uint64_t> lines;
  reader.for_each_statement(*reader.caller("client1", "aa"), 1, [&](const StatementRow& row) { lines.push_back(row.line); });
  EXPECT_THAT(lines, ElementsAre(2, 3, 4));
}

TEST_F(LedgerTest, AReplyToSomebodyElseIsTold) {
  const auto replied = [&](Writer& writer, std::uint64_t number, std::optional<statement::Reply> stated,
                           std::optional<statement::Reply> seen) {
    writer.add({1, number, writer.file("f"), number, false},
               said(12, statement::Ended{id(number), 0, "", 3ns, 1, 1, std::move(stated)}));
    verdict::WireStream stream;
    stream.id = id(number);
    stream.reply = std::move(seen);
    stream.call = on_wire(9, static_cast<call::StreamId>(number));
    writer.add(closed(stream.call), &stream);
  };
  write([&](Writer& writer) {
    writer.add(start("client1", statement::Witness::Client));
    replied(writer, 1, statement::Reply{"client1", 1, "s"}, statement::Reply{"client1", 1, "s"});
    replied(writer, 2, statement::Reply{"client2", 2, "s"}, {});
    replied(writer, 3, statement::Reply{"client1", 4, "s"}, {});
    replied(writer, 4, {}, statement::Reply{"client2", 4, "s"});
    replied(writer, 5, {}, {});
  });
  Reader reader(file_);
  std::vector<bool> others;
  for (const CallRow& row : all<CallRow>(reader)) others.push_back(row.reply_other);
  EXPECT_THAT(others, ElementsAre(false, true, true, true, false));
}

TEST_F(LedgerTest, FindingsBeyondTheLimitAreCounted) {
  Limits limits;
  limits.ledger_findings_max = 3;
  Writer writer(file_, Journal::None, limits);
  for (int i = 0; i < 5; ++i) writer.add(check::Finding{"RQ04", "clause", check::Severity::Warning, {}, std::to_string(i)});
  writer.add(Meta{});
  writer.close();
  Reader reader(file_);
  EXPECT_THAT(all<FindingRow>(reader), SizeIs(3));
  EXPECT_EQ(reader.meta().findings_left_out, 2u);
}

// More rows than one transaction has.
TEST_F(LedgerTest, ManyRowsAreAllThere) {
  constexpr std::uint64_t kMany = 120'000;
  write([&](Writer& writer) {
    writer.add(start("client1", statement::Witness::Client));
    const FileId file = writer.file("f");
    for (std::uint64_t i = 1; i <= kMany; ++i) {
      writer.add({1, i, file, i, false}, said(i, statement::Started{id(i), "/m" + std::to_string(i), {}}));
    }
  });
  Reader reader(file_);
  std::uint64_t next = 0;
  reader.for_each_statement([&](const StatementRow& row) {
    ++next;
    ASSERT_EQ(std::get<statement::Started>(row.statement.body).method, "/m" + std::to_string(next));
  });
  EXPECT_EQ(next, kMany);
  EXPECT_EQ(reader.count_calls(), kMany);
}

}  // namespace
}  // namespace testigo::ledger
