#include "capture/capture_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/inert.h"
#include "base/random_id.h"
#include "capture/capture_decoder.h"
#include "capture/capture_input.h"
#include "capture/link_layer.h"
#include "capture/pcapng.h"
#include "capture/tcp_reconstruction.h"
#include "wire/http2/speaker.h"
#include "wire/tcp/ether_type.h"
#include "wire/tcp/ip_fragments.h"
#include "wire/tcp/reassembly.h"

namespace testigo::capture {
namespace {

constexpr std::size_t kReadBytes = 256 << 10;
constexpr std::size_t kLinkHeaderBytesMax = 20;
constexpr std::size_t kHeadersInVxlanMin = 20 + 8 + 8 + 14 + 20 + 20;
constexpr std::chrono::milliseconds kPatience(200);  // how soon a wish to end is heard
constexpr std::chrono::milliseconds kLookAgainEvery(20);

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

  void on_over(tcp::ConnectionNumber connection, tcp::Over over) override { next_.on_over(connection, over); }

  void on_end() override { next_.on_end(); }

 private:
  tcp::ConnectionSink& next_;
  std::uint64_t packet_ = 0;
  std::string_view comment_;
};

bool is_ours(const SectionStart& section) { return section.application.starts_with(pcapng::kApplication); }

constexpr std::string_view kCutInside = "it was cut inside a header";

// Of a packet that may hold TCP; empty when it is read, or is of another protocol.
std::string_view why_unread(const CapturedPacket& captured, bool is_ip, tcp::PacketKind kind) {
  if (!captured.time) return "it has no time";
  if (!is_known_link_type(captured.link_type)) return "its link type is not read";
  if (kind == tcp::PacketKind::Malformed) return captured.cut() ? kCutInside : "its headers contradict themselves";
  const bool too_short_to_tell = !is_ip && captured.cut() && captured.octets.size() <= kLinkHeaderBytesMax;
  return too_short_to_tell ? kCutInside : std::string_view();
}

class CaptureReading {
 public:
  CaptureReading(tcp::ConnectionSink& sink, const Limits& limits)
      : limits_(limits),
        decoder_(limits),
        sink_(sink),
        fragments_(limits),
        reassembly_(sink_, limits, tcp::Reassembly::Ways::Both, random_seed(), http2::direction_of) {}

  CaptureDecoder& decoder() { return decoder_; }

  // At what the decoder was fed. False when there is no use in more of this file.
  bool look() {
    for (CaptureBlock block;;) {
      const auto read = decoder_.next(block);
      if (read == ReadBlock::NeedMore) return true;
      if (read == ReadBlock::Malformed) return false;
      whole_ = false;
      std::visit([this](const auto& inside) { on_block(inside); }, block);
    }
  }

  // What follows is another file; what is said of damage in it begins with the name.
  void begin_file(const std::string& name) {
    if (std::exchange(in_file_, true)) end_file();
    name_ = name;
  }

  bool is_no_capture() const { return decoder_.is_no_capture(); }

  CaptureSummary end() {
    sink_.at(0, {});
    fragments_.end();
    note_unread("it is a part of an IP packet that never became whole", fragments_.first_lost(), fragments_.lost());
    reassembly_.end();
    trouble(decoder_.trouble());
    if (const auto passed = reassembly_.not_followed(); passed > 0) {
      name_.clear();
      trouble(fmt::format("{} connections over the limit", passed));
    }
    if (const auto unseen = reassembly_.began_unseen(); unseen > 0) {
      name_.clear();
      trouble(fmt::format("{} connection{} began unseen on the ports of another, or went on behind a RST", unseen,
                          unseen == 1 ? "" : "s"));
    }
    summary_.cut = cut();
    summary_.over_held = reassembly_.over_held();
    return summary_;
  }

 private:
  void end_file() {
    trouble(decoder_.trouble());
    interrupted_ = cut();
    if (interrupted_) ++summary_.cut_before;
    decoder_ = CaptureDecoder(limits_);
    before_ = summary_.packets;
    whole_ = false;
  }

  // A file that ends inside a block may still be written; ours end with a mark.
  bool cut() const { return (ours_ && !whole_) || decoder_.inside() || !decoder_.trouble().empty(); }

  void on_block(const OtherBlock&) {}

