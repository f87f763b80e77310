#include "run/workers.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/file.h"
#include "call/fan.h"
#include "call/model.h"
#include "call/testing/conversation.h"
#include "capture/capture_file.h"
#include "run/testing/captures.h"
#include "run/testing/told.h"

namespace testigo::run {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Everything that may be told where connections meet, in the order in which it is.
class Order final : public call::Sink {
 public:
  void on_connection(const call::ConnectionView& connection) override { note("opened", connection); }
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override {
    note(fmt::format("opening {} at {}", static_cast<int>(opening), spot.offset), connection);
  }
  void on_tls(const call::TlsSeen& seen) override {
    note(fmt::format("tls {} {}", static_cast<int>(seen.step), seen.connection.tls->client.has_value()), seen.connection);
  }
  void on_call(const call::CallClosed& closed) override { note(call_text(closed), closed.connection); }
  void on_withdrawn(const call::ConnectionView& connection) override { note("withdrawn", connection); }
  void on_connection_closed(const call::ConnectionClosed& closed) override {
    note(fmt::format("closed {} {} {} {}", closed.closing.has_value(), closed.goaway, closed.calls_open, closed.turned),
         closed.connection);
  }
  void on_finding(const check::Finding& finding) { lines.push_back(finding_text(finding)); }

  std::vector<std::string> lines;

 private:
  void note(const std::string& what, const call::ConnectionView& view) {
    lines.push_back(fmt::format("connection {} {} → {}: {}; {} + {} octets, {} calls, {}", view.number, tcp::to_text(view.client),
                                tcp::to_text(view.server), what, view.octets_to_server, view.octets_to_client, view.calls,
                                view.whole()));
  }
};

// A stream of the C library into memory.
class Printed {
 public:
  Printed() : stream(::open_memstream(&text_, &size_)) {}
  ~Printed() {
    std::fclose(stream);
    std::free(text_);
  }
  Printed(const Printed&) = delete;
  Printed& operator=(const Printed&) = delete;
  std::string text() const {
    std::fflush(stream);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;

 public:
  std::FILE* const stream;
};

struct Meets {
  explicit Meets(bool json) : lines(printed.stream, json, {}) {
    across.on_finding([this](const check::Finding& finding) {
      order.on_finding(finding);
      lines.on_finding(finding);
    });
  }
  Meeting meeting() { return {fan, across, lines}; }
  std::vector<std::string> told() {
    std::vector<std::string> all = order.lines;
    append_texts(all, across.tally());
    all.push_back(printed.text());
    return all;
  }

