#include "capture/connection_copy.h"

#include "base/usage_error.h"
#include "capture/link_layer.h"
#include "capture/packet_intake.h"
#include "capture/packet_recorder.h"

namespace testigo::capture {
namespace {

PacketRecorder::Options recording(const CopyOptions& options, std::uint16_t link_type) {
  PacketRecorder::Options recording;
  recording.file = options.file;
  recording.link_type = link_type;
  recording.made = options.reconstructed ? pcapng::kReconstructed : pcapng::kCaptured;
  recording.payloads = options.payloads;
  recording.secrets = options.secrets;
  recording.keep = [&keep = options.keep](tcp::ConnectionNumber number) { return number < keep.size() && keep[number]; };
  recording.whole = true;
  return recording;
}

class Nobody final : public tcp::ConnectionSink {
 public:
  void on_opened(const tcp::ConnectionOpened&) override {}
  void on_chunk(tcp::ConnectionNumber, const Chunk&) override {}
  void on_closing(const tcp::ConnectionClosing&) override {}
  void on_end() override {}
};

// Made for the first packet, which says of what link type the file is.
class Copy {
 public:
  Copy(const CopyOptions& options, std::uint16_t link_type)
      : link_type_(link_type), recorder_(recording(options, link_type)), intake_(link_type, nobody_, &recorder_) {}

  void take(const CapturedPacket& packet) {
    if (packet.link_type != link_type_) throw UsageError("the captures hold packets of several link types, and a copy holds one");
    intake_.take({*packet.time, packet.octets, packet.original_length, packet.comment});
  }
  Copied end() {
    intake_.end();
    return {recorder_.packets(), recorder_.undecoded_packets(), recorder_.masked(), recorder_.error()};
  }

 private:
  std::uint16_t link_type_;
  Nobody nobody_;
  PacketRecorder recorder_;
  PacketIntake intake_;
};

}  // namespace

// What `CaptureFiles::read` does not read is passed over here as well: so the connections have the same numbers.
Copied copy_connections(const CaptureFiles& files, const CopyOptions& options, const CaptureFiles::Progress& progress) {
  std::optional<Copy> copy;
  const auto take = [&](const CapturedPacket& packet) {
    if (!packet.time || !is_known_link_type(packet.link_type)) return;
    if (!copy) copy.emplace(options, packet.link_type);
    copy->take(packet);
  };
  files.read_packets(take, {}, progress);
  if (!copy) copy.emplace(options, pcapng::kLinkRaw);
  return copy->end();
}

}  // namespace testigo::capture
