#include "wire/tcp/reassembly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "wire/tcp/testing/script.h"

namespace testigo::tcp {
namespace {

using namespace testing;
using ::testing::_;
using ::testing::ElementsAre;

TEST(Reassembly, OctetsOfWhichTwoCopiesDifferAreMissing) {
  const std::vector<ScriptCase> cases = {
      {"both held",
       {{'c', "A", 4, 0, "efgh"}, {'c', "A", 4, 0, "eXgY"}, {'c', "A", 0, 0, "abcd"}, {'c', "A", 8, 0, "i"}},
       {"1 > \"abcd\"", "1 > \"e\"", "1 > \"g\" missing 1", "1 > \"i\" missing 1"}},
      {"a third one settles nothing",
       {{'c', "A", 1, 0, "bc"}, {'c', "A", 2, 0, "X"}, {'c', "A", 1, 0, "bcd"}, {'c', "A", 0, 0, "a"}, {'c', "A", 2, 0, "c"}},
       {"1 > \"a\"", "1 > \"b\"", "1 > \"d\" missing 1"}},
      {"the one whose turn it is",
       {{'c', "A", 2, 0, "cd"}, {'c', "A", 0, 0, "abXdef"}},
       {"1 > \"ab\"", "1 > \"d\" missing 1", "1 > \"ef\""}},
      {"over several that are held",
       {{'c', "A", 2, 0, "c"}, {'c', "A", 4, 0, "e"}, {'c', "A", 1, 0, "bXdXf"}, {'c', "A", 0, 0, "a"}},
       {"1 > \"a\"", "1 > \"b\"", "1 > \"d\" missing 1", "1 > \"f\" missing 1"}},
      {"the last ones", {{'c', "A", 1, 0, "b"}, {'c', "A", 1, 0, "X"}, {'c', "A", 0, 0, "a"}}, {"1 > \"a\"", "1 > \"\" missing 1"}},
      {"and then the end",
       {{'c', "A", 1, 0, "b"}, {'c', "FA", 1, 0, "X"}, {'c', "A", 0, 0, "a"}},
       {"1 > \"a\"", "1 > \"\" missing 1", "1 > fin"}},
      {"a copy behind the acknowledgement does not count",
       {{'c', "A", 2, 0, "cd"}, {'s', "A", 0, 3}, {'c', "A", 2, 0, "XY"}, {'c', "A", 0, 0, "ab"}, {'c', "A", 4, 0, "e"}},
       {"1 > \"ab\"", "1 > \"c\"", "1 < \"\" acked 3", "1 > \"e\" missing 1"}},
      {"one was told: nothing is known of what follows",
       {{'c', "A", 0, 0, "abc"}, {'c', "A", 1, 0, "XXde"}, {'c', "A", 1, 0, "YY"}},
       {"1 > \"abc\"", "1 > \"\" missing ?", "1 > \"de\""}},
      {"one was told and acknowledged",
       {{'c', "A", 0, 0, "abc"}, {'s', "A", 0, 3}, {'c', "A", 1, 0, "XXde"}},
       {"1 > \"abc\"", "1 < \"\" acked 3", "1 > \"de\""}},
      {"one was told and acknowledged in part",
       {{'c', "A", 0, 0, "abc"}, {'s', "A", 0, 1}, {'c', "A", 0, 0, "Xbc"}, {'c', "A", 0, 0, "abX"}},
       {"1 > \"abc\"", "1 < \"\" acked 1", "1 > \"\" missing ?"}},
  };
  expect_after_handshake(cases);
}

TEST(Reassembly, ComparesNoMoreThanItsLimits) {
  const std::vector<P> packets = {{'c', "A", 0, 0, std::string(300, 'x')},
                                  {'c', "A", 300, 0, std::string(300, 'x')},
                                  {'c', "A", 0, 0, std::string(20, 'y')},
                                  {'c', "A", 580, 0, std::string(20, 'y')}};
  Limits limits;
  limits.tcp_compared_bytes_max = 100;
  EXPECT_THAT(after_handshake(packets, limits), ElementsAre(_, _, "1 > \"\" missing ?"));
  limits.tcp_compared_bytes_max_all = 0;
  EXPECT_THAT(after_handshake(packets, limits), ElementsAre(_, _));
}

// What came of each octet; '?' for those that are missing.
class Laid final : public RecordedSink {
 public:
  void on_chunk(ConnectionNumber, const Chunk& chunk) override {
    octets.append(chunk.missing, '?');
    octets += as_text(chunk.bytes);
  }
  std::string octets;
};

// However they are cut, in whatever order and how often they come: as long as nothing of them was told, an octet is missing if two
// copies of it differ, and only then.
TEST(Reassembly, AnOctetIsMissingIfItsCopiesDiffer) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const std::size_t size = random() % 100 + 2;
    std::string said(size, '-');
    std::vector<P> packets;
    for (std::uint64_t count = random() % 40 + 1; count-- > 0;) {
      const std::size_t from = 1 + random() % (size - 1), length = random() % std::min<std::size_t>(20, size - from) + 1;
      std::string payload(length, ' ');
      for (std::size_t i = 0; i < length; ++i) {
        char& known = said[from + i];
        payload[i] = random() % 20 == 0 ? 'X' : static_cast<char>('a' + (from + i) % 26);
        known = known == '-' || known == payload[i] ? payload[i] : '?';
      }
      packets.push_back({'c', "A", static_cast<int>(from), 0, payload});
    }
    said[0] = 'a';
    packets.push_back({'c', "A", 0, 0, "a"});
    Laid sink;
    Reassembly reassembly(sink);
    reassembly.take(packet_of({'c', "S", -1, 0}), Time(), 1);
    for (const P& p : packets) reassembly.take(packet_of(p), Time(), 2);
    reassembly.end();
    std::ranges::replace(said, '-', '?');
    said.resize(said.find_last_not_of('?') + 1);
    EXPECT_EQ(sink.octets.substr(0, said.size()), said);
    EXPECT_EQ(sink.octets.find_first_not_of('?', said.size()), std::string::npos);
  }
}

TEST(Reassembly, HoldsNoMoreThanItsLimitOfWhatDiffers) {
  Limits limits;
  limits.tcp_held_bytes_max = 10'000;
  Laid sink;
  Reassembly reassembly(sink, limits);
  reassembly.take(packet_of({'c', "S", -1, 0}), Time(), 1);
  for (int at = 1; at < 20'000; at += 2) {
    reassembly.take(packet_of({'c', "A", at, 0, "x"}), Time(), 2);
    reassembly.take(packet_of({'c', "A", at, 0, "y"}), Time(), 2);
  }
  reassembly.take(packet_of({'c', "A", 20'001, 0, "z"}), Time(), 3);
  EXPECT_GT(sink.octets.size(), 19'000u);
}

}  // namespace
}  // namespace testigo::tcp
