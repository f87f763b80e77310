// The octets of messages as they were before compression, for those who look into them.
//
// Few calls compress, and nearly all of class grpc carry protobuf: only of the others something is remembered. One for all
// connections that its user hears.
#pragma once

#include <array>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "call/event.h"
#include "check/coding_list.h"
#include "wire/rpc/compression.h"

namespace testigo::check {

// Of a message that is not whole; a literal.
std::string_view why_not_whole(const rpc::Message& message);

struct Plain {
  Bytes octets;              // valid until the next message; where `why_not` says something, as many as there are
  std::string_view why_not;  // a literal; empty: the octets are all of the message, and protobuf as far as headers say
  bool protobuf = true;      // the octets are the first of a message of protobuf, if not all
  bool whole() const { return why_not.empty(); }
};

class PlainMessages {
 public:
  explicit PlainMessages(const Limits& limits) : calls_max_(limits.streams_max_all), decompressor_(limits) {}

  // The user hands on what it hears: blocks before the messages behind them.
  void on_block(const call::BlockSeen& seen);
  void on_call(const call::CallClosed& closed) {
    if (!calls_.empty()) calls_.erase(key(closed.call.place));
  }

  Plain plain(const call::MessageSeen& seen);

 private:
  // What the headers of one side say of its messages.
  struct Side {
    Coding coding;
    bool other_format = false;  // the content-type names one that is not protobuf
  };
  using Sides = std::array<Side, 2>;  // by direction
  using Key = std::pair<call::ConnectionNumber, call::StreamId>;
  static Key key(const call::Place& place) { return {place.connection, place.stream}; }
  Plain decompressed(const call::MessageSeen& seen, const Coding& coding);

  std::size_t calls_max_;
  rpc::Decompressor decompressor_;
  std::map<Key, Sides> calls_;
  bool forgotten_ = false;  // of some call something should have been remembered
  std::vector<std::byte> octets_;
};

}  // namespace testigo::check
