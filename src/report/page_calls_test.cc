#include "report/page_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ledger/testing/ledger_file.h"

namespace testigo::report {
namespace {

using ::testing::SizeIs;

constexpr std::size_t kAll = 1 << 20;

class PageCallsTest : public ledger::testing::LedgerTest {
 protected:
  PageCalls read(std::size_t kept_max = kAll) {
    ledger::Reader reader(file_);
    return {reader, at(0), kept_max};
  }
  static nlohmann::ordered_json lists_of(const PageCalls& calls) {
    nlohmann::ordered_json lists;
    calls.names().add_to(lists);
    return lists;
  }

  // A connection between two addresses, to port 50051.
  void add_connection(ledger::Writer& writer, call::ConnectionNumber number, const std::string& client, const std::string& server) {
    call::ConnectionView view;
    view.number = number;
    view.client = {client, 40000};
    view.server = {server, 50051};
    writer.add(call::ConnectionClosed{view, at(2000), {}, {}, 0});
  }
  // As the wire saw it, with an id or without.
  void add_on_wire(ledger::Writer& writer, call::ConnectionNumber connection, call::StreamId stream, std::uint64_t number = 0,
                   int status = 0, const std::string& process = "aa") {
    call::Call call;
    call.place = {100 + stream, connection, stream, false};
    call.started = at(1000 + stream);
    call.ended = at(1500 + stream);
    call.end_packet = 101 + stream;
    call.path = "/m";
    call.path_known = http2::Known::Exact;
    call.status = status;
    call.ending = call::Ending::Trailers;
    verdict::WireStream of;
    of.id = {"client1", process, number};
    of.state = verdict::WireState::Answered;
    of.call = call;
    writer.add(closed(call), number == 0 ? nullptr : &of);
  }
  void add_started(ledger::Writer& writer, const statement::CallId& id, std::uint64_t seq, std::uint64_t ns = 10) {
    writer.add({1, seq, writer.file("statements/all.jsonl"), seq, false},
               said(ns, statement::Started{id, "/m", statement::Kind::Unary}));
  }
};

TEST_F(PageCallsTest, SaysWhatEachWitnessSays) {
  write([this](ledger::Writer& writer) {
    add_clean_call(writer);
    add_connection(writer, 2, "10.0.0.1", "127.0.0.1");
    writer.add(id(1), verdict::Difference{"status", "status is OK for the client, NOT_FOUND (5) for the server"});
  });
  const PageCalls calls = read();
  EXPECT_EQ(calls.total(), 1u);
  ASSERT_THAT(calls.calls(), SizeIs(1));
  const PageCall& call = calls.calls()[0];
  EXPECT_EQ(call.start_ns, 20) << "by the wire's clock";
  EXPECT_EQ(call.number, 1u);
  EXPECT_EQ(call.connection, 2u);
  EXPECT_EQ(call.stream, 1u);
  EXPECT_EQ(call.packet, 12u);
  EXPECT_EQ(call.end_packet, 15u);
  EXPECT_EQ(call.client_status, 0);
  EXPECT_EQ(call.wire_status, 0);
  EXPECT_EQ(call.server_status, 5);
  EXPECT_EQ(call.client_latency_ns, 10);
  EXPECT_EQ(call.wire_latency_ns, 7);
  EXPECT_EQ(call.server_latency_ns, 4);
  EXPECT_EQ(call.request_bytes, 20);
  EXPECT_EQ(call.reply_bytes, 60);
  EXPECT_EQ(call.requests, 1u);
  EXPECT_EQ(call.replies, 1u);
  EXPECT_EQ(call.kind, 0);
  EXPECT_EQ(call.ending, 0);
  EXPECT_EQ(call.flags, PageCall::kDiffers);
  const auto lists = lists_of(calls);
  EXPECT_EQ(lists["clients"].at(call.client)["name"], "client1");
  EXPECT_EQ(lists["clients"].at(call.client)["address"], "10.0.0.1");
  EXPECT_EQ(lists["servers"].at(call.server)["name"], "server");
  EXPECT_EQ(lists["methods"].at(call.method), "/m");
  EXPECT_EQ(lists["processes"].at(call.process)["process"], "aa");
  EXPECT_EQ(lists["processes"].at(call.process)["client"], call.client);
}

TEST_F(PageCallsTest, WithoutAnIdTheAddressesTellWhoItWas) {
  write([this](ledger::Writer& writer) {
    writer.add(start("server", statement::Witness::Server));
    add_connection(writer, 1, "10.0.0.1", "127.0.0.1");
    add_connection(writer, 2, "10.0.0.2", "10.0.0.9");
    add_on_wire(writer, 1, 1, 7);
    add_on_wire(writer, 1, 3);
    add_on_wire(writer, 2, 5);
    add_on_wire(writer, 3, 7);  // of a connection that nothing is known of
  });
  const PageCalls calls = read();
  ASSERT_THAT(calls.calls(), SizeIs(4));
  const auto lists = lists_of(calls);
  const auto client = [&](std::size_t row) { return lists["clients"].at(calls.calls()[row].client)["name"]; };
  const auto server = [&](std::size_t row) { return lists["servers"].at(calls.calls()[row].server)["name"]; };
  EXPECT_EQ(client(0), "client1");
  EXPECT_EQ(client(1), "client1") << "who has an id on the same connection";
  EXPECT_EQ(client(2), "10.0.0.2");
  EXPECT_EQ(server(0), "server") << "by its address";
  EXPECT_EQ(server(1), "server");
  EXPECT_EQ(server(2), "10.0.0.9:50051");
  EXPECT_EQ(calls.calls()[1].number, 0u);
  EXPECT_EQ(calls.calls()[1].process, PageCall::kNobody);
  EXPECT_EQ(calls.calls()[3].client, PageCall::kNobody);
  EXPECT_EQ(calls.calls()[3].server, PageCall::kNobody);
}

TEST_F(PageCallsTest, AWitnessThatSaysNothingIsTold) {
  write([this](ledger::Writer& writer) {
    writer.add(start("client1", statement::Witness::Client));
    add_started(writer, id(1), 1);
  });
  const PageCalls calls = read();
  ASSERT_THAT(calls.calls(), SizeIs(1));
  const PageCall& call = calls.calls()[0];
  EXPECT_EQ(call.client_status, PageCall::kSawNoEnd);
  EXPECT_EQ(call.wire_status, PageCall::kSaysNothing);
  EXPECT_EQ(call.server_status, PageCall::kSaysNothing);
  EXPECT_EQ(call.server, PageCall::kNobody);
  EXPECT_EQ(call.ending, 0xff);
  EXPECT_TRUE(std::isnan(call.wire_latency_ns));
  EXPECT_TRUE(std::isnan(call.client_latency_ns));
  EXPECT_TRUE(std::isnan(call.request_bytes));
}

TEST_F(PageCallsTest, FlagsAreThoseOfItsStreamAndItsClaims) {
  write([this](ledger::Writer& writer) {
    add_on_wire(writer, 1, 1, 1);
    add_on_wire(writer, 1, 3, 2);
    check::Finding finding;
    finding.check = "CN01";
    finding.spot.place = {103, 1, 3, false};
    for (const check::Severity severity : {check::Severity::Error, check::Severity::Info}) {
      finding.severity = severity;
      writer.add(finding);
    }
    verdict::Claim claim;
    claim.number = 3;
    claim.outcome = verdict::Outcome::Broken;
    claim.exhibits.push_back({"client1/aa/2", "no reply", "", {{103, 1, 3, false}}, {}});
    writer.add(claim, folder_);
  });
  const PageCalls calls = read();
  ASSERT_THAT(calls.calls(), SizeIs(2));
  EXPECT_EQ(calls.calls()[0].flags, 0);
  EXPECT_EQ(calls.calls()[1].flags, PageCall::kError | PageCall::kInfo | PageCall::kBreaksClaim);
}

TEST_F(PageCallsTest, RowsAreFoundByStreamAndById) {
  write([this](ledger::Writer& writer) {
    add_on_wire(writer, 1, 3, 9);
    add_on_wire(writer, 1, 1, 4);
    add_on_wire(writer, 2, 1);
  });
  constexpr call::ConnectionNumber kConnection = 1;
  PageCalls calls = read();
  ASSERT_THAT(calls.calls(), SizeIs(3));
  ledger::Reader reader(file_);
  const ledger::CallerId caller = *reader.caller("client1", "aa");
  for (const auto& [connection, stream] : {std::pair(1, 1), {1, 3}, {2, 1}}) {
    const auto row = calls.row_of_stream(static_cast<call::ConnectionNumber>(connection), static_cast<call::StreamId>(stream));
    ASSERT_TRUE(row);
    EXPECT_EQ(calls.calls()[*row].connection, connection);
    EXPECT_EQ(calls.calls()[*row].stream, stream);
  }
  for (const std::uint64_t number : {4u, 9u}) {
    const auto row = calls.row_of_call(caller, number);
    ASSERT_TRUE(row);
    EXPECT_EQ(calls.calls()[*row].number, number);
    EXPECT_EQ(calls.caller(calls.calls()[*row]), caller);
  }
  EXPECT_FALSE(calls.row_of_stream(kConnection, 5u));
  EXPECT_FALSE(calls.row_of_stream((kConnection << 32) + 1, 1u));
  EXPECT_FALSE(calls.row_of_call(caller, 5));
  EXPECT_FALSE(calls.row_of_call(caller + 1, 4));
  EXPECT_FALSE(calls.row_of_call(caller, 0));
  EXPECT_FALSE(calls.caller(calls.calls()[*calls.row_of_stream(kConnection + 1, 1u)])) << "it has no id";
  calls.thin(1);
  EXPECT_THAT(calls.calls(), SizeIs(1));
  EXPECT_EQ(calls.row_of_stream(calls.calls()[0].connection, calls.calls()[0].stream), 0u) << "where they stand now";
}

TEST_F(PageCallsTest, AnIdAbove32BitsIsNobodyElses) {
  constexpr std::uint64_t kHuge = (std::uint64_t{1} << 32) + 7;
  write([this](ledger::Writer& writer) {
    add_on_wire(writer, 1, 1, 7);
    add_on_wire(writer, 1, 3, kHuge);
    add_on_wire(writer, 1, 5, 0xffff'ffff);
    add_on_wire(writer, 1, 7, 7, 0, "bb");
  });
  const PageCalls calls = read();
  ASSERT_THAT(calls.calls(), SizeIs(4));
  ledger::Reader reader(file_);
  const ledger::CallerId first = *reader.caller("client1", "aa"), second = *reader.caller("client1", "bb");
  EXPECT_EQ(calls.calls()[1].number, 0u) << "what cannot be told is not told as another";
  EXPECT_EQ(calls.calls()[1].process, PageCall::kNobody);
  EXPECT_EQ(calls.calls()[1].client, calls.calls()[0].client);
  EXPECT_EQ(calls.caller(calls.calls()[1]), first);
  EXPECT_EQ(calls.calls()[1].full_number, kHuge);
  EXPECT_EQ(calls.row_of_call(first, kHuge), 1u);
  EXPECT_EQ(calls.row_of_call(first, 7), 0u);
  EXPECT_EQ(calls.row_of_call(first, 0xffff'ffff), 2u);
  EXPECT_EQ(calls.row_of_call(second, 7), 3u);
}

TEST_F(PageCallsTest, WhatIsBeyondTheListsIsNobody) {
  constexpr std::uint64_t kProcesses = 70'000;  // more than a column can tell apart
  write([this](ledger::Writer& writer) {
    for (std::uint64_t i = 1; i <= kProcesses; ++i) {
      add_on_wire(writer, 1, static_cast<call::StreamId>(2 * i - 1), i, 0, std::to_string(i));
    }
  });
  const PageCalls calls = read();
  ASSERT_THAT(calls.calls(), SizeIs(kProcesses));
  ledger::Reader reader(file_);
  for (std::uint64_t i = 1; i <= kProcesses; i += 997) {
    const PageCall& call = calls.calls()[i - 1];
    const auto caller = reader.caller("client1", std::to_string(i));
    ASSERT_TRUE(caller);
    EXPECT_EQ(call.process == PageCall::kNobody, i > PageNames::kListMax) << i;
    EXPECT_EQ(call.number == 0, i > PageNames::kListMax) << i;
    EXPECT_EQ(calls.row_of_call(*caller, i), i - 1) << "whoever asks finds it";
    EXPECT_EQ(calls.caller(call), *caller);
  }
}

TEST_F(PageCallsTest, ASampleKeepsWhatIsRemarkable) {
  write([this](ledger::Writer& writer) {
    for (call::StreamId i = 0; i < 1000; ++i) add_on_wire(writer, 1, 2 * i + 1, 0, i % 100 == 50 ? 14 : 0);
  });
  const PageCalls calls = read(100);
  EXPECT_EQ(calls.total(), 1000u);
  EXPECT_LE(calls.calls().size(), 100u);
  EXPECT_GE(calls.calls().size(), 90u);
  EXPECT_EQ(std::ranges::count_if(calls.calls(), is_remarkable), 10);
  EXPECT_TRUE(std::ranges::is_sorted(calls.calls(), {}, &PageCall::start_ns));
  EXPECT_GT(calls.calls().back().stream, 1900u) << "from all of the run";
  EXPECT_LT(calls.calls().front().stream, 100u);
  EXPECT_EQ(calls.remarkable_left_out(), 0u);
  EXPECT_THAT(read(1).calls(), SizeIs(1));
  EXPECT_EQ(read(1).remarkable_left_out(), 9u);
  EXPECT_EQ(read(4).remarkable_left_out(), 6u);
}

}  // namespace
}  // namespace testigo::report
