#include "verdict/testing/evidence_builder.h"

#include <algorithm>
#include <stdexcept>

namespace testigo::verdict::testing {
namespace {

constexpr Time kMidnight{};

std::string process_of(const std::string& client) { return "p-" + client; }

void write(statement::Testimony& testimony, Duration at, statement::Body body) {
  testimony.lines.push_back({0, 0, {kMidnight + at, at, std::move(body)}});
}

// Lines stand in the order of their times, and are numbered so.
void finish(statement::Testimony& testimony, std::optional<std::uint64_t> calls, std::uint64_t& number) {
  std::ranges::stable_sort(testimony.lines, {}, [](const statement::Line& line) { return line.statement.monotonic; });
  testimony.first = {0, ++number, {kMidnight, Duration::zero(), testimony.start}};
  for (statement::Line& line : testimony.lines) line.number = ++number;
  if (!calls) return;
  const Duration last = testimony.lines.empty() ? Duration::zero() : testimony.lines.back().statement.monotonic;
  testimony.end = statement::Line{0, ++number, {kMidnight + last, last, statement::End{*calls}}};
}

std::string listed(const Verdict& verdict, Outcome outcome) {
  std::string text;
  for (const Claim& claim : verdict.claims) {
    if (claim.outcome == outcome) text += (text.empty() ? "" : " ") + std::to_string(claim.number);
  }
  return text.empty() ? "-" : text;
}

}  // namespace

WireStream answered_stream(const statement::CallId& id, std::uint64_t connection, std::uint64_t packet) {
  WireStream stream;
  stream.id = id;
  call::Call& call = stream.call;
  call.place = {packet, connection, static_cast<call::StreamId>(2 * id.number - 1)};
  call.rpc_class = call.response_class = call::RpcClass::Grpc;
  call.path = kMethod;
  call.path_known = http2::Known::Exact;
  call.request = {.headers = true, .ended = true, .messages = 1, .bytes = 20, .end = 100, .headers_end = 50, .packet = packet};
  call.response = {.headers = true, .ended = true, .messages = 1, .bytes = 60, .end = 200, .headers_end = 90, .packet = packet + 2};
  call.http_status = 200;
  call.status = 0;
  call.ending = call::Ending::Trailers;
  call.end_packet = packet + 2;
  call.request_delivered = call.headers_delivered = true;
  stream.state = state_of(call, false);
  stream.reply = statement::Reply{id.client, id.number, "server"};
  stream.reply_packet = packet + 1;
  return stream;
}

WireConnection whole_connection(std::uint64_t number) {
  WireConnection connection;
  connection.view.number = number;
  connection.view.client_opening = connection.view.server_opening = http2::Opening::Http2;
  connection.carried_call = true;
  connection.preface_packet = connection.client_settings_packet = 4;
  connection.server_settings_packet = 5;
  connection.client_ack_packet = 6;
  connection.server_ack_packet = 7;
  connection.headers_packet = 8;
  connection.data_packet = 9;
  connection.trailers_packet = 10;
  connection.client_last_packet = connection.server_last_packet = 20;
  connection.closed = true;
  return connection;
}

ScriptedCall& ScriptedCall::kind(statement::Kind kind) {
  if (started) started->kind = kind;
  for (auto& line : received) line.kind = kind;
  return *this;
}

ScriptedCall& ScriptedCall::client_fails(int status, std::string message) {
  ended->status = status;
  ended->message = std::move(message);
  ended->replies = 0;
  ended->reply.reset();
  return *this;
}

ScriptedCall& ScriptedCall::client_silent() {
  started.reset();
  ended.reset();
  return *this;
}

ScriptedCall& ScriptedCall::answer(int status) {
  for (WireStream& stream : streams) {
    stream.call.status = status;
    stream.call.response.messages = 0;
    stream.reply.reset();
  }
  for (auto& line : server_ended) {
    line.status = status;
    line.replies = 0;
    line.reply.reset();
  }
  return *this;
}

ScriptedCall& ScriptedCall::wire_none() {
  streams.clear();
  return *this;
}

ScriptedCall& ScriptedCall::wire(Ending ending, bool delivered) {
  for (WireStream& stream : streams) {
    stream.call.ending = ending;
    stream.call.status.reset();
    stream.call.request_delivered = stream.call.headers_delivered = delivered;
    stream.call.response = {};
    stream.reply.reset();
    stream.state = state_of(stream.call, false);
  }
  return *this;
}

ScriptedCall& ScriptedCall::server_none() {
  received.clear();
  server_ended.clear();
  return *this;
}

ScriptedCall& ScriptedCall::server_never_ends() {
  server_ended.clear();
  return *this;
}

ScriptedCall& ScriptedCall::reply_names(const std::string& client, std::uint64_t call) {
  const statement::Reply reply{client, call, "server"};
  if (ended) ended->reply = reply;
  for (WireStream& stream : streams) {
    stream.reply = reply;
    stream.reply_octets = "0a0b";
  }
  return *this;
}

EvidenceBuilder::EvidenceBuilder(int clients, std::uint64_t calls, Duration period) : period_(period) {
  ScriptedServer server;
  server.start.witness = statement::Witness::Server;
  server.start.name = "server";
  server.start.process = "s1";
  servers.push_back(server);
  for (int i = 1; i <= clients; ++i) {
    const std::string name = "client" + std::to_string(i);
    statement::Start start;
    start.name = name;
    start.process = process_of(name);
    start.period = period;
    start.deadline = 5s;
    clients_.push_back({start});
    for (std::uint64_t number = 1; number <= calls; ++number) add_call(name, number);
  }
}

ScriptedCall& EvidenceBuilder::add_call(const std::string& client, std::uint64_t number) {
  ScriptedCall call;
  call.id = {client, process_of(client), number};
  call.at = 10s + static_cast<int>(number) * period_;
  call.started = statement::Started{call.id, std::string(kMethod), statement::Kind::Unary};
  const statement::Ended ended{call.id, 0, "", 2ms, 1, 1, statement::Reply{client, number, "server"}};
  call.ended = ended;
  call.received.push_back({call.id, std::string(kMethod), statement::Kind::Unary, "ipv4:127.0.0.1:40022"});
  call.server_ended.push_back(ended);
  const std::uint64_t connection = client.back() - '0';
  call.streams.push_back(answered_stream(call.id, connection, 100 * number + 10 * connection));
  calls_.push_back(std::move(call));
  return calls_.back();
}

ScriptedCall& EvidenceBuilder::call(const std::string& client, std::uint64_t number) {
  for (ScriptedCall& call : calls_) {
    if (call.id.client == client && call.id.number == number) return call;
  }
  throw std::logic_error("no such call");
}

EvidenceBuilder::Client& EvidenceBuilder::client(const std::string& name) {
  const auto found = std::ranges::find(clients_, name, [](const Client& client) { return client.start.name; });
  if (found == clients_.end()) throw std::logic_error("no such client");
  return *found;
}

EvidenceBuilder& EvidenceBuilder::no_wire() {
  has_wire_ = false;
  return *this;
}

EvidenceBuilder& EvidenceBuilder::tls() {
  tls_ = true;
  return *this;
}

EvidenceBuilder& EvidenceBuilder::no_server() {
  servers.clear();
  return *this;
}

EvidenceBuilder& EvidenceBuilder::no_client(const std::string& name) {
  client(name).there = false;
  return *this;
}

EvidenceBuilder& EvidenceBuilder::client_without_end(const std::string& name) {
  client(name).ends = false;
  return *this;
}

EvidenceBuilder& EvidenceBuilder::server_without_end() {
  servers.back().ends = false;
  return *this;
}

EvidenceBuilder& EvidenceBuilder::restart_server_from(std::uint64_t number) {
  servers.push_back(servers.back());
  servers.front().ends = false;
  servers.back().start.process = "s2";
  for (ScriptedCall& call : calls_) {
    if (call.id.number >= number) call.server = 1;
  }
  return *this;
}

statement::Reading EvidenceBuilder::client_reading(const Client& client) const {
  statement::Reading reading;
  reading.files.push_back(client.start.name + ".jsonl");
  statement::Testimony& testimony = reading.testimonies.emplace_back();
  testimony.start = client.start;
  std::uint64_t last = 0;
  for (const ScriptedCall& call : calls_) {
    if (call.id.client != client.start.name) continue;
    if (call.started || call.ended) last = std::max(last, call.id.number);
    if (call.started) write(testimony, call.at, *call.started);
    if (call.ended) write(testimony, call.at + call.answered_after, *call.ended);
  }
  std::uint64_t number = 0;
  finish(testimony, client.ends ? std::optional(last) : std::nullopt, number);
  return reading;
}

statement::Reading EvidenceBuilder::server_reading() const {
  statement::Reading reading;
  reading.files.emplace_back("server.jsonl");
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    statement::Testimony& testimony = reading.testimonies.emplace_back();
    testimony.start = servers[i].start;
    std::uint64_t received = 0;
    for (const ScriptedCall& call : calls_) {
      if (call.server != i) continue;
      received += call.received.size();
      // The server's clock is its own: an hour ahead.
      for (const auto& line : call.received) write(testimony, call.at + 1h + 500us, line);
      for (const auto& line : call.server_ended) write(testimony, call.at + 1h + 900us, line);
    }
    finish(testimony, servers[i].ends ? std::optional(received) : std::nullopt, number);
  }
  return reading;
}