  void on_block(const SectionStart& start) {
    const bool first = std::exchange(first_section_, false);
    ours_ = is_ours(start);
    const std::uint64_t number = continued_number(start.comment).value_or(0);
    if (first && number != 0) summary_.first_number = number;
    const bool goes_on = number == summary_.first_number + summary_.packets && !interrupted_;
    if (ours_ && !first && !goes_on) unseen_from_ = section_last_;
    section_begins_ = true;
    interrupted_ = false;
    section_from_ = summary_.packets;
    summary_.reconstructed = ours_ && start.comment.starts_with(pcapng::kReconstructed);
    summary_.captured = ours_ && start.comment.starts_with(pcapng::kCaptured);
    summary_.without_bodies |= ours_ && start.comment.find(pcapng::kWithoutBodies) != std::string_view::npos;
  }

  // What the header of a file that continues another one says of its first packet.
  static std::optional<std::uint64_t> continued_number(std::string_view comment) {
    const std::size_t at = comment.find(pcapng::kContinues);
    if (at == std::string_view::npos) return std::nullopt;
    std::uint64_t number = 0;
    const std::string_view digits = comment.substr(at + pcapng::kContinues.size());
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size() ? std::optional(number) : std::nullopt;
  }

  void on_block(const CaptureStatistics& statistics) {
    if (!ours_) return;  // what others count includes packets that they did not write
    const std::uint64_t held = summary_.packets - section_from_;
    whole_ = statistics.packets_received == held;
    if (!whole_) trouble(fmt::format("its end counts {} packets and it holds {}", statistics.packets_received.value_or(0), held));
  }

  // Others write what they like.
  std::string_view comment_of(const CapturedPacket& captured) const { return ours_ ? captured.comment : std::string_view(); }

  void on_block(const CapturedPacket& captured) {
    summary_.packets = before_ + captured.number;
    if (captured.time) note_time(*captured.time);
    const auto ip = ip_of(captured.link_type, captured.octets);
    const auto kind = ip ? tcp::read_packet(*ip, packet_) : tcp::PacketKind::Other;
    if (kind == tcp::PacketKind::Tcp && captured.time) {
      sink_.at(summary_.packets, comment_of(captured));
      if (static_cast<std::size_t>(packet_.payload.data() - ip->data()) >= kHeadersInVxlanMin) look_around(*ip);
      reassembly_.take(packet_, *captured.time, summary_.packets);
      return;
    }
    if (const std::string_view why = why_unread(captured, ip.has_value(), kind); !why.empty()) {
      return note_unread(why, summary_.packets, 1);
    }
    if (kind != tcp::PacketKind::Fragment) return note_other(captured);
    sink_.at(summary_.packets, comment_of(captured));
    on_part(*ip, *captured.time);
  }

  // What is around the packet of a connection.
  void look_around(Bytes ip) {
    if (summary_.vxlan_of_linux) return;
    tcp::IpPacket around;
    tcp::read_ip(ip, around);
    summary_.vxlan_of_linux = around.vxlan_of_linux;
  }

  void note_other(const CapturedPacket& captured) {
    const std::string_view name = unread_in(captured.link_type, captured.octets);
    if (name == tcp::kCutHeader && captured.cut()) return note_unread(kCutInside, summary_.packets, 1);
    note_carrier(name, summary_.packets, 1);
  }

  // The packet that makes it whole brings all.
  void on_part(Bytes ip, Time time) {
    tcp::IpPacket part;
    tcp::read_ip(ip, part);
    const auto whole = fragments_.take(part, time, summary_.packets);
    if (!whole) return;
    const auto kind = tcp::read_packet(whole->packet, packet_);
    if (kind == tcp::PacketKind::Tcp) {
      look_around(whole->packet);
      reassembly_.take(packet_, time, summary_.packets);
    } else if (kind == tcp::PacketKind::Other) {
      tcp::read_ip(whole->packet, part);
      note_carrier(part.unread, first_of(whole->parts), whole->parts.size());
    } else {
      const bool part_again = kind == tcp::PacketKind::Fragment;
      note_unread(part_again ? "it is a part of an IP packet that holds a part of another"
                             : "it is a part of an IP packet whose headers contradict themselves",
                  first_of(whole->parts), whole->parts.size());
    }
  }

  static std::uint64_t first_of(std::span<const tcp::IpFragments::Part> parts) {
    return std::ranges::min_element(parts, {}, &tcp::IpFragments::Part::packet)->packet;
  }

  // What parts are of is known late.
  void note_unread(std::string_view why, std::uint64_t first, std::uint64_t count) {
    if (count == 0) return;
    const bool is_first = summary_.unread == 0 || first < summary_.first_unread;
    summary_.unread += count;
    if (!is_first) return;
    summary_.first_unread = first;
    summary_.first_unread_why = why;
  }

