// Packets of many connections → what a ConnectionSink is told of them: ordered chunks, one for each packet that brought something
// new. Packets are untrusted and may come in any order, twice, or not at all.
//
// What acknowledges octets that come later is told behind them. What does not come is a gap: told when its connection closes, when
// the packets end, when its receiver acknowledged it a second ago, or when what waits behind it reaches its limit. Octets of which
// two copies differ are one too; where one of them was told before the other came, and its receiver had not acknowledged it, a gap
// of unknown size follows. A connection that was not seen to open is told with `from_start` false; so is what goes on behind a RST
// that was not accepted, and what has the ports of another connection.
//
// Where the ports of a connection that is open are those of another one too, of which a SYN came, both are followed, and packets
// are told apart by their numbers: in another VLAN or tunnel, or behind a proxy that keeps addresses, both may go on. The first one
// is over when nothing was heard of it for a minute since, or a third one comes.
//
// Which end of a connection that was not seen to open is the server's, others tell that were answered there, or what it says
// itself. Until one of them does, a port is taken for the server's where others were, else the lower one; where that was wrong, the
// connection is over, and another one begins, unseen as well.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/limits.h"
#include "wire/tcp/connection_sink.h"
#include "wire/tcp/connection_track.h"
#include "wire/tcp/packet.h"
#include "wire/tcp/placement.h"

namespace testigo::tcp {

class Reassembly {
 public:
  // The usual packet goes a short way, which tells the same as the long one: a test holds them against each other.
  enum class Ways : std::uint8_t { Both, LongAlone };
  // `sink` must outlive it. Who does not know `seed` cannot choose connections that are slow to be told apart.
  // Asked of packets of connections that were not seen to open; may be null.
  using DirectionOf = std::optional<Direction> (*)(Bytes payload);
  explicit Reassembly(ConnectionSink& sink, const Limits& limits = {}, Ways ways = Ways::Both, std::uint64_t seed = 0,
                      DirectionOf direction_of = nullptr)
      : sink_(&sink),
        limits_(limits),
        ways_(ways),
        direction_of_(direction_of),
        connections_(0, KeyHash{seed}),
        rivals_(0, KeyHash{seed}),
        passed_over_(0, KeyHash{seed}),
        servers_(0, KeyHash{seed}),
        waiting_(0, KeyHash{seed}) {}
  Reassembly(const Reassembly&) = delete;
  Reassembly& operator=(const Reassembly&) = delete;

  // `packet_number` is handed on with what the packet brings. Says where its payload lies, of copies and of late packets of
  // connections that have just closed too; nothing when it belongs to no connection that is followed, or waits.
  std::optional<Placement> take(const Packet& packet, Time time, std::uint64_t packet_number);

  // No packet comes any more: tells the gaps that are left and calls the sink's on_end.
  void end();

  // Connections that are followed and not closed.
  std::size_t open() const { return open_; }
  // Connections that were passed over, too many being open; of those of which no SYN was seen perhaps not all.
  std::uint64_t not_followed() const { return not_followed_; }
  // Connections that follow another one on its ports and whose beginning was not seen, or that went on behind a RST.
  std::uint64_t began_unseen() const { return began_unseen_; }
  // Connections of which octets came later than `tcp_held_bytes_max` or `tcp_held_bytes_max_all` let what follows them wait: they
  // were told as missing.
  std::uint64_t over_held() const { return over_held_; }
  // Octets that came too early, as they are kept.
  std::size_t held_bytes() const { return held_bytes_; }
  // Octets that copies are held against, as they are kept.
  std::size_t compared_bytes() const { return compared_bytes_; }

 private:
  static constexpr unsigned kRecentBits = 9;

  struct Key {  // the two ends, the lesser one first
    Address low, high;
    std::uint16_t low_port = 0, high_port = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::uint64_t seed = 0;
    std::size_t operator()(const Key& key) const;
  };
  struct Entry {
    ConnectionTrack track;
    bool client_is_low = true;
    unsigned doubts = 0;  // so many packets more are asked whether that is so
    bool heard = false;   // a rival: since there are two
  };
  using Connections = std::unordered_map<Key, Entry, KeyHash>;
  // The first packets of a connection of which it is not known yet which end is the server's.
  struct Waiting {
    struct Held {
      Packet packet;  // its payload is that of `octets`
      std::vector<std::byte> octets;
      Time time;
      std::uint64_t number = 0;
    };
    std::vector<Held> packets;
    std::size_t bytes = 0;
    std::uint64_t order = 0;
  };
  using AllWaiting = std::unordered_map<Key, Waiting, KeyHash>;
  struct Replaced {
    Key key;
    ConnectionNumber number = 0;
    Time time;
  };
  // One direction of a connection.
  struct Flow {
    Address source, destination;
    std::uint16_t source_port = 0, destination_port = 0;
    Direction direction = Direction::ToServer;
    Connections::value_type* connection = nullptr;
    bool has(const Packet& packet) const;
  };

