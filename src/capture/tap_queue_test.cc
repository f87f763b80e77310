#include "capture/tap_queue.h"

#include <gtest/gtest.h>

#include <future>
#include <semaphore>

#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::capture {
namespace {

using tcp::testing::RecordedSink;

Chunk chunk_of(std::string_view octets) { return {Time(), Direction::ToServer, as_octets(octets), 0, 0, 0}; }

// Lets each chunk through only when the test says so.
class HeldSink final : public RecordedSink {
 public:
  void on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) override {
    entered.release();
    gate.acquire();
    RecordedSink::on_chunk(connection, chunk);
  }
  void on_idle() override { idle.release(); }
  std::counting_semaphore<> entered{0}, gate{0}, idle{0};
};

TEST(TapQueue, HandsOverInOrderAndThenTheEnd) {
  RecordedSink sink;
  TapQueue queue(sink, 1 << 20, [] {});
  std::vector<std::string> expected = {"1 opened a:1 > b:2"};
  queue.push(tcp::ConnectionOpened{1, Time(), {"a", 1}, {"b", 2}, true, 0});
  for (int i = 0; i < 10'000; ++i) {
    const std::string octets = std::to_string(i);
    queue.push(1, chunk_of(octets));
    queue.wake();
    expected.push_back("1 > \"" + octets + "\"");
  }
  queue.push(tcp::ConnectionClosing{1, Time(), Direction::ToClient, tcp::Closing::Fin, 0, {}});
  queue.close();
  queue.close();
  expected.push_back("1 < fin");
  expected.push_back("end");
  EXPECT_EQ(sink.lines, expected);
}

TEST(TapQueue, SaysWhenItIsFullAndWhenThereIsRoomAgain) {
  HeldSink sink;
  std::promise<void> drained;
  TapQueue queue(sink, 20'000, [&drained] { drained.set_value(); });
  EXPECT_FALSE(queue.must_wait());
  queue.push(1, chunk_of("first"));
  queue.wake();
  sink.entered.acquire();  // the thread is busy with it: what comes now waits
  const std::string octets(3'000, 'x');
  int pushed = 0;
  while (!queue.must_wait()) queue.push(1, chunk_of(octets)), ++pushed;
  EXPECT_EQ(pushed, 4);  // half of the limit, for the other half may be on its way to the sink
  sink.gate.release(100);
  drained.get_future().wait();
  EXPECT_FALSE(queue.must_wait());
  queue.close();
  EXPECT_EQ(sink.lines.size(), 6u);
}

TEST(TapQueue, SaysWhenNothingWaits) {
  HeldSink sink;
  sink.gate.release(100);
  TapQueue queue(sink, 1 << 20, [] {});
  queue.push(1, chunk_of("x"));
  queue.wake();
  sink.idle.acquire();
  queue.push(1, chunk_of("y"));
  queue.wake();
  sink.idle.acquire();
}

}  // namespace
}  // namespace testigo::capture