WireTestimony EvidenceBuilder::wire() const {
  WireTestimony wire;
  for (std::size_t i = 0; i < clients_.size(); ++i) wire.connections.push_back(whole_connection(i + 1));
  if (tls_) {
    for (WireConnection& connection : wire.connections) {
      connection = {};
      connection.view.client_opening = connection.view.server_opening = http2::Opening::Tls;
    }
    return wire;
  }
  for (const ScriptedCall& call : calls_) wire.streams.insert(wire.streams.end(), call.streams.begin(), call.streams.end());
  return wire;
}

Evidence EvidenceBuilder::build() const {
  Evidence evidence;
  for (const Client& client : clients_) {
    if (client.there) evidence.clients.push_back(client_reading(client));
  }
  if (!servers.empty()) evidence.servers.push_back(server_reading());
  if (has_wire_) evidence.wire = wire();
  evidence.checks.counts["ST05"] = {};
  for (const std::string_view id : {"CN01", "CN02", "RS01"}) {
    evidence.checks.counts[id].passed = clients_.size();
    for (std::size_t i = 1; i <= clients_.size(); ++i) evidence.connection_checks[i].counts[id].passed = 1;
  }
  return evidence;
}

std::string broken(const Verdict& verdict) { return listed(verdict, Outcome::Broken); }
std::string inconclusive(const Verdict& verdict) { return listed(verdict, Outcome::Inconclusive); }
const Claim& claim(const Verdict& verdict, int number) { return verdict.claims.at(static_cast<std::size_t>(number) - 1); }

}  // namespace testigo::verdict::testing