  Flow& recent(const Address& source, std::uint16_t source_port, const Address& destination, std::uint16_t destination_port);
  Flow& recent(const Packet& packet) {
    return recent(packet.source, packet.source_port, packet.destination, packet.destination_port);
  }
  bool take_usual(Entry& entry, Direction direction, const Packet& packet, Time time, std::uint64_t packet_number);
  static std::optional<Placement> place_told(const Entry& entry, Direction direction, const Packet& packet);
  std::optional<Placement> take_any(const Packet& packet, Time time, std::uint64_t packet_number);
  void leave_recent(Connections::iterator at);
  void erase(Connections& of, Connections::iterator at);
  Connections::iterator find_rival(const Key& key, const Packet& packet, bool from_low);
  bool is_of_rival(const Entry& rival, const Key& key, const Packet& packet, bool from_low) const;
  void replace(Connections::iterator at, Time time);
  void forget_silent_rivals(Time time);
  void note_server(const Packet& answer);
  std::optional<bool> known_from_client(const Packet& packet) const;
  bool wait(const Key& key, const Packet& packet, Time time, std::uint64_t packet_number);
  void let_go(AllWaiting::iterator at, std::optional<bool> client_is_low);
  std::optional<Placement> take_of(Connections::iterator at, const Packet& packet, bool from_low, Time time,
                                   std::uint64_t packet_number);
  bool guess_from_client(const Packet& packet) const;
  bool is_turned(Entry& entry, const Packet& packet, bool from_low);
  static bool source_is_low(const Packet& packet);
  static Key key_of(const Packet& packet, bool source_is_low);
  Connections::iterator open(const Key& key, const Packet& packet, Time time, std::uint64_t packet_number, bool client_is_low,
                             unsigned doubts);
  std::size_t compared_max() const;
  ConnectionTrack::Room room() const;
  // True when it closed the connection.
  bool hand(Entry& entry, Direction direction, const Packet& packet, Time time, std::uint64_t packet_number);
  static std::optional<Placement> place(const Entry& entry, Direction direction, const Packet& packet);
  void note_not_followed(const Key& key, bool syn);
  void remember_closed(const Key& key, ConnectionNumber number);
  void forget(Connections& of, Connections::iterator at, Over over);

  ConnectionSink* sink_;
  Limits limits_;
  Ways ways_;
  DirectionOf direction_of_;
  Connections connections_;
  Connections rivals_;             // replaced by those of the same key in `connections_`
  std::deque<Replaced> replaced_;  // them, until they were silent for long enough
  // Those that packets came of lately, each where its addresses and ports say. Where others say the same, the last one has the
  // place, and the rest are looked up: strangers may choose that, and gain nothing, for whom the seed is a secret.
  std::array<Flow, std::size_t{1} << kRecentBits> recent_;
  // Connections that are closed stay for a while, so that a late copy of a packet does not look like a new one.
  std::deque<std::pair<Key, ConnectionNumber>> closed_;
  // Connections that were passed over, as many as are remembered: each packet of theirs is no other connection.
  std::unordered_set<Key, KeyHash> passed_over_;
  // Ends that answered a SYN, as many as are remembered, each as a pair with itself; and all their ports.
  std::unordered_set<Key, KeyHash> servers_;
  std::bitset<std::size_t{1} << 16> server_ports_;
  AllWaiting waiting_;
  std::uint64_t waited_ = 0;
  ConnectionNumber last_number_ = 0;
  std::size_t open_ = 0;
  std::size_t held_bytes_ = 0;
  std::size_t compared_bytes_ = 0;
  std::uint64_t not_followed_ = 0;
  std::uint64_t began_unseen_ = 0;
  std::uint64_t over_held_ = 0;
};

}  // namespace testigo::tcp
