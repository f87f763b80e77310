// What a ledger gives back: its rows as values. Texts are UTF-8, and as bounded as Limits::ledger_text_bytes_max; those of a wire
// are not inert.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "call/event.h"
#include "check/tally.h"
#include "statement/statement.h"
#include "verdict/claim.h"
#include "verdict/wire_testimony.h"

namespace testigo::ledger {

using WitnessId = std::int64_t;  // of a process that states calls: a client's or a server's
using CallerId = std::int64_t;   // of a client process that call ids name
using MethodId = std::int64_t;
using WireCallId = std::int64_t;  // in the order in which calls of the wire ended

// A file that the ledger was made from, as it was when it was opened.
struct Source {
  std::string path;  // below the evidence folder
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;
  friend bool operator==(const Source&, const Source&) = default;
};

// What it was made of, by whom, and what it is about.
struct Meta {
  std::string testigo;   // version of the program
  std::string evidence;  // name of the folder
  Time built;
  std::string wire;           // where the wire witness stood, as in report.json; empty when there was none
  std::string verdict;        // "PROVEN", "BROKEN", "INCONCLUSIVE"
  std::string strictness;     // of the judge
  std::optional<Time> began;  // the earliest and the latest that any witness tells, by its own clock
  std::optional<Time> ended;
  std::uint64_t findings_left_out = 0;  // beyond Limits::ledger_findings_max
  std::vector<Source> sources;          // by path
  bool live =
      false;  // it was written beside a run and is not whole: of all these it has the first three, and `built` says since when
  friend bool operator==(const Meta&, const Meta&) = default;
};

struct WitnessRow {
  WitnessId id = 0;
  statement::Start start;
  friend bool operator==(const WitnessRow&, const WitnessRow&) = default;
};

struct CallerRow {
  CallerId id = 0;
  std::string client;
  std::string process;
  friend bool operator==(const CallerRow&, const CallerRow&) = default;
};

struct MethodRow {
  MethodId id = 0;
  std::string method;  // "unknown#3" of the wire is one of its connection: see call-line.md
  friend bool operator==(const MethodRow&, const MethodRow&) = default;
};

struct StatementRow {
  WitnessId writer = 0;
  std::uint64_t seq = 0;      // of its writer's lines, from 1
  std::string file;           // below the evidence folder
  std::uint64_t line = 0;     // from 1
  bool out_of_place = false;  // its witness cannot have written it there
  statement::Statement statement;
  friend bool operator==(const StatementRow&, const StatementRow&) = default;
};

struct ConnectionRow {
  call::ConnectionNumber number = 0;
  tcp::Endpoint client;
  tcp::Endpoint server;
  Time opened;
  Time ended;  // or when it was seen last
  std::uint64_t packet = 0;
  bool from_start = true;
  bool gap_to_server = false;
  bool gap_to_client = false;
  http2::Opening client_opening = http2::Opening::NeedMore;
  http2::Opening server_opening = http2::Opening::NeedMore;
  std::uint64_t calls = 0;
  std::uint64_t calls_not_followed = 0;
  std::uint64_t octets_to_server = 0;
  std::uint64_t octets_to_client = 0;
  std::optional<tcp::Closing> closing;  // the first sign of its end; nothing when the run ended first
  Direction closing_direction = Direction::ToServer;
  std::uint64_t closing_packet = 0;
  bool goaway = false;
  std::uint64_t calls_open = 0;
  friend bool operator==(const ConnectionRow&, const ConnectionRow&) = default;
};

// A call on the wire.
struct WireCallRow {
  WireCallId id = 0;
  call::Place place;
  std::uint64_t end_packet = 0;
  Time started;
  Time ended;
  std::optional<Duration> timeout;
  std::optional<MethodId> method;
  http2::Known method_known = http2::Known::Unknown;
  statement::Kind kind = statement::Kind::Unary;  // as far as the messages show it
  std::optional<int> http_status;
  std::optional<int> status;
  std::string message;
  call::Ending ending = call::Ending::StillOpen;
  std::optional<std::uint32_t> error_code;  // of a RST_STREAM that ended it
  verdict::WireState state = verdict::WireState::Undelivered;
  std::uint64_t requests = 0;
  std::uint64_t replies = 0;
  std::uint64_t request_bytes = 0;  // of DATA, without padding
  std::uint64_t reply_bytes = 0;
  std::optional<CallerId> caller;
  std::uint64_t number = 0;  // of its id; 0: it has none
  std::optional<statement::Reply> reply;
  friend bool operator==(const WireCallRow&, const WireCallRow&) = default;
};

// What all witnesses say of one call: the view `calls`.
struct CallRow {
  struct Wire {
    WireCallId id = 0;
    call::Place place;  // of the stream that counts: one that was answered, else the last
    std::uint64_t end_packet = 0;
    call::Ending ending = call::Ending::StillOpen;
    verdict::WireState state = verdict::WireState::Undelivered;
    std::optional<int> status;
    std::string message;
    Duration latency{};  // until it ended, or was seen last
    std::uint64_t request_bytes = 0;
    std::uint64_t reply_bytes = 0;
    friend bool operator==(const Wire&, const Wire&) = default;
  };
  // What its client, or its server, states.
  struct Stated {
    WitnessId witness = 0;
    bool begun = false;  // started, or received
    bool ended = false;
    std::optional<int> status;  // with `ended`; so are the next two
    std::string message;
    std::optional<Duration> latency;
    friend bool operator==(const Stated&, const Stated&) = default;
  };

  std::optional<CallerId> caller;  // nothing: the call has no Testigo id, and is known from the wire alone
  std::uint64_t number = 0;
  std::optional<MethodId> method;
  http2::Known method_known = http2::Known::Unknown;
  statement::Kind kind = statement::Kind::Unary;
  bool kind_known = true;
  Time start;  // by the wire's clock, else the client's, else the server's
  std::optional<Stated> client;
  std::optional<Stated> server;
  std::optional<Wire> wire;
  std::uint64_t streams = 0;              // that carried it
  std::optional<std::uint64_t> requests;  // messages: of the wire, else of the client, else of the server
  std::optional<std::uint64_t> replies;
  bool errors = false;  // findings of that grade on its stream
  bool warnings = false;
  bool infos = false;
  bool out_of_scope = false;  // not judged
  bool differs = false;       // the witnesses differ: see Reader::differences
  bool reply_other = false;   // a reply names another client or call
  bool exhibit = false;       // of a broken claim
  friend bool operator==(const CallRow&, const CallRow&) = default;
};

// As check::Finding, which borrows from the catalogue.
struct FindingRow {
  std::int64_t id = 0;  // in the order in which they were made, from 1
  std::string check;
  check::Severity severity = check::Severity::Error;
  std::string text;
  std::string clause;
  call::Place place;
  Direction direction = Direction::ToServer;
  std::uint64_t offset = 0;
  Time time;
  friend bool operator==(const FindingRow&, const FindingRow&) = default;
};

struct DifferenceRow {
  CallerId caller = 0;
  std::uint64_t number = 0;
  verdict::Difference difference;
  friend bool operator==(const DifferenceRow&, const DifferenceRow&) = default;
};

}  // namespace testigo::ledger
