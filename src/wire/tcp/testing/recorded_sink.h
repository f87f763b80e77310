// Writes down what a sink is told, a line each, so that a test can compare it with what it expects or with another sink's lines.
//
//   1 opened 10.0.0.1:1000 > 10.0.0.2:80        1 > "abc" missing 3 acked 7       1 < fin       end
#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/tcp/connection_sink.h"

namespace testigo::tcp::testing {

class RecordedSink : public ConnectionSink {
 public:
  enum class Detail { Plain, TimesAndPackets };
  explicit RecordedSink(Detail detail = Detail::Plain) : detail_(detail) {}

  std::vector<std::string> lines;

  void on_opened(const ConnectionOpened& opened) override {
    std::string line = std::to_string(opened.connection) + " opened " + to_text(opened.client) + " > " + to_text(opened.server);
    if (!opened.from_start) line += " late";
    lines.push_back(line + details(opened.time, opened.packet));
  }

  void on_chunk(ConnectionNumber connection, const Chunk& chunk) override {
    std::string line = std::to_string(connection) + arrow(chunk.direction) + shown(chunk.bytes);
    if (chunk.missing == kUnknownMissing) {
      line += " missing ?";
    } else if (chunk.missing != 0) {
      line += " missing " + std::to_string(chunk.missing);
    }
    if (chunk.acked != 0) line += " acked " + std::to_string(chunk.acked);
    lines.push_back(line + details(chunk.time, chunk.packet));
  }

  void on_closing(const ConnectionClosing& closing) override {
    static constexpr const char* kNames[] = {"fin", "reset", "refused"};
    std::string line = std::to_string(closing.connection) + arrow(closing.direction);
    line += kNames[static_cast<std::size_t>(closing.closing)];
    if (!closing.reason.empty()) line += " (" + closing.reason + ")";
    lines.push_back(line + details(closing.time, closing.packet));
  }

  void on_over(ConnectionNumber connection, Over over) override {
    lines.push_back(std::to_string(connection) + (over == Over::Turned ? " turned" : " over"));
  }

  void on_end() override { lines.push_back("end"); }

 private:
  static std::string arrow(Direction direction) { return direction == Direction::ToServer ? " > " : " < "; }

  static std::string shown(Bytes bytes) {
    if (bytes.size() <= 64) return '"' + std::string(as_text(bytes)) + '"';
    char text[64];
    std::snprintf(text, sizeof text, "%zu octets %016zx", bytes.size(), std::hash<std::string_view>{}(as_text(bytes)));
    return text;
  }

  std::string details(Time time, std::uint64_t packet) const {
    if (detail_ == Detail::Plain) return {};
    return " at " + to_rfc3339(time) + " in packet " + std::to_string(packet);
  }

  Detail detail_;
};

}  // namespace testigo::tcp::testing
