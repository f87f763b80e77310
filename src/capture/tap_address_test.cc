#include "capture/tap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base/environment_error.h"
#include "capture/testing/tap_fixture.h"

namespace testigo::capture {
namespace {

using namespace testing;
using ::testing::HasSubstr;

TEST_F(TapTest, ResetsTheClientWhenNobodyListens) {
  std::string nobody;
  {
    const Tcp::acceptor gone = listening();
    nobody = text_of(gone.local_endpoint());
  }
  tap_to(nobody);
  Tcp::socket client = this->client();
  EXPECT_EQ(end_of(client), asio::error::connection_reset);
  const auto heard = sink_.wait_for_endings(1, 1);
  EXPECT_THAT(heard.endings, ::testing::ElementsAre("< refused (connection refused)"));
  EXPECT_EQ(tcp::to_text(heard.opened.server), nobody);
  EXPECT_EQ(tap_->counts().open, 0u);
}

TEST_F(TapTest, SaysWhenTheNameIsNone) {
  tap_to("no..such..name:50051");  // no name server is asked about empty labels
  Tcp::socket client = this->client();
  EXPECT_EQ(end_of(client), asio::error::connection_reset);
  const auto heard = sink_.wait_for_endings(1, 1);
  EXPECT_THAT(heard.endings, ::testing::ElementsAre(HasSubstr("< refused (no such name: no..such..name")));
  EXPECT_EQ(heard.opened.server, (tcp::Endpoint{"no..such..name", 50051}));
}

TEST_F(TapTest, ResolvesNamesAndTriesEachAddress) {
  Tcp::acceptor listener = listening();
  tap_to("localhost:" + std::to_string(listener.local_endpoint().port()));  // ::1, where nobody listens, may come first
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  send(client, "x");
  EXPECT_EQ(receive(server, 1), "x");
  const auto heard = sink_.wait_for(1, [](const auto& heard) { return !heard.octets[0].empty(); });
  EXPECT_EQ(heard.opened.server.address, "127.0.0.1");
}

// The resolver of a system that answers when the test says so.
class SlowResolver {
 public:
  explicit SlowResolver(const Tcp::acceptor& server) : server_(server.local_endpoint()) {}
  ~SlowResolver() { answer(); }

  TapOptions options() {
    const tcp::Endpoint found{server_.address().to_string(), server_.port()};
    const auto find = [found, lookups = lookups_, answered = answered_](const tcp::Endpoint& name) {
      EXPECT_EQ(name, (tcp::Endpoint{"slow", 50051}));
      ++*lookups;
      answered.wait();
      return FoundAddresses{{found}, "", {}};
    };
    return {.listen = "127.0.0.1:0", .to = "slow:50051", .find = find};
  }
  void answer() {
    if (!std::exchange(told_, true)) answer_.set_value();
  }
  int lookups() const { return *lookups_; }

 private:
  Tcp::endpoint server_;
  std::shared_ptr<std::atomic<int>> lookups_ = std::make_shared<std::atomic<int>>(0);
  std::promise<void> answer_;
  std::shared_future<void> answered_ = answer_.get_future().share();
  bool told_ = false;
};

TEST_F(TapTest, LooksANameUpOnceForThoseThatWaitForIt) {
  Tcp::acceptor listener = listening();
  SlowResolver resolver(listener);
  tap_.emplace(resolver.options(), sink_, clock_);
  tap_->start();
  std::vector<Tcp::socket> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(client());
  while (tap_->counts().connections < 3) std::this_thread::yield();
  resolver.answer();
  for (int i = 0; i < 3; ++i) listener.accept();
  EXPECT_EQ(resolver.lookups(), 1);
  client();
  listener.accept();
  EXPECT_EQ(resolver.lookups(), 2);
}

TEST_F(TapTest, DoesNotWaitForANameAtItsEnd) {
  Tcp::acceptor listener = listening();
  SlowResolver resolver(listener);
  tap_.emplace(resolver.options(), sink_, clock_);
  tap_->start();
  Tcp::socket client = this->client();
  while (tap_->counts().connections < 1) std::this_thread::yield();
  tap_->stop();
  EXPECT_EQ(end_of(client), asio::error::connection_reset);
  EXPECT_EQ(tap_->counts().unconnected, 1u);
  tap_.reset();
  EXPECT_THAT(sink_.all(), ::testing::IsEmpty());
}

TEST_F(TapTest, SpeaksIpv6) {
  std::optional<Tcp::acceptor> listener;
  try {
    listener.emplace(listening("::1"));
  } catch (const std::system_error&) {
    GTEST_SKIP() << "no IPv6 here";
  }
  tap_to(*listener, "[::1]:0");
  EXPECT_EQ(tap_->endpoint().address, "::1");
  Tcp::socket client = this->client();
  Tcp::socket server = listener->accept();
  send(client, "six");
  EXPECT_EQ(receive(server, 3), "six");
  const auto heard = sink_.wait_for(1, [](const auto& heard) { return heard.octets[0].size() == 3; });
  EXPECT_EQ(tcp::to_text(heard.opened.client), text_of(client.local_endpoint()));
  EXPECT_EQ(tcp::to_text(heard.opened.server), text_of(listener->local_endpoint()));
}

TEST_F(TapTest, ListensOnAllAddressesWhenNoneIsNamed) {
  Tcp::acceptor listener = listening();
  tap_to(listener, ":0");
  Tcp::socket client(io_);
  client.connect({asio::ip::make_address("127.0.0.1"), tap_->endpoint().port});
  Tcp::socket server = listener.accept();
  send(client, "x");
  receive(server, 1);
  const auto heard = sink_.wait_for(1, [](const auto& heard) { return !heard.octets[0].empty(); });
  EXPECT_EQ(heard.opened.client.address, "127.0.0.1");
}

TEST_F(TapTest, ListensOnEveryAddressOfAName) {
  Tcp::acceptor listener = listening();
  tap_to(listener, "localhost:0");
  Tcp::socket client(io_);
  client.connect({asio::ip::make_address("127.0.0.1"), tap_->endpoint().port});
  Tcp::socket server = listener.accept();
  send(client, "x");
  EXPECT_EQ(receive(server, 1), "x");
}

TEST_F(TapTest, SaysWhatItCannotDo) {
  const Tcp::acceptor taken = listening();
  const auto message_of = [this](const std::string& listen, const std::string& to) -> std::string {
    try {
      const Tap tap({listen, to}, sink_, clock_);
    } catch (const EnvironmentError& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  const std::string busy = text_of(taken.local_endpoint());
  EXPECT_EQ(message_of(busy, "a:1"),
            "cannot listen on " + busy + ": Address already in use; choose another port, or end what listens there");
  EXPECT_THAT(message_of("localhost", "a:1"), HasSubstr("host:port"));
  EXPECT_THAT(message_of("no..such..name:1", "a:1"), HasSubstr("no such name"));
  EXPECT_THAT(message_of("192.0.2.1:0", "a:1"), HasSubstr("choose an address of this machine"));
  for (const char* to : {"", "localhost", ":50051", "localhost:0", "localhost:70000"}) {
    EXPECT_THAT(message_of("127.0.0.1:0", to), HasSubstr("host:port")) << to;
  }
  EXPECT_EQ(sink_.ends(), 0);
}

}  // namespace
}  // namespace testigo::capture
