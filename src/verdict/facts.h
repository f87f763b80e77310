// What every witness says, sorted by call: the evidence turned round. Private to this room.
//
// It points into the Evidence, which must outlive it. One CallFacts a call; everything is found by sorted vectors and hash maps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "verdict/judge.h"

namespace testigo::verdict {

constexpr std::uint32_t kNone = 0xffffffff;
constexpr Duration kDefaultDeadline = std::chrono::seconds(5);

// A line of a statement file, with the reading that it stands in.
struct Cited {
  const statement::Reading* reading = nullptr;
  const statement::Line* line = nullptr;

  explicit operator bool() const { return line != nullptr; }
  const statement::Statement* operator->() const { return &line->statement; }
  statement::Place place() const { return reading->place(*line); }
  template <typename Body>
  const Body& as() const {
    return std::get<Body>(line->statement.body);
  }
};

// A process of a client, whose calls have its name and random id.
struct ClientProcess {
  std::string name;
  std::string process;
  const statement::Reading* reading = nullptr;  // null: its file is not in the evidence
  const statement::Testimony* testimony = nullptr;
  Duration deadline = kDefaultDeadline;
  Duration last{};                 // its last line, by its own monotonic clock
  std::uint64_t first_number = 0;  // of its started lines; 0: there are none
  std::uint64_t last_number = 0;   // the highest that it states
  std::uint64_t scope_from = 1;    // calls of lower numbers are out of scope
  std::uint64_t wire_from = 0;     // the lowest that the wire saw; 0: none
  std::uint64_t wire_last = 0;     // the highest that the wire saw

  bool known() const { return testimony != nullptr; }
  bool ended() const { return known() && testimony->end.has_value(); }
  bool damaged() const { return reading != nullptr && reading->damaged_lines > 0; }
};

struct ServerProcess {
  const statement::Testimony* testimony = nullptr;
  std::uint32_t file = 0;  // index into Facts::server_files
  bool followed = false;   // another process follows in its file: this one is over
  Duration last{};         // its last line, by its own monotonic clock
  std::uint64_t received = 0;

  bool ended() const { return testimony->end.has_value(); }
};

// One file of a server, with its rotated predecessors.
struct ServerFile {
  // Of the calls of one client process.
  struct Range {
    std::uint64_t border = 0;  // the first that the file has, or a later one that it has the end of only: see beginning_lost
    std::uint64_t last = 0;
  };
  const statement::Reading* reading = nullptr;
  bool beginning_lost = false;
  bool whole = false;                                 // its last process ended in order
  std::unordered_map<std::uint32_t, Range> received;  // by client process
};

struct CallFacts {
  std::uint32_t process = 0;  // index into Facts::clients
  std::uint64_t number = 0;
  Cited started, ended;  // the client's
  Cited received, received_again, server_ended;
  std::uint32_t started_times = 0, ended_times = 0, received_times = 0, server_ended_times = 0;
  std::uint32_t server = kNone;         // index into Facts::servers: who received it
  std::uint32_t server_of_end = kNone;  // the same, who ended it
  std::uint32_t stream = kNone;         // the first of its streams; index into WireTestimony::streams and Facts::next_stream
  bool unheard = false;                 // it has none, and may have been made while nobody listened to the wire
};

// A line that its file has no business to hold: of another's call, or of the other kind of witness.
struct Stray {
  Cited line;
  std::string text;
};

struct Facts {
  const Evidence* evidence = nullptr;
  std::vector<ClientProcess> clients;
  std::vector<ServerProcess> servers;
  std::vector<ServerFile> server_files;
  std::vector<CallFacts> calls;  // by process, then number
  std::vector<std::uint32_t> next_stream;
  std::vector<Stray> strays;  // the first of them
  std::uint64_t strays_total = 0;

  const ClientProcess& client(const CallFacts& call) const { return clients[call.process]; }
};

Facts gather(const Evidence& evidence);

}  // namespace testigo::verdict
