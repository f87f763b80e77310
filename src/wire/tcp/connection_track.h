// One connection seen in packets: puts both directions in order and tells its sink what they carry and how they end.
//
// A packet that acknowledges octets which come later is told behind them: it came on another way, and order across directions rests
// on that.
//
// Octets have the time at which they were first seen, also where they waited for earlier ones: by then their sender had sent them,
// which is what checks ask for, and the other end's acknowledgements tell when it had them. So times may go back where a hole was
// filled late; nothing rests on their order.
//
// The start of a direction is known when its SYN was seen; else offsets count from the first sequence number seen of it.
#pragma once

#include <cstdint>
#include <optional>

#include "base/limits.h"
#include "wire/tcp/connection_sink.h"
#include "wire/tcp/packet.h"
#include "wire/tcp/segment_queue.h"
#include "wire/tcp/told_octets.h"

namespace testigo::tcp {

class ConnectionTrack {
 public:
  ConnectionTrack(ConnectionNumber number, ConnectionSink& sink) : number_(number), sink_(&sink) {}

  // What one direction may keep after a packet.
  struct Room {
    std::size_t held = 0;
    std::size_t compared = 0;
  };
  void take(Direction direction, const Packet& packet, Time time, std::uint64_t packet_number, Room room);
  // Does what `take` does, by a shorter way, with the usual packet: it brings what comes next, or nothing, and acknowledges what
  // was told, and neither direction has begun unseen, waits for anything, or ends. False, and nothing is done, with any other.
  bool take_usual(Direction direction, const Packet& packet, Time time, std::uint64_t packet_number, std::size_t compared_max);

  // Nothing more comes: what is held is delivered, with its gaps.
  void give_up();

  ConnectionNumber number() const { return number_; }
  // How many octets of it were told or given up.
  std::uint64_t told(Direction direction) const { return side(direction).queue.offset(); }
  bool closed() const { return side(Direction::ToServer).closed && side(Direction::ToClient).closed; }
  std::size_t held_bytes() const;
  // Octets came that had been given up because more were held behind them than there was room for.
  bool over_room() const { return over_room_; }
  std::size_t compared_bytes() const { return side(Direction::ToServer).told.bytes() + side(Direction::ToClient).told.bytes(); }
  // Where the packet's payload lies, from the start of its direction; negative: before it. Nothing when it belongs to something
  // else.
  std::optional<std::int64_t> offset_of(Direction direction, const Packet& packet) const;
  // How far the packet lies from where this connection is, in octets; nothing when it cannot be of it, or does not tell.
  std::optional<std::uint64_t> distance(Direction direction, const Packet& packet) const;
  bool opened_by(const Packet& syn) const;
  // False: the SYN is a copy of the one that opened this connection, or answers it. One that comes again behind what refused it is
  // no attempt more either, until it is answered after all.
  bool another_begins(const Packet& syn) const;
  // True: octets that are none of this connection's went both ways, or one way and were acknowledged: the ports belong to another
  // connection, of which no SYN was seen, or to this one, a RST of which was not accepted (RFC 9293 3.10.7.4, RFC 5961 3.2). One
  // such packet alone may be of another time.
  bool another_goes_on(Direction direction, const Packet& packet);

 private:
  // Octets of one direction that are none of this connection's, by their sequence numbers.
  struct Strange {
    std::uint32_t from = 0;
    std::uint32_t size = 0;
  };
  struct Fin {
    std::uint64_t offset = 0;
    Time time;
    std::uint64_t packet = 0;
    std::uint64_t acked = 0;
  };
  // Octets that were not seen, and that their receiver has acknowledged.
  struct Gap {
    std::uint64_t offset = 0;
    Time since;
  };
  // One direction, and what its sender says of the other one.
  struct Side {
    bool started = false;        // `base` is known
    bool unknown_start = false;  // and was not taken from a SYN; until the first chunk says so
    bool syn_seen = false;       // it was
    std::uint32_t base = 0;      // sequence number of its first octet
    SegmentQueue queue;
    ToldOctets told;
    std::uint64_t last = 0;  // offset of the octets that were told last, and their time
    Time last_time;
    std::uint64_t acked = 0;       // told
    std::uint64_t acked_seen = 0;  // the greatest seen
    std::optional<Gap> gap;
    OctetRanges over_room;  // given up for want of room, as many as are remembered
    std::optional<Fin> fin;
    bool closed = false;
    Strange strange;
  };
  Side& side(Direction direction) { return direction == Direction::ToServer ? to_server_ : to_client_; }
  const Side& side(Direction direction) const { return direction == Direction::ToServer ? to_server_ : to_client_; }

  bool is_strange(Direction direction, const Packet& packet) const;
  bool acknowledges_strange(Direction direction, const Packet& packet) const;
  bool is_usual() const;
  void learn_start(Side& sender, Side& other, const Packet& packet);
  // How many octets of the other direction the packet acknowledges.
  std::uint64_t take_acknowledgement(Direction direction, const Packet& packet);
  void take_segment(Direction direction, const Packet& packet, std::uint64_t acked);
  void compare_with_told(Direction direction, const Segment& segment);
  void take_fin(Side& sender, std::int64_t end, std::uint64_t acked);
  // How much of the other direction was told: what a packet of this one may acknowledge when it is told.
  std::uint64_t told_of_other(Direction direction) const;
  void take_reset(Direction direction, const Packet& packet);
  void give_up_acknowledged(Direction direction);
  void drain();
  bool drain(Direction direction);
  bool make_room(Side& sender, Segment& segment) const;
  void deliver(Direction direction, const Segment& segment);
  void tell(Side& sender, const Side& other, Chunk& chunk, std::uint64_t offset);
  void give_up(Direction direction);
  bool close_if_over(Direction direction);

  ConnectionNumber number_;
  ConnectionSink* sink_;
  Side to_server_;
  Side to_client_;
  bool usual_ = false;        // `is_usual`; the usual packet keeps it so
  Time time_;                 // of the packet at hand
  std::uint64_t packet_ = 0;  // its number
  Room room_;
  bool over_room_ = false;
};

}  // namespace testigo::tcp
