#include "run/listener.h"

#include <fmt/format.h>

#include <chrono>

#include "run/capture_notes.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr std::string_view kNothing = "port 0";  // which nothing has
constexpr Duration kPatience = 20ms;
// The kernel keeps packets for a moment before it gives them out, a busy one for longer.
constexpr Duration kQuietWhenClosed = 100ms;
constexpr Duration kQuietWhenOpen = 500ms;
constexpr Duration kLastPacketsMax = 5s;

capture::PacketRecorder::Options recording(const std::filesystem::path& file, std::uint16_t link_type) {
  capture::PacketRecorder::Options options;
  options.file = file;
  options.link_type = link_type;
  options.payloads = true;
  return options;
}

}  // namespace

Listener::Listener(const std::string& interface, const std::filesystem::path& file)
    : source_({interface, std::string(kNothing)}),
      recorder_(recording(file, source_.link_type())),
      intake_(source_.link_type(), nobody_, &recorder_) {}

Listener::~Listener() { stop(); }

void Listener::listen_to(std::uint16_t port) {
  source_.set_filter(fmt::format("port {}", port));
  thread_ = std::thread([this] { hear(); });
}

void Listener::stop() {
  if (!thread_.joinable()) return;
  ending_ = true;
  thread_.join();
}

bool Listener::read() {
  return source_.read(kPatience, [this](const capture::LivePacket& packet) { intake_.take(packet); }) != 0;
}

void Listener::hear() {
  while (!ending_ && !source_.trouble()) {
    if (!read()) intake_.idle();
  }
  read_what_is_left();
  intake_.end();
}

void Listener::read_what_is_left() {
  const auto begun = Steady::now();
  auto last = begun;
  while (!source_.trouble()) {
    const bool more = read();
    const auto now = Steady::now();
    if (more) last = now;
    if (now - last >= (intake_.connections_open() == 0 ? kQuietWhenClosed : kQuietWhenOpen)) return;
    if (now - begun >= kLastPacketsMax) return;
  }
}

std::vector<std::string> Listener::notes() const { return capture_notes(source_, intake_, &recorder_); }

}  // namespace testigo::run
