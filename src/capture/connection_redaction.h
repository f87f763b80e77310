// What is written of the octets of one connection: as they are, masked, or zeros. It hears them in their order, and remembers, as
// they are written, the last ones of each direction, for packets that come late or again.
//
//   HTTP/2, known by its preface   masked frame by frame
//   TLS                            as it is: ciphertext
//   HTTP/1.1                       zeros but for what it was known by; masked line by line when payloads are wanted, and where it
//                                  switches to HTTP/2 ("Upgrade: h2c"), which is masked frame by frame from there on
//   anything else                  zeros; as it is when payloads are wanted, but not from a server whose client speaks HTTP/2
//   behind a switch from these     zeros, in both directions: a 101 to anything else, a 2xx to CONNECT, a preface of HTTP/2
//   anywhere
//                                  among what the client says
//   behind a gap, or begun unseen  zeros: it may hold header blocks whose secrets cannot be found
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/chunk.h"
#include "base/limits.h"
#include "capture/data_redaction.h"
#include "capture/http1_redaction.h"
#include "capture/http2_redaction.h"
#include "capture/preface_search.h"
#include "wire/http2/preface.h"
#include "wire/http2/upgrade.h"

namespace testigo::capture {

class ConnectionRedaction {
 public:
  // `names` and `tally` must outlive it.
  ConnectionRedaction(bool from_start, bool payloads, const SecretNames& names, SecretTally& tally, const Limits& limits);

  void on_chunk(const Chunk& chunk);
  // Nothing more comes of that direction.
  void finish(Direction direction);
  bool finished() const { return sides_[0].finished && sides_[1].finished; }

  // Up to which octet it is known what they become; offsets count from the start of the direction.
  std::int64_t decided_to(Direction direction) const;
  // Of so many octets from there, how many it is known of what they become, from the first one on; not of those that are not
  // decided, or not remembered any more.
  std::size_t known(Direction direction, std::int64_t offset, std::size_t size) const;
  // Makes octets what is written of them: those not known are zeros. True when that changed any.
  bool apply(Direction direction, std::int64_t offset, std::span<std::byte> octets) const;
  // Octets before `end` are not asked for again.
  void forget(Direction direction, std::int64_t end);
  // Remembers no more than the last `bytes_max` octets of each direction, and what is not decided.
  void forget_beyond(std::size_t bytes_max);

  std::size_t remembered() const { return sides_[0].octets.size() + sides_[1].octets.size(); }

 private:
  enum class Rest : std::uint8_t { Unknown, AsItIs, Zeros };

  // Packets may hold octets that were told as missing, for copies of them differ. They are left out: zeros would agree. So are
  // those around them of a frame or header block of HTTP/2 that was cut.
  struct Gap {
    std::int64_t from = 0;
    std::int64_t to = 0;
  };

  struct Side {
    http2::Opening opening = http2::Opening::NeedMore;
    std::uint64_t decided = 0;  // octets of which it is known what they become
    std::optional<Gap> gap;     // zeros follow it
    Rest rest = Rest::Unknown;  // what all behind them become, however many; else they are decided one by one
    std::uint64_t heard = 0;    // offset behind the octets that were told
    std::int64_t zeros_from = std::numeric_limits<std::int64_t>::max();  // offset, of what is as it is
    std::vector<std::byte> octets;                                       // as written; those that are not decided as they are
    std::size_t stale = 0;                                               // of them, at their front
    std::uint64_t first = 0;                                             // offset of octets[0]
    std::uint64_t begin = 0;     // offset from which on it is recognised: 0, or behind HTTP/1.1
    std::size_t tried = 0;       // octets from there that did not tell what this is
    std::uint64_t followed = 0;  // offset behind what the upgrade has heard
    std::unique_ptr<Http1Redaction> http1;
    std::unique_ptr<Http2Redaction> http2;
    bool finished = false;
  };

  Side& side(Direction direction) { return sides_[static_cast<std::size_t>(direction)]; }
  const Side& side(Direction direction) const { return sides_[static_cast<std::size_t>(direction)]; }
  void on_gap(Side& side, std::uint64_t missing);
  void take(Direction direction, Bytes octets);
  bool may_switch() const;
  void recognise(Direction direction);
  void recognised(Direction direction);
  Rest rest_of(Direction direction) const;
  void decide_as_recognised(Direction direction);
  void follow_upgrade(Direction direction);
  void decide_head(Direction direction, std::uint64_t end);
  void decide(Direction direction);
  void end_clear_text(Side& side);
  void switch_to_http2();
  void give_up_upgrade();
  void start_http1(Direction direction);
  void start_http2(Direction direction);
  void settle(Side& side, Rest rest);
  void settle_rest(Side& side);
  void drop_before(Side& side, std::uint64_t offset);

  bool payloads_;
  const SecretNames& names_;
  SecretTally& tally_;
  Limits limits_;
  DataRedaction data_;
  std::unique_ptr<http2::Upgrade> upgrade_;  // from when a client speaks HTTP/1.1, until it is known what becomes of it
  PrefaceSearch preface_;                    // among what the client says in a protocol that is written as it is
  bool tunnel_ = false;                      // was asked for by CONNECT
  std::array<Side, 2> sides_;
};

}  // namespace testigo::capture
