// A ledger in a folder of its own, and values to put into it. For tests.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/testing/temporary_folder.h"
#include "ledger/reader.h"
#include "ledger/writer.h"

namespace testigo::ledger::testing {

class LedgerTest : public ::testing::Test {
 protected:
  static Time at(std::uint64_t ns) { return Time(Duration(ns)); }
  static statement::CallId id(std::uint64_t number) { return {"client1", "aa", number}; }
  static statement::Statement said(std::uint64_t ns, statement::Body body) { return {at(ns), Duration(ns), std::move(body)}; }
  static statement::Start start(const std::string& name, statement::Witness witness) {
    statement::Start start;
    start.witness = witness;
    start.name = name;
    start.process = "aa";
    start.host = "box";
    start.pid = 4711;
    start.address = "127.0.0.1:50051";
    return start;
  }
  static call::Call on_wire(std::uint64_t packet, call::StreamId stream) {
    call::Call call;
    call.place = {packet, 2, stream, false};
    call.started = call.ended = at(20);
    return call;
  }
  call::CallClosed closed(const call::Call& call) const { return {view_, call}; }

  // Writes it whole.
  void write(const std::function<void(Writer&)>& add) const {
    Writer writer(file_, Journal::None);
    add(writer);
    writer.close();
  }

  // client1/aa/1, as its client, the wire and its server saw it, but for a status.
  void add_clean_call(Writer& writer) const {
    const statement::Reply reply{"client1", 1, "server"};
    writer.add(start("client1", statement::Witness::Client));
    writer.add(start("server", statement::Witness::Server));
    const FileId file = writer.file("statements/all.jsonl");
    writer.add({1, 1, file, 1, false}, said(10, statement::Started{id(1), "/m", statement::Kind::Unary}));
    writer.add({2, 1, file, 2, false}, said(30, statement::Received{id(1), "/m", statement::Kind::Unary, "ipv4:127.0.0.1:1"}));
    writer.add({2, 2, file, 3, false}, said(34, statement::Ended{id(1), 5, "no", Duration(4), 1, 1, reply}));
    writer.add({1, 2, file, 4, false}, said(40, statement::Ended{id(1), 0, "", Duration(10), 1, 1, reply}));
    verdict::WireStream stream;
    stream.id = id(1);
    stream.state = verdict::WireState::Answered;
    stream.reply = reply;
    stream.call = on_wire(12, 1);
    stream.call.end_packet = 15;
    stream.call.ended = at(27);
    stream.call.path = "/m";
    stream.call.path_known = http2::Known::Exact;
    stream.call.status = 0;
    stream.call.ending = call::Ending::Trailers;
    stream.call.request.messages = stream.call.response.messages = 1;
    stream.call.request.bytes = 20;
    stream.call.response.bytes = 60;
    writer.add(closed(stream.call), &stream);
  }

  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
  const std::filesystem::path file_ = folder_ / "ledger.db";
  const call::ConnectionView view_;
};

// All rows of a kind.
template <typename Row>
std::vector<Row> all(Reader& reader) {
  std::vector<Row> rows;
  const std::function<void(const Row&)> take = [&](const Row& row) { rows.push_back(row); };
  if constexpr (std::is_same_v<Row, StatementRow>) reader.for_each_statement(take);
  if constexpr (std::is_same_v<Row, WitnessRow>) reader.for_each_witness(take);
  if constexpr (std::is_same_v<Row, CallerRow>) reader.for_each_caller(take);
  if constexpr (std::is_same_v<Row, MethodRow>) reader.for_each_method(take);
  if constexpr (std::is_same_v<Row, WireCallRow>) reader.for_each_wire_call(take);
  if constexpr (std::is_same_v<Row, ConnectionRow>) reader.for_each_connection(take);
  if constexpr (std::is_same_v<Row, CallRow>) reader.for_each_call(take);
  if constexpr (std::is_same_v<Row, FindingRow>) reader.for_each_finding(take);
  if constexpr (std::is_same_v<Row, DifferenceRow>) reader.for_each_difference(take);
  return rows;
}

}  // namespace testigo::ledger::testing