  void note_carrier(std::string_view name, std::uint64_t first, std::uint64_t count) {
    if (name.empty()) return;
    auto& all = summary_.unread_carriers;
    auto at = std::ranges::find(all, name, &UnreadCarrier::name);
    if (at == all.end()) at = all.insert(at, {name, 0, first});
    at->packets += count;
    at->first = std::min(at->first, first);
  }

  void note_time(Time time) {
    if (const auto from = std::exchange(unseen_from_, std::nullopt)) {
      const auto [earlier, later] = std::minmax(*from, time);
      note_unseen({earlier, later, time < *from});
    }
    if (std::exchange(section_begins_, false) || time > *section_last_) section_last_ = time;
    if (!summary_.first || time < *summary_.first) summary_.first = time;
    if (!summary_.last || time > *summary_.last) summary_.last = time;
  }

  void note_unseen(const UnseenTime& unseen) {
    if (++summary_.unseen_total <= kUnseenTimesKept) return summary_.unseen.push_back(unseen);
    UnseenTime& last = summary_.unseen.back();
    last = {std::min(last.from, unseen.from), std::max(last.to, unseen.to), last.back || unseen.back};
  }

  // The first one is told.
  void trouble(const std::string& text) {
    if (summary_.trouble.empty() && !text.empty()) summary_.trouble = name_.empty() ? text : name_ + ": " + text;
  }

  Limits limits_;
  CaptureDecoder decoder_;
  CommentedSink sink_;
  tcp::IpFragments fragments_;
  tcp::Reassembly reassembly_;
  CaptureSummary summary_;
  tcp::Packet packet_;  // the one at hand
  bool in_file_ = false;
  std::string name_;
  std::uint64_t before_ = 0;        // packets of the files before this one
  std::uint64_t section_from_ = 0;  // packets before this section
  bool first_section_ = true;
  bool interrupted_ = false;  // the file before this one was not whole
  bool section_begins_ = true;
  std::optional<Time> section_last_;  // the latest time of it
  std::optional<Time> unseen_from_;
  bool ours_ = false;   // Testigo wrote this section
  bool whole_ = false;  // the last block was the mark of a whole file
};

}  // namespace

struct CaptureFiles::Open : CaptureInput {
  using CaptureInput::CaptureInput;
  bool read(const Taker& taker, ReadSoFar& so_far, const Progress& progress) const;
  bool follow(const Taker& taker, ReadSoFar& so_far, const Progress& progress) const;
  bool wait(ReadSoFar& so_far, const Progress& progress) const;
};

// The newest one is opened first: a file that is renamed meanwhile is met twice then, and none is missed.
CaptureFiles::CaptureFiles(std::span<const std::filesystem::path> files, Names names) {
  for (std::size_t i = files.size(); i-- > 0;) {
    Open open(files[i]);
    const bool others = i > 0 || !files_.empty();
    if (!open.is_open() && errno == ENOENT && names == Names::Rotated && others) continue;  // deleted, or between two names
    if (!open.is_open()) cannot_read(files[i]);
    if (!open.size && names == Names::Rotated) is_no_regular_file(files[i]);
    if (std::ranges::find(files_, open.identity, &Open::identity) == files_.end()) files_.push_back(std::move(open));
  }
  std::ranges::reverse(files_);
}

CaptureFiles::CaptureFiles(CaptureFiles&&) noexcept = default;
CaptureFiles::~CaptureFiles() = default;

// Until octets of a pipe are there, or its end; false when they are wanted no more.
bool CaptureFiles::Open::wait(ReadSoFar& so_far, const Progress& progress) const {
  for (std::chrono::milliseconds patience(0); !has_octets(patience); patience = kPatience) {
    so_far.waiting = true;
    if (progress && !progress(so_far)) return false;
  }
  so_far.waiting = false;
  return true;
}

// False when nothing of the files behind is wanted either.
bool CaptureFiles::Open::read(const Taker& taker, ReadSoFar& so_far, const Progress& progress) const {
  rewind();
  std::uint64_t left = size.value_or(std::numeric_limits<std::uint64_t>::max());
  for (;;) {
    if (!size && !wait(so_far, progress)) return false;
    const std::span<std::byte> room = taker.decoder.room(kReadBytes);
    const std::size_t octets = read_some(room.first(std::min<std::uint64_t>(room.size(), left)));
    if (octets == 0) return true;
    taker.decoder.filled(octets);
    if (!taker.look()) return true;
    left -= octets;
    so_far.octets += octets;
    if (progress && !progress(so_far)) return false;
  }
}

