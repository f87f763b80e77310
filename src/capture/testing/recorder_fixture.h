// A wire that is watched by a packet recorder.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "capture/capture_file.h"
#include "capture/link_layer.h"
#include "capture/packet_recorder.h"
#include "capture/pcapng_reader.h"
#include "capture/testing/speaker.h"
#include "wire/tcp/reassembly.h"

namespace testigo::capture::testing {

constexpr std::uint16_t kEthernet = 1;

// A client of one connection and how its packets look on Ethernet.
struct Client {
  explicit Client(std::uint16_t source_port = 40'000) : port(source_port) {}

  tcp::Packet packet(std::uint32_t offset, Bytes payload) const {
    tcp::Packet packet;
    packet.source = *tcp::parse_address("10.0.0.1");
    packet.destination = *tcp::parse_address("10.0.0.2");
    packet.source_port = port;
    packet.destination_port = 50'051;
    packet.sequence = 1000 + 1 + offset;
    packet.acknowledgement = 5001;
    packet.ack = true;
    packet.payload = payload;
    return packet;
  }
  tcp::Packet syn() const {
    tcp::Packet packet = this->packet(0, {});
    packet.sequence = 1000;
    packet.ack = false;
    packet.syn = true;
    return packet;
  }
  static std::vector<std::byte> frame(const tcp::Packet& packet) {
    auto octets = from_hex("020000000002 020000000001 0800");
    append_packet(packet, octets);
    return octets;
  }

  std::uint16_t port;
};

// A wire that is watched: packets go through a reassembly, which a recorder hears, and then to the recorder, as they do live.
class PacketRecorderTest : public ::testing::Test {
 protected:
  PacketRecorderTest() {
    std::string name = (std::filesystem::temp_directory_path() / "testigo-recorder-XXXXXX").string();
    folder = mkdtemp(name.data());
    options.file = folder / "wire.pcapng";
    options.link_type = kEthernet;
  }
  ~PacketRecorderTest() override { std::filesystem::remove_all(folder); }

  PacketRecorder& recorder() {
    if (!recorder_) {
      recorder_.emplace(options, limits);
      reassembly_.emplace(*recorder_, limits);
    }
    return *recorder_;
  }

  void see(const tcp::Packet& packet) { see_octets(Client::frame(packet)); }

  // As PacketIntake does it.
  void see_octets(const std::vector<std::byte>& octets) {
    recorder();
    tcp::Packet packet;
    const auto ip = ip_of(kEthernet, octets);
    std::optional<tcp::Placement> placement;
    time += Duration(1000);
    if (ip && tcp::read_packet(*ip, packet) == tcp::PacketKind::Tcp) {
      placement = reassembly_->take(packet, time, recorder_->next_number());
    }
    recorder_->take(time, octets, octets.size(), placement ? packet.payload : Bytes(), placement);
  }

  void end() { reassembly_->end(); }

  std::vector<std::vector<std::byte>> packets_in(const std::filesystem::path& file) {
    recorder().flush();
    const std::string content = read_file(file, 8 << 20);
    PcapngReader reader;
    reader.feed(as_octets(content));
    CaptureBlock block;
    std::vector<std::vector<std::byte>> packets;
    while (reader.next(block) == ReadBlock::Done) {
      const auto* const packet = std::get_if<CapturedPacket>(&block);
      if (packet != nullptr) packets.emplace_back(packet->octets.begin(), packet->octets.end());
    }
    return packets;
  }
  std::size_t written() { return packets_in(options.file).size(); }
  std::string content() {
    recorder().flush();
    return read_file(options.file, 8 << 20);
  }

  std::filesystem::path folder;
  PacketRecorder::Options options;
  Limits limits;
  Time time = *parse_rfc3339("2026-01-02T03:04:05Z");
  std::optional<PacketRecorder> recorder_;
  std::optional<tcp::Reassembly> reassembly_;
};

inline Speaker one_call(std::string_view secret = "hunter2", std::string_view body = "body") {
  Speaker speaker(false);
  speaker.preface().headers(1, grpc_request({{"authorization", secret}, {"testigo-id", "c/0/1"}})).message(1, body, 1);
  return speaker;
}

}  // namespace testigo::capture::testing
