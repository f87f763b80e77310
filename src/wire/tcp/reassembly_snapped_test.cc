#include "wire/tcp/reassembly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/tcp/testing/script.h"

namespace testigo::tcp {
namespace {

using namespace testing;
using ::testing::ElementsAre;

TEST(Reassembly, CountsSnappedOctetsAsMissing) {
  RecordedSink sink;
  Reassembly reassembly(sink);
  reassembly.take(packet_of({'c', "S", -1, 0}), Time(), 1);
  Packet snapped = packet_of({'c', "A", 0, 0});
  snapped.payload = as_octets("ab");
  snapped.cut = 3;
  reassembly.take(snapped, Time(), 2);
  reassembly.take(packet_of({'c', "A", 5, 0, "f"}), Time(), 3);
  snapped = packet_of({'c', "A", 6, 0});
  snapped.cut = 4;
  reassembly.take(snapped, Time(), 4);
  reassembly.end();
  EXPECT_THAT(Lines(sink.lines.begin() + 1, sink.lines.end()),
              ElementsAre("1 > \"ab\"", "1 > \"f\" missing 3", "1 > \"\" missing 4", "end"));
}

Packet snapped_packet(int at, const char* payload, std::size_t cut, const char* flags = "A") {
  Packet packet = packet_of({'c', flags, at, 0});
  packet.payload = as_octets(payload);
  packet.cut = cut;
  return packet;
}

TEST(Reassembly, OctetsThatOnePacketLacksMayComeInAnother) {
  RecordedSink sink;
  Reassembly reassembly(sink);
  reassembly.take(packet_of({'c', "S", -1, 0}), Time(), 1);
  reassembly.take(snapped_packet(2, "c", 3), Time(), 2);
  reassembly.take(packet_of({'c', "A", 2, 0, "cdef"}), Time(), 3);
  reassembly.take(snapped_packet(6, "", 3), Time(), 4);
  reassembly.take(packet_of({'c', "A", 7, 0, "h"}), Time(), 5);
  reassembly.take(packet_of({'c', "A", 9, 0, "j"}), Time(), 6);
  reassembly.take(packet_of({'c', "A", 0, 0, "ab"}), Time(), 7);
  reassembly.end();
  EXPECT_THAT(Lines(sink.lines.begin() + 1, sink.lines.end()),
              ElementsAre("1 > \"ab\"", "1 > \"c\"", "1 > \"def\"", "1 > \"h\" missing 1", "1 > \"j\" missing 1", "end"));
}

TEST(Reassembly, TellsWhatWasSnappedBeforeTheEnd) {
  RecordedSink sink;
  Reassembly reassembly(sink);
  reassembly.take(packet_of({'c', "S", -1, 0}), Time(), 1);
  reassembly.take(snapped_packet(0, "a", 3, "FA"), Time(), 2);
  EXPECT_THAT(Lines(sink.lines.begin() + 1, sink.lines.end()), ElementsAre("1 > \"a\"", "1 > \"\" missing 3", "1 > fin"));
}

}  // namespace
}  // namespace testigo::tcp
