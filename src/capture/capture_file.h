// Reads captures, those that Testigo wrote (wire.pcapng) and others (pcapng, pcap, compressed by gzip or not), and reports their
// connections to a sink. Untrusted input.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "capture/block_reader.h"
#include "wire/tcp/connection_sink.h"

namespace testigo::capture {

class CaptureDecoder;

// Nobody looked between the last packet of a file and the first one of the next.
struct UnseenTime {
  Time from;  // the earlier of their times
  Time to;
  bool back = false;  // it is that of the next one: a clock was set back, or the files overlap or stand in another order
  friend bool operator==(const UnseenTime&, const UnseenTime&) = default;
};

// Packets of a form that is not read and may hold TCP.
struct UnreadCarrier {
  std::string_view name;  // "IPsec ESP (encrypted)"
  std::uint64_t packets = 0;
  std::uint64_t first = 0;  // the number of the first one
  friend bool operator==(const UnreadCarrier&, const UnreadCarrier&) = default;
};

struct CaptureSummary {
  std::uint64_t packets = 0;
  bool reconstructed = false;      // its header says that a tap wrote it
  bool captured = false;           // its header says that a passive witness wrote it
  bool without_bodies = false;     // message bodies in it are zeros
  std::uint64_t first_number = 1;  // that its first packet had in the run: it is not 1 when older files were deleted
  bool cut = false;                // it ends inside a block, or without the mark that our writer puts at its end
  std::uint64_t cut_before = 0;    // files before the last one that do so
  std::uint64_t unread = 0;        // packets of which it is not known what they carry: without a time, cut in a header, …
  std::uint64_t first_unread = 0;  // the number of the first one, and the reason
  std::string_view first_unread_why;
  std::vector<UnreadCarrier> unread_carriers;
  bool vxlan_of_linux = false;  // connections in it are in VXLAN on UDP port 8472
  std::uint64_t over_held = 0;  // connections of which octets came too late, by a limit of ours
  std::string trouble;          // what is damaged, inert; empty when nothing is
  std::optional<Time> first;    // time of the first and last packet
  std::optional<Time> last;
  // Times between two files of which the later one does not continue the earlier: of more than are kept the last one kept goes on
  // to where the last of all ends.
  std::vector<UnseenTime> unseen;
  std::uint64_t unseen_total = 0;
};

constexpr std::size_t kUnseenTimesKept = 10'000;

// Reads the whole file, calling the sink on this thread; calls on_end last. Throws EnvironmentError when the file cannot be
// opened or is no capture; damage inside it ends the reading and is told in the summary.
CaptureSummary read_capture(const std::filesystem::path& file, tcp::ConnectionSink& sink, const Limits& limits = {});

// The same for a file that is in memory.
CaptureSummary read_capture(Bytes octets, tcp::ConnectionSink& sink, const Limits& limits = {});

// How far the reading has come.
struct ReadSoFar {
  std::uint64_t octets = 0;
  std::uint64_t total = 0;  // 0 when a file's end is not known, as of a pipe
  bool waiting = false;     // for more of a pipe, or of a file that grows
};

// Files that are one capture, oldest first, as they are at the moment they are opened: what is written later does not count. They
// may be rotated meanwhile.
class CaptureFiles {
 public:
  // Throws EnvironmentError when none is there, or one cannot be read.
  // Rotated files are those of a folder: they may vanish, or change their names, before they are opened, and are regular files, so
  // that nobody is waited for. A given one must be there, and may be a pipe; "-" is the standard input.
  enum class Names : std::uint8_t { Rotated, Given };
  explicit CaptureFiles(std::span<const std::filesystem::path> files, Names names = Names::Rotated);
  CaptureFiles(CaptureFiles&&) noexcept;
  ~CaptureFiles();

  // See `read_captures`. Regular files may be read again, as they were. `progress`, if given, hears of every reading, and returns
  // false to end it there.
  using Progress = std::function<bool(const ReadSoFar&)>;
  CaptureSummary read(tcp::ConnectionSink& sink, const Limits& limits = {}, const Progress& progress = {}) const;
  // The same of files of which the last one may still be written, and rotated: what is written later counts, until `progress` ends
  // it. It is asked whenever there is nothing more for now.
  CaptureSummary follow(tcp::ConnectionSink& sink, const Limits& limits, const Progress& progress) const;
  // The packets alone, up to what is damaged in each file; their comments where the section is ours.
  using OnPacket = std::function<void(const CapturedPacket&)>;
  void read_packets(const OnPacket& on_packet, const Limits& limits = {}, const Progress& progress = {}) const;
  // Regular files alone: they can be read again.
  bool again() const;

 private:
  struct Open;
  // Where the octets of a file go, and who looks at what is there now: false when there is no use in more of it.
  struct Taker {
    CaptureDecoder& decoder;
    std::function<bool()> look;
  };
  using TakerOf = std::function<Taker(const Open&)>;
  void read_all(const TakerOf& taker_of, const Progress& progress) const;
  void follow_all(const TakerOf& taker_of, const Progress& progress) const;
  CaptureSummary read_with(tcp::ConnectionSink& sink, const Limits& limits,
                           const std::function<void(const TakerOf&)>& reader) const;

  std::vector<Open> files_;
};

// Reads several files as one capture, oldest first (see capture_files in rotation.h); they may be rotated meanwhile. Packets are
// numbered from 1 through all of them, as Wireshark does with what `mergecap -a` makes of them. Damage in one of them ends the
// reading of that one. Throws when none is there.
CaptureSummary read_captures(std::span<const std::filesystem::path> files, tcp::ConnectionSink& sink, const Limits& limits = {});

}  // namespace testigo::capture
