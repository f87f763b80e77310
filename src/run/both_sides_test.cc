#include "run/both_sides.h"

#include <gtest/gtest.h>

#include "call/model.h"
#include "call/testing/conversation.h"

namespace testigo::run {
namespace {

using namespace call::testing;

// The same conversation between other addresses.
class Moved final : public tcp::ConnectionSink {
 public:
  Moved(call::Sink& sink, std::string client, std::string server)
      : model_(sink), client_(std::move(client)), server_(std::move(server)) {}

  void on_opened(const tcp::ConnectionOpened& opened) override {
    tcp::ConnectionOpened moved = opened;
    moved.client.address = client_;
    moved.server.address = server_;
    model_.on_opened(moved);
  }
  void on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) override { model_.on_chunk(connection, chunk); }
  void on_closing(const tcp::ConnectionClosing& closing) override { model_.on_closing(closing); }
  void on_end() override { model_.on_end(); }

 private:
  call::Model model_;
  std::string client_, server_;
};

void hear(call::Sink& sink, const char* client, const char* server) {
  Moved moved(sink, client, server);
  unary().play(moved);
  moved.on_end();
}

report::Hop compared(const BothSides& sides) {
  check::Judge judge;
  return sides.judge(judge, "given", "other");
}

TEST(BothSides, AddressesTellWhichIsWhich) {
  BothSides sides;
  hear(sides.given(), "10.0.0.9", "10.0.0.5");  // the hop, 10.0.0.9, and a server
  hear(sides.other(), "10.0.0.1", "10.0.0.9");
  const report::Hop hop = compared(sides);
  EXPECT_TRUE(hop.by_addresses);
  EXPECT_EQ(hop.downstream, "other");
  EXPECT_EQ(hop.upstream, "given");
  EXPECT_EQ(hop.summary.paired, 1u);
}

TEST(BothSides, ElseTheyAreAsGiven) {
  for (const auto& [client, server] : {std::pair{"127.0.0.1", "127.0.0.1"}, std::pair{"10.0.0.1", "10.0.0.2"}}) {
    BothSides sides;
    hear(sides.given(), client, server);
    hear(sides.other(), client, server);
    const report::Hop hop = compared(sides);
    EXPECT_FALSE(hop.by_addresses);
    EXPECT_EQ(hop.downstream, "given");
  }
}

}  // namespace
}  // namespace testigo::run
