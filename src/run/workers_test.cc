#include "run/workers.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/file.h"
#include "call/fan.h"
#include "call/model.h"
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
    note(fmt::format("closed {} {} {}", closed.closing.has_value(), closed.goaway, closed.calls_open), closed.connection);
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

// On this thread, without workers.
std::vector<std::string> told_alone(Bytes capture, bool json) {
  Meets meets(json);
  check::Judge judge({}, check::Foreign::PassedOver, nullptr, check::Rows::OfConnections);
  judge.on_finding([&](const check::Finding& finding) { meets.across.take(finding); });
  judge.tell_attempts(meets.across);
  judge.on_counted([&](const check::Judge::Counted& counted) { meets.across.take(counted); });
  call::Fan fan({&judge, &meets.across, &meets.order, &meets.lines});
  call::Model model(fan);
  capture::read_capture(capture, model);
  return meets.told();
}

std::vector<std::string> told_by(std::size_t threads, Bytes capture, bool json) {
  Meets meets(json);
  Workers workers({.threads = threads, .lines = true, .json = json}, meets.meeting());
  capture::read_capture(capture, workers);
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
    const auto expected = told_alone(as_octets(octets), false);
    EXPECT_GT(expected.size(), 1u);
    expect_same(told_by(3, as_octets(octets), false), expected);
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
    const auto expected = told_alone(as_octets(octets), json);
    for (const std::size_t threads : {1, 2, 3, 8}) {
      SCOPED_TRACE(fmt::format("{} threads", threads));
      expect_same(told_by(threads, as_octets(octets), json), expected);
    }
  }
}

// A connection is told of when it speaks.
void speak(Workers& workers) {
  workers.on_opened({1, {}, {"127.0.0.1", 40'000}, {"127.0.0.1", 50'051}, true, 1});
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