// To where its writer left it for another one, of which damage in this one takes nothing. False when no more is wanted.
bool CaptureFiles::Open::follow(const Taker& taker, ReadSoFar& so_far, const Progress& progress) const {
  bool of_use = true;  // to read more of it
  for (bool last = false;;) {
    const std::size_t octets = of_use ? read_some(taker.decoder.room(kReadBytes)) : 0;
    if (octets != 0) {
      taker.decoder.filled(octets);
      of_use = taker.look();
      so_far.octets += octets;
      so_far.waiting = false;
      if (!progress(so_far)) return false;
      continue;
    }
    if (last) return true;
    last = is_replaced();  // it may have been written to before that
    if (last) continue;
    so_far.waiting = true;
    if (!progress(so_far)) return false;
    std::this_thread::sleep_for(kLookAgainEvery);
  }
}

void CaptureFiles::read_all(const TakerOf& taker_of, const Progress& progress) const {
  ReadSoFar so_far;
  if (again()) {
    for (const Open& file : files_) so_far.total += *file.size;
  }
  for (const Open& file : files_) {
    if (!file.read(taker_of(file), so_far, progress)) break;
  }
}

void CaptureFiles::follow_all(const TakerOf& taker_of, const Progress& progress) const {
  ReadSoFar so_far;
  for (std::size_t i = 0; i + 1 < files_.size(); ++i) {
    if (!files_[i].read(taker_of(files_[i]), so_far, progress)) return;
  }
  const Open& last = files_.back();
  if (!last.follow(taker_of(last), so_far, progress)) return;
  for (;;) {
    const Open next(last.name);
    if (!next.is_open()) cannot_read(last.name);
    if (!next.size) is_no_regular_file(last.name);
    if (!next.follow(taker_of(next), so_far, progress)) return;
  }
}

bool CaptureFiles::again() const {
  return std::ranges::all_of(files_, [](const Open& file) { return file.size.has_value(); });
}

CaptureSummary CaptureFiles::read_with(tcp::ConnectionSink& sink, const Limits& limits,
                                       const std::function<void(const TakerOf&)>& reader) const {
  CaptureReading reading(sink, limits);
  reader([&](const Open& file) -> Taker {
    reading.begin_file(files_.size() > 1 ? inert(file.name.filename().native()) : "");
    return {reading.decoder(), [&] {
              const bool more = reading.look();
              if (reading.is_no_capture()) is_no_capture(file.name);
              return more;
            }};
  });
  return reading.end();
}

CaptureSummary CaptureFiles::read(tcp::ConnectionSink& sink, const Limits& limits, const Progress& progress) const {
  return read_with(sink, limits, [&](const TakerOf& taker_of) { read_all(taker_of, progress); });
}

CaptureSummary CaptureFiles::follow(tcp::ConnectionSink& sink, const Limits& limits, const Progress& progress) const {
  return read_with(sink, limits, [&](const TakerOf& taker_of) { follow_all(taker_of, progress); });
}

void CaptureFiles::read_packets(const OnPacket& on_packet, const Limits& limits, const Progress& progress) const {
  CaptureDecoder decoder(limits);
  bool ours = false;
  const auto taker_of = [&](const Open&) -> Taker {
    decoder = CaptureDecoder(limits);
    ours = false;
    return {decoder, [&] {
              CaptureBlock block;
              ReadBlock read;
              while ((read = decoder.next(block)) == ReadBlock::Done) {
                if (const auto* section = std::get_if<SectionStart>(&block)) ours = is_ours(*section);
                auto* const packet = std::get_if<CapturedPacket>(&block);
                if (packet == nullptr) continue;
                if (!ours) packet->comment = {};
                on_packet(*packet);
              }
              return read == ReadBlock::NeedMore;
            }};
  };
  read_all(taker_of, progress);
}

CaptureSummary read_capture(const std::filesystem::path& file, tcp::ConnectionSink& sink, const Limits& limits) {
  return read_captures(std::span(&file, 1), sink, limits);
}

CaptureSummary read_capture(Bytes octets, tcp::ConnectionSink& sink, const Limits& limits) {
  CaptureReading reading(sink, limits);
  reading.decoder().feed(octets);
  reading.look();
  return reading.end();
}

CaptureSummary read_captures(std::span<const std::filesystem::path> files, tcp::ConnectionSink& sink, const Limits& limits) {
  return CaptureFiles(files).read(sink, limits);
}

}  // namespace testigo::capture