  Printed printed;
  check::Judge across{{}, check::Foreign::PassedOver, nullptr, check::Rows::Across};
  Order order;
  CallLines lines;
  call::Fan fan{{&across, &order, &lines}};
};

// Tells a sink what it is to hear of all connections.
using Source = std::function<void(tcp::ConnectionSink&)>;

Source reads(Bytes capture) {
  return [capture](tcp::ConnectionSink& sink) { capture::read_capture(capture, sink); };
}

// On this thread, without workers.
std::vector<std::string> told_alone(const Source& source, bool json, const Limits& limits = {}) {
  Meets meets(json);
  check::Judge judge(limits, check::Foreign::PassedOver, nullptr, check::Rows::OfConnections);
  judge.on_finding([&](const check::Finding& finding) { meets.across.take(finding); });
  judge.tell_attempts(meets.across);
  judge.on_counted([&](const check::Judge::Counted& counted) { meets.across.take(counted); });
  call::Fan fan({&judge, &meets.across, &meets.order, &meets.lines});
  call::Model model(fan, limits);
  source(model);
  return meets.told();
}

std::vector<std::string> told_by(std::size_t threads, const Source& source, bool json, const Limits& limits = {}) {
  Meets meets(json);
  Workers workers({.threads = threads, .lines = true, .json = json}, meets.meeting(), limits);
  source(workers);
  return meets.told();
}

void expect_same(const std::vector<std::string>& told, const std::vector<std::string>& expected) {
  ASSERT_EQ(told.size(), expected.size());
  for (std::size_t i = 0; i < told.size(); ++i) ASSERT_EQ(told[i], expected[i]) << "line " << i;
}

TEST(Workers, TellOfEachCaptureWhatOneThreadTells) {
  for (const auto& file : captures_in(kCaptures)) {
    SCOPED_TRACE(file.string());
    const std::string octets = read_file(file, 1 << 20);
    const auto expected = told_alone(reads(as_octets(octets)), false);
    EXPECT_GT(expected.size(), 1u);
    expect_same(told_by(3, reads(as_octets(octets)), false), expected);
  }
}

// All captures as sections of one: many connections, some of which never end, and more than a round.
std::string all_captures() {
  std::string all;
  for (const auto& file : captures_in(kCaptures)) {
    if (file.extension() == ".pcapng") all += read_file(file, 1 << 20);
  }
  return all;
}

TEST(Workers, TellOfManyConnectionsWhatOneThreadTells) {
  const std::string octets = all_captures();
  EXPECT_GT(octets.size(), 500'000u);
  for (const bool json : {false, true}) {
    const auto expected = told_alone(reads(as_octets(octets)), json);
    for (const std::size_t threads : {1, 2, 3, 8}) {
      SCOPED_TRACE(fmt::format("{} threads", threads));
      expect_same(told_by(threads, reads(as_octets(octets)), json), expected);
    }
  }
}

// What is told of one connection, to be told again beside others.
class Recorded final : public tcp::ConnectionSink {
 public:
  using Step = std::function<void(tcp::ConnectionSink&)>;

  void on_opened(const tcp::ConnectionOpened& opened) override {
    steps.emplace_back([opened](tcp::ConnectionSink& sink) { sink.on_opened(opened); });
  }
  void on_chunk(tcp::ConnectionNumber number, const Chunk& chunk) override {
    const std::vector<std::byte> octets(chunk.bytes.begin(), chunk.bytes.end());
    steps.emplace_back([number, chunk, octets](tcp::ConnectionSink& sink) {
      Chunk again = chunk;
      again.bytes = octets;
      sink.on_chunk(number, again);
    });
  }
  void on_closing(const tcp::ConnectionClosing& closing) override {
    steps.emplace_back([closing](tcp::ConnectionSink& sink) { sink.on_closing(closing); });
  }
  void on_over(tcp::ConnectionNumber number, tcp::Over over) override {
    steps.emplace_back([number, over](tcp::ConnectionSink& sink) { sink.on_over(number, over); });
  }
  void on_end() override {}

  std::vector<Step> steps;
};

// So many connections speak in turns, and on each calls are open whose requests are compressed, or say so. With `idle` who reads
// has to wait now and then.
Source taking_turns(std::uint64_t connections, bool idle) {
  using namespace call::testing;
  std::vector<Recorded> all(connections);
  for (std::uint64_t number = 1; number <= connections; ++number) {
    Conversation talk = greeted();
    const std::string first("\x01\x00\x00\x3a\x98", 5), half(7500, static_cast<char>(number));
    for (const call::StreamId stream : {1u, 3u, 5u, 7u}) {
      talk.client(headers(stream, plus(request_fields(), "grpc-encoding", "gzip")), data(stream, first + half));
    }
    for (const call::StreamId stream : {1u, 3u, 5u, 7u}) {
      talk.client(data(stream, half, EndStream::Yes));
      talk.server(headers(stream, response_fields()), headers(stream, trailer_fields(), EndStream::Yes));
    }
    if (number % 3 != 0) talk.client_closes().server_closes();
    talk.play(all[number - 1], 0, number);
    if (number % 6 == 0) all[number - 1].on_over(number, number % 12 == 0 ? tcp::Over::Turned : tcp::Over::Unseen);
  }
  return [all, idle](tcp::ConnectionSink& sink) {
    std::size_t told = 0;
    for (std::size_t step = 0, left = 1; left != 0; ++step) {
      left = 0;
      for (const Recorded& one : all) {
        if (step >= one.steps.size()) continue;
        one.steps[step](sink);
        if (idle && ++told % 100 == 0) sink.on_idle();
        ++left;
      }
    }
    sink.on_end();
  };
}

std::size_t count_of(const std::vector<std::string>& lines, const std::string& part) {
  return static_cast<std::size_t>(
      std::ranges::count_if(lines, [&](const std::string& line) { return line.find(part) != std::string::npos; }));
}

// Neither how many threads there are, nor how often one waits for what comes.
void expect_same_of_any_number(const Limits& limits, const std::string& sign) {
  const auto expected = told_alone(taking_turns(120, false), false, limits);
  EXPECT_NE(count_of(expected, sign), 0u) << sign;
  EXPECT_EQ(count_of(told_alone(taking_turns(120, false), false), sign), 0u) << sign;
  for (const std::size_t threads : {1, 2, 4, 8}) {
    for (const bool idle : {false, true}) {
      SCOPED_TRACE(fmt::format("{} threads, waiting: {}", threads, idle));
      expect_same(told_by(threads, taking_turns(120, idle), false, limits), expected);
    }
  }
}

TEST(Workers, TellTheSameWhereWhatAllMessagesHoldIsAtItsLimit) {
  Limits limits;
  limits.message_bytes_kept_all = 1'000'000;
  expect_same_of_any_number(limits, "(the messages that were open together had more");
}

TEST(Workers, TellTheSameWhereTheStreamsOfAllAreAtTheirLimit) {
  Limits limits;
  limits.streams_max_all = 150;
  expect_same_of_any_number(limits, "(not every call of the connection could be followed)");
}

TEST(Workers, TellTheSameWhereTheHistoriesOfAllAreAtTheirLimit) {
  Limits limits;
  limits.history_bytes_max_all = 40'000;
  limits.history_bytes_least = 10;
  expect_same_of_any_number(limits, "(what the dynamic table holds is not known)");
}

const tcp::ConnectionOpened kOpened{1, {}, {"127.0.0.1", 40'000}, {"127.0.0.1", 50'051}, true, 1};

// A connection is told of when it speaks.
void speak(Workers& workers) {
  workers.on_opened(kOpened);
  workers.on_chunk(1, {{}, Direction::ToServer, as_octets("P"), 0, 0, 2});
}

TEST(Workers, TellWhatCameWhenNothingMoreIsWaiting) {
  Meets meets(false);
  Workers workers({.threads = 2}, meets.meeting());
  speak(workers);
  workers.on_idle();
  EXPECT_THAT(meets.order.lines, ElementsAre(HasSubstr("opened")));
  workers.on_end();
  EXPECT_EQ(meets.order.lines.size(), 2u);
}

TEST(Workers, EndWithoutTellingWhatNobodyWaitsFor) {
  Meets meets(false);
  {
    Workers workers({.threads = 2}, meets.meeting());
    speak(workers);
  }
  EXPECT_TRUE(meets.order.lines.empty());
}

// What is told of a connection is told by who reads: there it is thrown, too, and no thread is left behind.
class Throws final : public call::Sink {
 public:
  void on_connection(const call::ConnectionView&) override { throw std::runtime_error("the meeting broke up"); }
};

TEST(Workers, ThrowWhatIsThrownWhereConnectionsMeet) {
  Meets meets(false);
  Throws throws;
  Workers workers({.threads = 2}, {throws, meets.across, meets.lines});
  speak(workers);
  EXPECT_THROW(workers.on_idle(), std::runtime_error);
}

}  // namespace
}  // namespace testigo::run
