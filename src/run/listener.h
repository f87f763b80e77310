// Listens on an interface beside a run, and writes what passes to a capture: on a thread of its own, so that the run can go on.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "capture/live_source.h"
#include "capture/packet_intake.h"
#include "capture/packet_recorder.h"

namespace testigo::run {

class Listener {
 public:
  // Opens the interface and the file; nothing passes the filter yet. Bodies are written: what it hears is the run's own, or
  // allowed. Throws EnvironmentError.
  Listener(const std::string& interface, const std::filesystem::path& file);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Hears this port from now on. Once.
  void listen_to(std::uint16_t port);

  // Reads what is still on its way, until every connection has closed or nothing has come for a while, and ends the capture. A
  // second call does nothing.
  void stop();

  // After `stop`.
  std::uint64_t connections() const { return nobody_.connections; }
  std::uint64_t dropped() const { return source_.counts().dropped; }
  std::vector<std::string> notes() const;
  std::vector<capture::MaskedField> masked() const { return recorder_.masked(); }

 private:
  // The capture is judged when all is over; nobody else hears it while it is written.
  class Nobody final : public tcp::ConnectionSink {
   public:
    void on_opened(const tcp::ConnectionOpened&) override { ++connections; }
    void on_chunk(tcp::ConnectionNumber, const Chunk&) override {}
    void on_closing(const tcp::ConnectionClosing&) override {}
    void on_end() override {}
    std::uint64_t connections = 0;
  };
  void hear();
  void read_what_is_left();
  bool read();

  capture::LiveSource source_;
  capture::PacketRecorder recorder_;
  Nobody nobody_;
  capture::PacketIntake intake_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace testigo::run
