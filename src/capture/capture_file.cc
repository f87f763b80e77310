#include "capture/capture_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "base/environment_error.h"
#include "base/inert.h"
#include "capture/pcapng.h"
#include "capture/pcapng_reader.h"
#include "capture/tcp_reconstruction.h"
#include "wire/tcp/reassembly.h"

namespace testigo::capture {
namespace {

constexpr std::size_t kReadBytes = 256 << 10;

// Adds what the comment of the packet at hand says: the name of a server that has no address, the reason of an end.
class CommentedSink final : public tcp::ConnectionSink {
 public:
  explicit CommentedSink(tcp::ConnectionSink& next) : next_(next) {}

  void at(std::uint64_t packet, std::string_view comment) {
    packet_ = packet;
    comment_ = comment;
  }

  void on_opened(const tcp::ConnectionOpened& opened) override {
    if (opened.packet != packet_ || !comment_.starts_with(kServerComment)) return next_.on_opened(opened);
    tcp::ConnectionOpened named = opened;
    named.server.address = comment_text(comment_.substr(kServerComment.size()));
    next_.on_opened(named);
  }

  void on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) override { next_.on_chunk(connection, chunk); }

  void on_closing(const tcp::ConnectionClosing& closing) override {
    if (closing.packet != packet_ || comment_.empty()) return next_.on_closing(closing);
    tcp::ConnectionClosing reasoned = closing;
    reasoned.reason = comment_text(comment_);
    next_.on_closing(reasoned);
  }

  void on_end() override { next_.on_end(); }

 private:
  tcp::ConnectionSink& next_;
  std::uint64_t packet_ = 0;
  std::string_view comment_;
};

bool begins_with_ip(std::uint16_t link_type) {
  using namespace pcapng;
  return link_type == kLinkRaw || link_type == kLinkV4 || link_type == kLinkV6;
}

class CaptureReading {
 public:
  CaptureReading(tcp::ConnectionSink& sink, const Limits& limits) : reader_(limits), sink_(sink), reassembly_(sink_, limits) {}

  // False when there is no use in more.
  bool take(Bytes octets) {
    reader_.feed(octets);
    for (;;) {
      CaptureBlock block;
      const auto read = reader_.next(block);
      if (read == PcapngReader::Read::NeedMore) return true;
      if (read == PcapngReader::Read::Malformed) return false;
      whole_ = false;
      std::visit([this](const auto& inside) { on_block(inside); }, block);
    }
  }

  CaptureSummary end() {
    sink_.at(0, {});
    reassembly_.end();
    trouble(reader_.trouble());
    if (reader_.pending() > 0 && reader_.trouble().empty())
      trouble(fmt::format("it ends inside a block, after packet {}", summary_.packets));
    if (const auto passed = reassembly_.not_followed(); passed > 0) trouble(fmt::format("{} connections over the limit", passed));
    summary_.cut = !whole_ || reader_.pending() > 0 || !reader_.trouble().empty();
    return summary_;
  }

 private:
  void on_block(const OtherBlock&) {}

  void on_block(const SectionStart& start) {
    summary_.reconstructed = start.application.starts_with(pcapng::kApplication) && start.comment == pcapng::kReconstructed;
  }

  void on_block(const CaptureStatistics& statistics) {
    whole_ = statistics.packets_received == summary_.packets;
    if (!whole_)
      trouble(fmt::format("its end counts {} packets and it holds {}", statistics.packets_received.value_or(0), summary_.packets));
  }

  void on_block(const CapturedPacket& captured) {
    summary_.packets = captured.number;
    if (captured.time) note_time(*captured.time);
    tcp::Packet packet;
    if (!captured.time || !begins_with_ip(captured.link_type)) {
      trouble(fmt::format("packet {} has no time, or a link type that is not read ({})", captured.number, captured.link_type));
    } else if (tcp::read_packet(captured.octets, packet) != tcp::PacketKind::Tcp) {
      trouble(fmt::format("packet {} is not TCP over IP", captured.number));
    } else {
      sink_.at(captured.number, captured.comment);
      reassembly_.take(packet, *captured.time, captured.number);
    }
  }

  void note_time(Time time) {
    summary_.first = summary_.first ? std::min(*summary_.first, time) : time;
    summary_.last = summary_.last ? std::max(*summary_.last, time) : time;
  }

  // The first one is told.
  void trouble(const std::string& text) {
    if (summary_.trouble.empty()) summary_.trouble = text;
  }

  PcapngReader reader_;
  CommentedSink sink_;
  tcp::Reassembly reassembly_;
  CaptureSummary summary_;
  bool whole_ = false;  // the last block was the mark of a whole file
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

[[noreturn]] void cannot_read(const std::filesystem::path& file) {
  throw EnvironmentError(fmt::format("cannot read the capture {}: {}; check its name and your permissions",
                                     inert(file.native(), file.native().size()), std::strerror(errno)));
}

// A file that was cut in its first octets is damage; one that begins otherwise is something else.
void recognise(Bytes first, const std::filesystem::path& file) {
  constexpr std::size_t kMagicBytes = 4;
  if (first.size() < kMagicBytes ||
      load_number(first.data(), kMagicBytes) == static_cast<std::uint32_t>(pcapng::BlockType::SectionHeader))
    return;
  throw EnvironmentError(
      fmt::format("{} is no pcapng file; a capture that testigo wrote is wanted", inert(file.native(), file.native().size())));
}

}  // namespace

CaptureSummary read_capture(const std::filesystem::path& file, tcp::ConnectionSink& sink, const Limits& limits) {
  const std::unique_ptr<std::FILE, CloseFile> open(std::fopen(file.c_str(), "rbe"));
  if (!open) cannot_read(file);
  CaptureReading reading(sink, limits);
  std::vector<std::byte> buffer(kReadBytes);
  for (bool first = true;; first = false) {
    const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), open.get());
    if (std::ferror(open.get())) cannot_read(file);
    if (first) recognise(Bytes(buffer).first(size), file);
    if (size == 0 || !reading.take(Bytes(buffer).first(size))) return reading.end();
  }
}

CaptureSummary read_capture(Bytes octets, tcp::ConnectionSink& sink, const Limits& limits) {
  CaptureReading reading(sink, limits);
  reading.take(octets);
  return reading.end();
}

}  // namespace testigo::capture
