#include "wire/tcp/reassembly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/tcp/testing/script.h"

namespace testigo::tcp {
namespace {

using namespace testing;
using ::testing::ElementsAre;

// "1 > 4": of connection 1, to the server, four octets from the start.
std::string place_text(const std::optional<Placement>& placement) {
  if (!placement) return "nothing";
  const char* direction = placement->direction == Direction::ToServer ? ">" : "<";
  return std::to_string(placement->connection) + " " + direction + " " + std::to_string(placement->offset);
}

Lines places_of(const std::vector<P>& packets, const Limits& limits = {}) {
  RecordedSink sink;
  Reassembly reassembly(sink, limits);
  Lines places;
  for (const P& p : packets) places.push_back(place_text(reassembly.take(packet_of(p), Time(), 1)));
  return places;
}

TEST(Reassembly, SaysWhereAPayloadLies) {
  EXPECT_THAT(
      places_of({{'c', "S", -1, 0},
                 {'s', "SA", -1, 0},
                 {'c', "A", 0, 0, "abcd"},
                 {'s', "A", 0, 4, "xy"},
                 {'c', "A", 6, 2, "gh"},      // too early
                 {'c', "A", 0, 2, "abcdef"},  // a copy, and more
                 {'c', "A", -1, 2, "?"},      // a keep-alive before the first octet
                 {'c', "A", 0x50000000, 2, "far off"},
                 {'c', "FA", 8, 2, "i"},
                 {'s', "FA", 2, 10},
                 {'c', "A", 4, 2, "efgh"},  // late, and all is closed
                 {'s', "R", 2, 0}}),
      ElementsAre("1 > 0", "1 < 0", "1 > 0", "1 < 0", "1 > 6", "1 > 0", "1 > -1", "nothing", "1 > 8", "1 < 2", "1 > 4", "1 < 2"));
}

TEST(Reassembly, KnowsNoPlaceInWhatItDoesNotFollow) {
  Limits limits;
  limits.tcp_connections_max = 1;
  EXPECT_THAT(places_of({{'c', "A", 0, 0, "", 1000},   // carries nothing: no connection begins with it
                         {'c', "A", 5, 0, "x", 1000},  // seen late: octets count from here
                         {'c', "A", 7, 0, "y", 1000},
                         {'c', "S", -1, 0, "", 2000},
                         {'c', "A", 0, 0, "z", 2000},
                         {'c', "S", 500, 0, "", 1000},  // the same ports anew
                         {'c', "A", 501, 0, "w", 1000}},
                        limits),
              ElementsAre("nothing", "1 > 0", "1 > 2", "nothing", "nothing", "2 > 0", "2 > 0"));
}

}  // namespace
}  // namespace testigo::tcp
