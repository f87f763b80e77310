#include "verdict/facts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "verdict/testing/evidence_builder.h"

namespace testigo::verdict::testing {
namespace {

// As it is meant, time by time: the call has no stream, and its number lies between those of its client that were seen before and
// after.
bool is_unheard(const WireTestimony& wire, const ClientProcess& client, const CallFacts& call) {
  return call.stream == kNone && std::ranges::any_of(wire.unheard, [&](const UnheardTime& unheard) {
           std::uint64_t before = 0, after = std::numeric_limits<std::uint64_t>::max();
           for (const WireStream& stream : wire.streams) {
             if (stream.id.client != client.name || stream.id.process != client.process) continue;
             if (stream.call.started <= unheard.from) before = std::max(before, stream.id.number);
             if (stream.call.started >= unheard.to) after = std::min(after, stream.id.number);
           }
           return before < call.number && call.number < after;
         });
}

// Clocks may go back, and times overlap.
TEST(Facts, ACallIsUnheardBetweenThoseThatWereSeenBeforeAndAfter) {
  std::size_t unheard = 0, heard = 0;
  for (unsigned seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 chance(seed);
    const auto below = [&](int bound) { return std::uniform_int_distribution(0, bound - 1)(chance); };
    const auto time = [&](std::uint64_t around) { return Time(std::chrono::seconds(around) + std::chrono::seconds(below(4))); };
    EvidenceBuilder builder(3, 8);
    for (ScriptedCall& call : builder.calls()) {
      if (below(2) == 0) call.wire_none();
      if (!call.streams.empty() && below(4) == 0) call.streams.push_back(call.streams.front());
    }
    Evidence evidence = builder.build();
    for (WireStream& stream : evidence.wire->streams) stream.call.started = time(stream.id.number);
    for (int i = below(4); i-- > 0;) evidence.wire->unheard.push_back({time(below(10)), time(below(10))});
    const Facts facts = gather(evidence);
    for (const CallFacts& call : facts.calls) {
      EXPECT_EQ(call.unheard, is_unheard(*evidence.wire, facts.client(call), call))
          << facts.client(call).name << ' ' << call.number;
      if (call.stream == kNone) ++(call.unheard ? unheard : heard);
    }
  }
  EXPECT_GT(unheard, 500u);
  EXPECT_GT(heard, 500u);
}

}  // namespace
}  // namespace testigo::verdict::testing
