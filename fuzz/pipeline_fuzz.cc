// From chunks to causes: whatever both sides of some connections send, in pieces, with gaps and ends, nothing breaks, and the same
// events, findings and causes come out when the octets are cut elsewhere.
//
// An input is one octet for the limits, then steps: an octet that says what and by whom, and what belongs to it.
#include <array>

#include "base/testing/cuts.h"
#include "call/fan.h"
#include "call/model.h"
#include "call/testing/event_log.h"
#include "check/declared.h"
#include "check/judge.h"
#include "diagnose/diagnosis.h"
#include "require.h"
#include "schema/testing/written.h"

namespace {

using namespace testigo;

constexpr std::size_t kConnections = 4;
constexpr std::uint8_t kByServer = 0x80;  // else by the client
constexpr std::uint8_t kCrossing = 0x40;  // acknowledges nothing new

enum class What : std::uint8_t { Octets, Acknowledgement, Gap, Fin, Reset, Refused, Wait, Other };

class Reader {
 public:
  explicit Reader(Bytes input) : rest_(input) {}
  bool done() const { return rest_.empty(); }
  std::uint8_t octet() { return rest_.empty() ? 0 : std::to_integer<std::uint8_t>(take(1)[0]); }
  Bytes take(std::size_t size) {
    const Bytes taken = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

 private:
  Bytes rest_;
};

// Plays an input to the sources' door, each piece of octets cut by `seed`.
class Play {
 public:
  Play(tcp::ConnectionSink& sink, std::uint64_t seed) : sink_(sink), seed_(seed) {}

  void run(Reader reader) {
    for (tcp::ConnectionNumber number = 1; number <= kConnections; ++number) open(number, number != kConnections);
    while (!reader.done()) step(reader);
    sink_.on_end();
  }

 private:
  struct Side {
    std::uint64_t sent = 0;
    std::uint64_t acked = 0;
  };

  void open(tcp::ConnectionNumber number, bool from_start) {
    sink_.on_opened({number, time_, {"127.0.0.1", 40'000}, {"127.0.0.1", 50'051}, from_start, packet_});
  }

  void step(Reader& reader) {
    const std::uint8_t octet = reader.octet();
    const Direction direction = (octet & kByServer) != 0 ? Direction::ToClient : Direction::ToServer;
    ++packet_;
    time_ += std::chrono::milliseconds(1);
    switch (static_cast<What>(octet & 7)) {
      case What::Octets:
        return tell(direction, octet, reader.take(reader.octet() * 256u + reader.octet()), 0);
      case What::Acknowledgement:
        return tell(direction, octet, {}, 0);
      case What::Gap:
        return tell(direction, octet, {}, reader.octet() == 0 ? kUnknownMissing : 1);
      case What::Fin:
        return close(direction, tcp::Closing::Fin);
      case What::Reset:
        return close(direction, tcp::Closing::Reset);
      case What::Refused:
        return close(direction, tcp::Closing::Refused);
      case What::Wait:
        time_ += std::chrono::seconds(reader.octet());
        return;
      case What::Other:
        number_ = 1 + reader.octet() % kConnections;
        return;
    }
  }

  void tell(Direction direction, std::uint8_t octet, Bytes octets, std::uint64_t missing) {
    auto& sides = sides_[number_ - 1];
    Side& sender = sides[static_cast<std::size_t>(direction)];
    if ((octet & kCrossing) == 0) sender.acked = sides[static_cast<std::size_t>(opposite(direction))].sent;
    sender.sent += octets.size();
    Chunk chunk{time_, direction, {}, missing, sender.acked, packet_};
    if (octets.empty()) sink_.on_chunk(number_, chunk);
    testigo::testing::Cuts cuts(octets, seed_);
    while (const auto piece = cuts.next()) {
      chunk.bytes = *piece;
      sink_.on_chunk(number_, chunk);
    }
  }

  void close(Direction direction, tcp::Closing closing) { sink_.on_closing({number_, time_, direction, closing, packet_, {}}); }

  tcp::ConnectionSink& sink_;
  std::uint64_t seed_;
  tcp::ConnectionNumber number_ = 1;
  std::array<std::array<Side, 2>, kConnections> sides_;
  std::uint64_t packet_ = 0;
  Time time_{std::chrono::seconds(1'700'000'000)};
};

// Small ones, so that they are reached.
Limits limits_of(std::uint8_t octet) {
  Limits limits;
  if ((octet & 1) != 0) limits.streams_max = 3;
  if ((octet & 2) != 0) limits.pending_settings_max = 2;
  if ((octet & 4) != 0) limits.string_bytes_max = 10;
  if ((octet & 8) != 0) limits.block_bytes_max = 50;
  if ((octet & 16) != 0) limits.history_bytes_max = 100;
  if ((octet & 32) != 0) limits.message_bytes_kept = 3;
  if ((octet & 64) != 0) limits.text_bytes_kept = 5;
  return limits;
}

// What the calls of the seeds are.
const schema::Schema& declared_schema() {
  static const schema::Schema schema = schema::testing::written(R"(
syntax = "proto3";
package testigo.greeter.v1;
service Greeter { rpc Greet(M) returns (M); rpc GreetMany(M) returns (stream M); rpc GreetAll(stream M) returns (M); }
message M { string client = 1; uint64 call = 2; M more = 3; }
)");
  return schema;
}

struct Outcome {
  std::vector<std::string> lines;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome play(Bytes input, std::uint64_t seed) {
  Reader reader(input);
  const Limits limits = limits_of(reader.octet());
  call::testing::EventLog log;
  check::Declared declared(declared_schema(), {{"client", "client"}}, limits);
  check::Judge judge(limits, check::Foreign::Judged, &declared);
  diagnose::Diagnosis diagnosis;
  call::Fan fan({&log, &judge, &diagnosis});
  call::Model model(fan, limits);
  Play(model, seed).run(reader);

  REQUIRE(declared.held() == 0);
  Outcome outcome{log.lines()};
  const check::Tally tally = judge.tally();
  for (const check::Finding& finding : tally.findings) outcome.lines.push_back(std::string(finding.check) + finding.text);
  for (const auto& [id, count] : tally.counts) {
    outcome.lines.push_back(std::string(id) + " " + std::to_string(count.passed) + " " + std::to_string(count.failed) +
                            std::string(count.reason));
  }
  for (const diagnose::Cause& cause : diagnosis.causes()) outcome.lines.push_back(cause.id + cause.explanation);
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input(std::as_bytes(std::span(data, size)));
  const Outcome whole = play(input, testigo::testing::Cuts::kWhole);
  REQUIRE(play(input, size < 2000 ? testigo::testing::Cuts::kByteByByte : 2 + size % 7) == whole);
  return 0;
}
