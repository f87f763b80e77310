// The open streams of a connection: the only long-lived copies of what a call is.
//
// A stream that is closed is used again for one that is opened later, with the room that its texts had.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "base/limits.h"
#include "base/ring_map.h"
#include "call/event.h"
#include "wire/http2/hpack_candidates.h"
#include "wire/rpc/message_decoder.h"

namespace testigo::call {

struct Stream {
  Stream(const Limits& limits, rpc::MessageBytes& message_bytes)
      : request(limits, message_bytes), response(limits, message_bytes) {}

  // As if it were new.
  void reset();

  Call call;
  rpc::MessageDecoder request;
  rpc::MessageDecoder response;
  std::array<bool, 2> role_lost{};       // of the blocks of that direction: what they are does not follow from frames seen
  std::array<bool, 2> may_have_ended{};  // that side, in a gap
  bool refused = false;                  // by a GOAWAY, when `call` says that it ended; it may be answered all the same
  http2::BlockInDoubt in_doubt;          // the request, as long as its method is not known
};

// Streams that were closed, to be used again.
using IdleStreams = std::vector<std::unique_ptr<Stream>>;

class Streams {
 public:
  // Many connections share `idle` and `message_bytes`; all must outlive it.
  Streams(const Limits& limits, rpc::MessageBytes& message_bytes, IdleStreams& idle)
      : limits_(limits), message_bytes_(message_bytes), idle_(idle) {}

  // Null when there is none. A stream stays where it is as long as it is open.
  Stream* find(StreamId id) {
    const std::unique_ptr<Stream>* const found = open_.find(id);
    return found == nullptr ? nullptr : found->get();
  }
  // No stream of that id is open.
  Stream& open(StreamId id);
  // It must be open.
  void close(StreamId id);
  std::size_t size() const { return open_.size(); }

  // Those of the open ones that are above `above` and at most `last`, ascending.
  std::vector<StreamId> ids(StreamId above = 0, StreamId last = 0x7fff'ffff) const { return open_.keys(above, last); }
  // In no order; none may be opened or closed meanwhile.
  template <typename Visit>
  void for_each(Visit visit) {
    open_.for_each([&](StreamId, const std::unique_ptr<Stream>& stream) { visit(*stream); });
  }

 private:
  [[gnu::noinline]] void add_idle();

  static constexpr std::size_t kIdleMax = 256;  // of all connections

  const Limits& limits_;
  rpc::MessageBytes& message_bytes_;
  IdleStreams& idle_;
  RingMap<std::unique_ptr<Stream>> open_;
};

}  // namespace testigo::call
