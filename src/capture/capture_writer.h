// Writes what a tap carried as wire.pcapng: well-formed IP and TCP packets, reconstructed, secrets masked, so that Wireshark and
// tshark dissect them, and hands every octet on, as carried, with the number of the packet that holds it.
//
//   Tap ── ConnectionSink ──▶ CaptureWriter ── ConnectionSink ──▶ the model
//
// The header of the file says that it was reconstructed. Disk trouble loses no traffic: the writing stops, `error` says why.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "capture/packet_recorder.h"
#include "wire/tcp/connection_sink.h"

namespace testigo::capture {

// What of the traffic is written.
struct Disclosure {
  bool payloads = false;             // message bodies too
  std::vector<std::string> secrets;  // names of fields to mask, beside those that always are
  Rotation rotation;
};

class CaptureWriter final : public tcp::ConnectionSink {
 public:
  // Creates the file (0600). Throws EnvironmentError when it cannot. `next` must outlive the writer.
  CaptureWriter(const std::filesystem::path& file, tcp::ConnectionSink& next, const Disclosure& disclosure = {});
  ~CaptureWriter() override;

  void on_opened(const tcp::ConnectionOpened& opened) override;
  void on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) override;
  void on_closing(const tcp::ConnectionClosing& closing) override;
  void on_over(tcp::ConnectionNumber connection, tcp::Over over) override;
  void on_idle() override;
  void on_end() override;

  // Everything handed on is in the file, but for packets that wait until what they carry is decoded.
  void flush();

  std::uint64_t packets() const;
  // As PacketRecorder says it.
  std::uint64_t undecoded_packets() const;
  std::vector<MaskedField> masked() const;
  // Why nothing more is written; nothing while all is well.
  const std::optional<std::string>& error() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace testigo::capture
