// Hears a tap; can be asked while it goes on.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "wire/tcp/connection_sink.h"

namespace testigo::capture::testing {

inline constexpr auto kPatience = std::chrono::seconds(60);  // before a test gives up on something that must happen

class HeardSink final : public tcp::ConnectionSink {
 public:
  struct Heard {
    tcp::ConnectionOpened opened;
    std::array<std::string, 2> octets;
    std::array<std::uint64_t, 2> acked{};
    std::vector<std::string> endings;  // "> fin", "< refused (connection refused)"
  };

  void on_opened(const tcp::ConnectionOpened& opened) override {
    const std::lock_guard lock(mutex_);
    heard_[opened.connection].opened = opened;
    changed_.notify_all();
  }

  // What holds at every moment: nothing is acknowledged that was not seen, and no acknowledgement is taken back.
  void on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) override {
    const std::lock_guard lock(mutex_);
    Heard& heard = heard_.at(connection);
    const auto index = static_cast<std::size_t>(chunk.direction);
    EXPECT_EQ(chunk.missing, 0u);
    EXPECT_LE(chunk.acked, heard.octets[1 - index].size());
    EXPECT_GE(chunk.acked, heard.acked[index]);
    EXPECT_TRUE(!chunk.bytes.empty() || chunk.acked > heard.acked[index]);
    heard.acked[index] = chunk.acked;
    heard.octets[index] += as_text(chunk.bytes);
    const bool answers = echo && chunk.direction == Direction::ToClient;
    EXPECT_GE(chunk.acked, answers ? heard.octets[index].size() : 0);
    changed_.notify_all();
  }

  void on_closing(const tcp::ConnectionClosing& closing) override {
    const std::lock_guard lock(mutex_);
    static constexpr const char* kNames[] = {"fin", "reset", "refused"};
    Heard& heard = heard_.at(closing.connection);
    std::string text = closing.direction == Direction::ToServer ? "> " : "< ";
    text += kNames[static_cast<std::size_t>(closing.closing)];
    if (!closing.reason.empty()) text += " (" + closing.reason + ")";
    heard.endings.push_back(text);
    changed_.notify_all();
  }

  void on_end() override {
    const std::lock_guard lock(mutex_);
    ++ends_;
  }

  // Waits until `done` is true of a connection; then a copy of what was heard of it.
  Heard wait_for(tcp::ConnectionNumber connection, const std::function<bool(const Heard&)>& done) {
    std::unique_lock lock(mutex_);
    const auto is_done = [&] { return heard_.contains(connection) && done(heard_[connection]); };
    if (!changed_.wait_for(lock, kPatience, is_done)) ADD_FAILURE() << "what was waited for did not happen";
    return heard_[connection];
  }
  Heard wait_for_endings(tcp::ConnectionNumber connection, std::size_t count) {
    return wait_for(connection, [count](const Heard& heard) { return heard.endings.size() >= count; });
  }

  std::map<tcp::ConnectionNumber, Heard> all() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  int ends() {
    const std::lock_guard lock(mutex_);
    return ends_;
  }

  bool echo = false;  // the server only gives back: no octet of its may come before it received as many

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<tcp::ConnectionNumber, Heard> heard_;
  int ends_ = 0;
};

}  // namespace testigo::capture::testing
