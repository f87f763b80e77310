// Evidence made by hand: calls that all went well, seen by three witnesses, and then one thing is changed. For tests.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "verdict/judge.h"

namespace testigo::verdict::testing {

using namespace std::chrono_literals;
using call::Ending;

constexpr std::string_view kMethod = "/testigo.greeter.v1.Greeter/Greet";

// One call as the witnesses see it. Its parts may be changed, emptied and added to.
struct ScriptedCall {
  statement::CallId id;
  Duration at{};                  // by the client's clock
  Duration answered_after = 2ms;  // the client's latency
  std::optional<statement::Started> started;
  std::optional<statement::Ended> ended;
  std::vector<statement::Received> received;
  std::vector<statement::Ended> server_ended;
  std::size_t server = 0;  // which process of the server's file received it
  std::vector<WireStream> streams;

  ScriptedCall& kind(statement::Kind kind);
  ScriptedCall& client_fails(int status, std::string message = {});
  ScriptedCall& client_silent();
  ScriptedCall& answer(int status);  // on the wire and of the server
  ScriptedCall& wire_none();
  // The stream ends so, without an answer.
  ScriptedCall& wire(Ending ending, bool delivered = true);
  ScriptedCall& server_none();
  ScriptedCall& server_never_ends();
  ScriptedCall& reply_names(const std::string& client, std::uint64_t call);
};

struct ScriptedServer {
  bool ends = true;  // in order
  statement::Start start;
};

class EvidenceBuilder {
 public:
  explicit EvidenceBuilder(int clients = 2, std::uint64_t calls = 5, Duration period = 100ms);

  // The call `number` of client `client` ("client1").
  ScriptedCall& call(const std::string& client, std::uint64_t number);
  ScriptedCall& first() { return call("client1", 1); }
  ScriptedCall& middle() { return call("client1", 3); }
  ScriptedCall& add_call(const std::string& client, std::uint64_t number);
  std::vector<ScriptedCall>& calls() { return calls_; }

  EvidenceBuilder& no_wire();
  EvidenceBuilder& tls();  // the wire shows that there are connections, and no more
  EvidenceBuilder& no_server();
  EvidenceBuilder& no_client(const std::string& client);
  EvidenceBuilder& client_without_end(const std::string& client);
  EvidenceBuilder& server_without_end();
  // From here on another process of the server, after the first one died.
  EvidenceBuilder& restart_server_from(std::uint64_t number);

  std::vector<ScriptedServer> servers;
  Evidence build() const;

 private:
  struct Client {
    statement::Start start;
    bool ends = true;
    bool there = true;
  };
  statement::Reading client_reading(const Client& client) const;
  statement::Reading server_reading() const;
  WireTestimony wire() const;
  Client& client(const std::string& name);

  Duration period_;
  std::vector<Client> clients_;
  std::vector<ScriptedCall> calls_;
  bool has_wire_ = true;
  bool tls_ = false;
};

WireStream answered_stream(const statement::CallId& id, std::uint64_t connection, std::uint64_t packet);
WireConnection whole_connection(std::uint64_t number);

// "2 4 8" for the claims that are broken; "-" for none.
std::string broken(const Verdict& verdict);
std::string inconclusive(const Verdict& verdict);
const Claim& claim(const Verdict& verdict, int number);

}  // namespace testigo::verdict::testing
