#include "greeter/reply.h"

#include <gtest/gtest.h>

namespace testigo::greeter {
namespace {

using namespace std::chrono_literals;

const statement::CallId kId{"client1", "p", 7};

v1::GreetReply reply(const std::string& client, std::uint64_t call, std::uint32_t sequence) {
  v1::GreetReply message;
  fill_reply(message, {client, call, Time(1'700'000'000'000'000'042ns)}, "server", sequence);
  return message;
}

TEST(Reply, NamesWhoAskedAndWhoAnswers) {
  const v1::GreetReply message = reply("client1", 7, 2);
  EXPECT_EQ(message.message(), "Success: server greets client1 and answers its call 7");
  EXPECT_EQ(message.received().seconds(), 1'700'000'000);
  EXPECT_EQ(message.received().nanos(), 42);
  EXPECT_EQ(message.sequence(), 2u);
}

TEST(Reply, TheLastIsKeptUnlessOneNamesAnotherCall) {
  std::optional<statement::Reply> kept;
  keep_reply(kept, kId, reply("client1", 7, 1));
  EXPECT_EQ(kept, (statement::Reply{"client1", 7, "server"}));
  keep_reply(kept, kId, reply("client1", 8, 2));
  keep_reply(kept, kId, reply("client2", 7, 3));
  keep_reply(kept, kId, reply("client1", 7, 4));
  EXPECT_EQ(kept, (statement::Reply{"client1", 8, "server"}));
  EXPECT_TRUE(names_another(*kept, kId));
}

TEST(Reply, NamesOfAPeerAreCut) {
  std::optional<statement::Reply> kept;
  keep_reply(kept, kId, reply(std::string(100'000, 'x'), 7, 1));
  EXPECT_LE(kept->client.size(), 256u);
}

}  // namespace
}  // namespace testigo::greeter
