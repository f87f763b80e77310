// Packets of one link → what their connections carry, told to a sink, and the packets themselves to a recorder where one is wanted.
//
//   LiveSource ── packets ──▶ PacketIntake ── ConnectionSink ──▶ the recorder, then the model
#pragma once

#include <cstdint>

#include "base/limits.h"
#include "base/random_id.h"
#include "capture/live_source.h"
#include "capture/packet_recorder.h"
#include "wire/http2/speaker.h"
#include "wire/tcp/ip_fragments.h"
#include "wire/tcp/reassembly.h"

namespace testigo::capture {

class PacketIntake {
 public:
  // `sink` and `recorder`, which may be null, must outlive it. Without a recorder packets have no number.
  PacketIntake(std::uint16_t link_type, tcp::ConnectionSink& sink, PacketRecorder* recorder, const Limits& limits = {})
      : link_type_(link_type),
        recorder_(recorder),
        both_(sink, recorder),
        fragments_(limits),
        reassembly_(both_, limits, tcp::Reassembly::Ways::Both, random_seed(), http2::direction_of) {}

  void take(const LivePacket& packet);

  // Nothing waits.
  void idle() { both_.on_idle(); }

  // Nothing more comes: tells what is left, and the sinks' on_end.
  void end();

  // Parts of IP packets that never became whole, packets that are cut inside a header, and what is no TCP: what they carry was not
  // seen. Parts that are still waited for count at the end.
  std::uint64_t unread() const { return unread_ + fragments_.lost(); }
  std::uint64_t not_followed() const { return reassembly_.not_followed(); }
  std::uint64_t began_unseen() const { return reassembly_.began_unseen(); }
  std::uint64_t over_held() const { return reassembly_.over_held(); }
  std::uint64_t connections_open() const { return reassembly_.open(); }

 private:
  class Both final : public tcp::ConnectionSink {
   public:
    Both(tcp::ConnectionSink& sink, PacketRecorder* recorder) : sink_(sink), recorder_(recorder) {}

    void on_opened(const tcp::ConnectionOpened& opened) override;
    void on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) override;
    void on_closing(const tcp::ConnectionClosing& closing) override;
    void on_over(tcp::ConnectionNumber connection, tcp::Over over) override;
    void on_idle() override;
    void on_end() override;

   private:
    tcp::ConnectionSink& sink_;
    PacketRecorder* recorder_;
  };

  std::uint64_t next_number() const;
  void record(const LivePacket& captured, Bytes payload, const std::optional<tcp::Placement>& placement,
              std::string_view comment = {});
  void take_part(const LivePacket& captured, Bytes ip);
  void record_part(const LivePacket& used, const tcp::IpPacket& part);
  void place_parts(const tcp::IpFragments::Whole& whole, const tcp::Packet& packet, const std::optional<tcp::Placement>& placement);
  void take_unread(const LivePacket& captured, std::optional<Bytes> ip);

  std::uint16_t link_type_;
  PacketRecorder* recorder_;
  Both both_;
  tcp::IpFragments fragments_;
  tcp::Reassembly reassembly_;
  std::uint64_t unread_ = 0;
};

}  // namespace testigo::capture
