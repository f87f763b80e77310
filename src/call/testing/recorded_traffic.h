// Traffic of one connection as packets, with what is true of it: to take packets away, and to hold what is still told against that.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/limits.h"
#include "call/event.h"
#include "call/testing/field_list.h"

namespace testigo::call::testing {

// What decides how the calls of a connection look.
struct Habits {
  std::string name;
  bool nghttp2 = false;       // its encoder, else ours
  bool literals = false;      // a field in each request that no other has
  bool metadata = false;      // in trailers
  bool breaks_rules = false;  // no te, a content-type that changes, a header table that is filled and resized again and again
  bool tunnel = false;        // messages that hold whole HTTP/2 frames
  bool bidi = false;          // each message of a client, and its end, in a packet of its own
  bool anew = false;          // some requests insert all of their fields again
  // Messages that hold calls as the client would go on to make them, from the first octet of a packet on.
  bool forges = false;
  std::size_t calls = 1200;
  std::size_t at_once = 1;  // open at a time
};

class RecordedTraffic {
 public:
  RecordedTraffic(const Habits& habits, std::uint64_t seed);

  struct Packet {
    Direction direction;
    std::vector<std::byte> octets;
    std::uint64_t acked;  // of the other direction
    std::vector<StreamId> opens;
  };
  const std::vector<Packet>& packets() const { return packets_; }

  struct Truth {
    std::string path;
    int status = 0;
    std::set<std::string> fields[2];  // "name: value"
    std::set<std::string> messages[2];
  };
  const std::map<StreamId, Truth>& truth() const { return truth_; }

  // Without those packets; `late`: nobody saw the connection begin.
  void play(Sink& sink, const std::set<std::size_t>& without, bool late = false, const Limits& limits = {}) const;

 private:
  class Writer;
  std::vector<Packet> packets_;
  std::map<StreamId, Truth> truth_;
};

// Holds what is told against the truth.
class TruthSink final : public Sink {
 public:
  explicit TruthSink(const RecordedTraffic& traffic) : traffic_(traffic) {}

  void on_block(const BlockSeen& seen) override;
  void on_message(const MessageSeen& seen) override;
  void on_call(const CallClosed& closed) override;
  void on_withdrawn(const ConnectionView&) override { ++withdrawn; }

  std::vector<std::string> wrong;
  std::set<StreamId> told;
  std::set<StreamId> named;
  std::size_t inferred = 0;
  std::size_t withdrawn = 0;
  std::size_t statuses = 0;

 private:
  const RecordedTraffic& traffic_;
  std::map<std::uint32_t, std::string> numbered_;
};

}  // namespace testigo::call::testing
