#include "capture/capture_writer.h"

#include "capture/tcp_reconstruction.h"

namespace testigo::capture {

struct CaptureWriter::State {
  State(const std::filesystem::path& file, tcp::ConnectionSink& next_sink, const Disclosure& disclosure)
      : next(next_sink),
        recorder({.file = file,
                  .link_type = pcapng::kLinkRaw,
                  .made = pcapng::kReconstructed,
                  .payloads = disclosure.payloads,
                  .secrets = disclosure.secrets,
                  .rotation = disclosure.rotation,
                  .whole = false,
                  .copies = false}),
        reconstruction(recorder, next) {}

  // Who takes what comes: the reconstruction, or, when the disk refused, who comes after it.
  tcp::ConnectionSink& sink() { return recorder.error() ? next : reconstruction; }

  tcp::ConnectionSink& next;
  PacketRecorder recorder;
  TcpReconstruction reconstruction;
};

CaptureWriter::CaptureWriter(const std::filesystem::path& file, tcp::ConnectionSink& next, const Disclosure& disclosure)
    : state_(std::make_unique<State>(file, next, disclosure)) {}

CaptureWriter::~CaptureWriter() = default;

void CaptureWriter::on_opened(const tcp::ConnectionOpened& opened) { state_->sink().on_opened(opened); }

void CaptureWriter::on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) { state_->sink().on_chunk(connection, chunk); }

void CaptureWriter::on_closing(const tcp::ConnectionClosing& closing) { state_->sink().on_closing(closing); }

void CaptureWriter::on_over(tcp::ConnectionNumber connection, tcp::Over over) { state_->sink().on_over(connection, over); }

void CaptureWriter::on_idle() { state_->sink().on_idle(); }

void CaptureWriter::on_end() { state_->sink().on_end(); }

void CaptureWriter::flush() { state_->recorder.flush(); }

std::uint64_t CaptureWriter::packets() const { return state_->recorder.packets(); }

std::uint64_t CaptureWriter::undecoded_packets() const { return state_->recorder.undecoded_packets(); }

std::vector<MaskedField> CaptureWriter::masked() const { return state_->recorder.masked(); }

const std::optional<std::string>& CaptureWriter::error() const { return state_->recorder.error(); }

}  // namespace testigo::capture
