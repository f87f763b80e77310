// Writes packets to pcapng files with their secrets masked (docs/formats/wire-pcapng.md): the only way by which Testigo writes
// traffic. It hears what connections carry, in stream order, and takes the packets that carried it, in any order.
//
// A packet is written as soon as what it carries was decoded; until then it and those behind it are held, within limits. Disk
// trouble loses no traffic: the writing stops, `error` says why. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/limits.h"
#include "capture/pcapng.h"
#include "capture/rotation.h"
#include "capture/secret_tally.h"
#include "wire/tcp/connection_sink.h"
#include "wire/tcp/octet_ranges.h"
#include "wire/tcp/packet.h"
#include "wire/tcp/placement.h"

namespace testigo::capture {

class PacketRecorder final : public tcp::ConnectionSink {
 public:
  struct Options {
    std::filesystem::path file;
    std::uint16_t link_type = pcapng::kLinkRaw;
    std::string_view made = pcapng::kCaptured;  // how the comment of the section header begins: kReconstructed or kCaptured
    bool payloads = false;                      // message bodies are written; else their octets are zeros
    std::vector<std::string> secrets;           // names of fields whose values are masked, beside those that always are
    Rotation rotation;
    // Of which connections packets are written; empty: of all, and what is of none.
    std::function<bool(tcp::ConnectionNumber)> keep = {};
    bool whole = false;  // the file has its name only when it is whole; until then what is there stays
    bool copies = true;  // packets may come late or again (a wire); false: each octet once, in order (a tap)
  };

  // Creates the file (0600). Throws EnvironmentError when it cannot.
  explicit PacketRecorder(Options options, const Limits& limits = {});
  ~PacketRecorder() override;

  // Takes a packet, copied. `octets` begin with its link layer, `payload` is its TCP payload inside of them. `placement` says where
  // the payload lies in its connection; nothing: the packet is of no connection that is followed, and only its headers are written.
  // The packet has the number that `next_number` gave.
  void take(Time time, Bytes octets, std::size_t original_length, Bytes payload, const std::optional<tcp::Placement>& placement,
            std::string_view comment = {});

  // Takes a part of an IP packet, copied; it carries `carried` inside of `octets`. It waits until `place_part` says what that is;
  // where that comes too late or never, what it carries is left out.
  void take_part(Time time, Bytes octets, std::size_t original_length, Bytes carried);
  struct PartPlace {
    std::size_t header = 0;                 // so many octets of what it carries are headers
    std::vector<tcp::OctetRange> sums;      // checksums among them, and what else tells of the rest: they become 0
    std::optional<tcp::Placement> payload;  // the rest; as in `take`
  };
  void place_part(std::uint64_t number, const PartPlace& place);

  // Takes a packet that is made, not seen; the link type must be raw IP.
  void take(Time time, const tcp::Packet& packet, const tcp::Placement& placement, std::string_view comment = {});

  // The number of the next packet taken: from 1 in the order of taking, through all the files of the run.
  std::uint64_t next_number() const;

  void on_opened(const tcp::ConnectionOpened& opened) override;
  void on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) override;
  void on_closing(const tcp::ConnectionClosing& closing) override;
  void on_over(tcp::ConnectionNumber connection, tcp::Over over) override;
  void on_idle() override;
  // What is held is written, octets that could not be decoded as zeros, and the mark of a whole file.
  void on_end() override;

  // Everything that is not held is in the file.
  void flush();
  // Why nothing more is written; nothing while all is well.
  const std::optional<std::string>& error() const;

  // Packets taken; not those of connections that are not kept, which have no number.
  std::uint64_t packets() const { return next_number() - 1; }
  // Packets that had to go out before what they carry was decoded: what was not is left out, as if the packet had been cut.
  std::uint64_t undecoded_packets() const;
  // The secrets masked so far.
  std::vector<MaskedField> masked() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace testigo::capture
