#include "run/wire_place.h"

#include "base/environment_error.h"
#include "run/run_record.h"

namespace testigo::run {
namespace {

constexpr std::uint64_t kHeaderBytesMax = 512;  // of a capture that we wrote

class NobodyHears final : public tcp::ConnectionSink {
  void on_opened(const tcp::ConnectionOpened&) override {}
  void on_chunk(tcp::ConnectionNumber, const Chunk&) override {}
  void on_closing(const tcp::ConnectionClosing&) override {}
  void on_end() override {}
};

}  // namespace

std::string witnessed(const capture::CaptureSummary& summary) {
  if (summary.captured) return "listened";
  return summary.reconstructed ? "tap" : "";
}

std::string wire_place(const EvidenceFolder& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder.capture(), error)) return {};
  try {
    const std::optional<RunRecord> record = read_run_record(folder.record());
    if (record && !record->wire.empty()) return record->wire;
    NobodyHears nobody;
    const std::filesystem::path newest = folder.capture();
    const auto to_its_header = [](const capture::ReadSoFar& so_far) { return so_far.octets < kHeaderBytesMax; };
    return witnessed(capture::CaptureFiles(std::span(&newest, 1)).read(nobody, {}, to_its_header));
  } catch (const EnvironmentError&) {  // whoever judges the evidence tells what is wrong with it
    return {};
  }
}

}  // namespace testigo::run
