// What a client or a server says of its calls: one JSON line a statement. The format is in docs/formats/statements.md.
//
// Values only; writing them is statement_writer.h, reading them back statement_reader.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"

namespace testigo::statement {

constexpr std::string_view kFormatName = "testigo-statements";

// The version of the format that we write: "1.0". A reader takes every minor version of its own major version, and passes over
// members and types of line that it does not know.
constexpr int kVersionMajor = 1;
constexpr int kVersionMinor = 0;

// The metadata key that carries a call's id.
constexpr std::string_view kIdKey = "testigo-id";

enum class Witness : std::uint8_t { Client, Server };

// A call is known across witnesses by client name, a random id of the client's process, and its number from 1: "client1/5f0c…/17".
struct CallId {
  std::string client;
  std::string process;
  std::uint64_t number = 0;
  friend auto operator<=>(const CallId&, const CallId&) = default;
};

// Names of clients, servers and processes: 1 to 64 of letters, digits, '.', '_', '-'.
bool is_name(std::string_view text);

std::string to_text(const CallId& id);
// Nothing when it is not of that form (name and process: 1 to 64 of letters, digits, '.', '_', '-'; number from 1).
std::optional<CallId> parse_call_id(std::string_view text);

enum class Kind : std::uint8_t { Unary, ClientStream, ServerStream, Bidi };
std::string_view kind_name(Kind kind);  // "unary", "client-stream", "server-stream", "bidi"
std::optional<Kind> parse_kind(std::string_view text);

// Whom a reply names.
struct Reply {
  std::string client;
  std::uint64_t call = 0;
  std::string server;
  friend bool operator==(const Reply&, const Reply&) = default;
};

// The first line of every process, and of every file after a rotation.
struct Start {
  Witness witness = Witness::Client;
  std::string name;     // of the client or server
  std::string process;  // random id of the process
  std::string host;
  std::int64_t pid = 0;
  std::string address;               // server: where it listens; client: its target
  std::optional<Duration> period;    // client: --every
  std::optional<Duration> deadline;  // client: --deadline
  bool tls = false;
  bool continues = false;  // what this process wrote before stands in an earlier file, which rotation may have deleted
  friend bool operator==(const Start&, const Start&) = default;
};

// Client: the call is about to go out.
struct Started {
  CallId id;
  std::string method;  // "/testigo.greeter.v1.Greeter/Greet"
  Kind kind = Kind::Unary;
  friend bool operator==(const Started&, const Started&) = default;
};

// Server: the call came in; written before it is answered.
struct Received {
  CallId id;
  std::string method;
  Kind kind = Kind::Unary;
  std::string peer;  // "ipv4:127.0.0.1:40022"
  friend bool operator==(const Received&, const Received&) = default;
};

// Client and server: the call is over.
struct Ended {
  CallId id;
  int status = 0;  // gRPC status code
  std::string message;
  Duration latency{};          // since the call started, or was received
  std::uint64_t requests = 0;  // messages sent (client) or received (server)
  std::uint64_t replies = 0;   // messages received (client) or sent (server)
  // The first reply that names another client or call than the id, else the last reply.
  std::optional<Reply> reply;
  friend bool operator==(const Ended&, const Ended&) = default;
};

// The process ended in order; everything it had to say is in the file.
struct End {
  std::uint64_t calls = 0;  // of this process
  friend bool operator==(const End&, const End&) = default;
};

using Body = std::variant<Start, Started, Received, Ended, End>;

struct Statement {
  Time time;             // UTC, of the witness's own clock
  Duration monotonic{};  // of the same moment; compared within one process only
  Body body;
  friend bool operator==(const Statement&, const Statement&) = default;
};

// One line without its line break.
std::string to_line(const Statement& statement);

// The text as a statement gives it back: what is not UTF-8 is replaced by U+FFFD.
std::string as_stated(std::string text);

}  // namespace testigo::statement
