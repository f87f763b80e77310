// A verdict and what it consists of: claims, each with its outcome and pointers into the evidence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "call/event.h"
#include "diagnose/cause.h"
#include "statement/statement_reader.h"

namespace testigo::verdict {

enum class Outcome : std::uint8_t { Proven, Broken, Inconclusive };
std::string_view outcome_name(Outcome outcome);  // "PROVEN", "BROKEN", "INCONCLUSIVE"

// One piece of evidence for an outcome.
struct Exhibit {
  std::string call;    // the id of the call it is about; empty when it is about none
  std::string text;    // what it shows, one sentence, inert
  std::string octets;  // the octets of the wire that say so, hexadecimal; empty when there are none
  std::vector<call::Place> wire;
  std::vector<statement::Place> statements;
};

struct Claim {
  int number = 0;
  std::string sentence;
  Outcome outcome = Outcome::Inconclusive;
  std::string because;            // one sentence: what the outcome rests on
  std::vector<Exhibit> exhibits;  // the first `kExhibitsKept`
  std::uint64_t exhibits_total = 0;
};
constexpr std::size_t kExhibitsKept = 20;

// What two witnesses say of a call, and cannot both be right: it breaks claim 8.
struct Difference {
  std::string field;  // "status"; empty where one denies what another saw
  std::string text;   // "status is NOT_FOUND (5) for the client, OK for the wire", inert
  friend bool operator==(const Difference&, const Difference&) = default;
};

// What a client's calls came to; for people.
struct ClientCount {
  std::string client;
  std::uint64_t calls = 0;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
};

struct Verdict {
  Outcome outcome = Outcome::Inconclusive;
  std::vector<Claim> claims;
  std::vector<diagnose::Cause> causes;
  std::vector<ClientCount> clients;
  std::uint64_t calls = 0;             // judged
  std::uint64_t calls_on_wire = 0;     // streams with a Testigo id
  std::uint64_t calls_without_id = 0;  // on the wire: health checks, reflection and what else is not ours
  std::uint64_t out_of_scope = 0;      // counted, not judged: see docs/formats/verdict.md, Scope
  std::vector<std::string> in_flight;  // ids, listed, not judged
  std::vector<std::string> notes;      // what else the reader must know
};

// BROKEN if a claim is broken; else INCONCLUSIVE if one is inconclusive (or there is none); else PROVEN.
Outcome outcome_of(const std::vector<Claim>& claims);

}  // namespace testigo::verdict
