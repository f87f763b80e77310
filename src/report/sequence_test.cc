#include "report/sequence.h"

#include <gtest/gtest.h>

namespace testigo::report {
namespace {

using namespace std::chrono_literals;

TEST(SequenceText, DrawsAnArrowAFrame) {
  Sequence sequence;
  sequence.client = "client a:1";
  sequence.server = "server b:2";
  sequence.arrows = {{Time(), Direction::ToServer, 6, "HEADERS stream 1", {"te: trailers"}},
                     {Time(2ms), Direction::ToClient, 0, "DATA stream 1", {}}};
  sequence.left_out = 2;
  sequence.ending = {"OK after 2 ms"};
  const auto repeated = [](int times) {
    std::string line;
    while (times-- > 0) line += "─";
    return line;
  };
  EXPECT_EQ(sequence_text(sequence, {}), "client a:1" + std::string(60, ' ') +
                                             "server b:2\n"
                                             "│── HEADERS stream 1 " +
                                             repeated(57) +
                                             "▶│  +0 ns, packet 6\n"
                                             "│    te: trailers" +
                                             std::string(62, ' ') +
                                             "│\n"
                                             "│◀" +
                                             repeated(60) +
                                             " DATA stream 1 ──│  +2 ms\n"
                                             "  … and 2 frames more\n"
                                             "  OK after 2 ms\n");
}

}  // namespace
}  // namespace testigo::report
