// One side of a hop: what is remembered of each of its gRPC calls until the calls of both sides are paired by their contents.
//
// Of messages and values only digests are kept. Memory grows with the calls, up to Limits::hop_bytes_kept; those beyond are
// counted.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "call/event.h"
#include "check/hop/message_digests.h"
#include "check/true_binary.h"
#include "wire/rpc/compression.h"

namespace testigo::check::hop {

// A header field; of metadata, whose values may be joined with commas, one of the values (-bin: decoded).
struct Field {
  enum class Kind : std::uint8_t { Protocol, Ascii, Binary };
  std::string name;
  std::uint64_t value = 0;  // its digest
  Kind kind = Kind::Protocol;
  bool never_indexed = false;

  bool is_metadata() const { return kind != Kind::Protocol; }
};

struct Section {
  std::vector<Field> fields;
  bool known = true;  // all its fields are exact
};

struct Message {
  MessageDigest sent;
  std::uint64_t content = 0;  // the digest of what it decompresses to, or of its octets
  bool content_known = true;  // false: compressed in a way that cannot be read here

  bool compressed() const { return sent.flag != 0; }
};

// What one endpoint said on a call.
struct Half {
  Section headers;
  Section trailers;
  std::string coding;  // grpc-encoding
  std::vector<Message> messages;
  bool ended = false;  // END_STREAM was seen
  call::Spot spot;     // of its last header block
};

struct CallOfSide {
  call::Spot spot;           // of its request headers
  std::uint64_t client = 0;  // the digest of its address
  bool one_machine = false;  // which is that of the server, too
  std::string path;
  bool te = false;  // te: trailers
  std::optional<Duration> timeout;
  Half request;
  Half response;
  bool status_seen = false;  // grpc-status, where it ends the stream
  std::optional<int> status;
  int http_status = 0;
  call::Ending ending = call::Ending::StillOpen;
  Time started;
  Time ended;
};

class Side final : public call::Sink {
 public:
  // `other`: the capture is that of the other side; places say so.
  explicit Side(bool other, const Limits& limits = {}) : other_(other), limits_(limits), decompressor_(limits) {}

  void on_connection(const call::ConnectionView& connection) override;
  void on_frame(const call::FrameSeen& seen) override;
  void on_block(const call::BlockSeen& seen) override;
  void on_message(const call::MessageSeen& seen) override;
  void on_call(const call::CallClosed& closed) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  // In order of their ends.
  const std::vector<CallOfSide>& calls() const { return calls_; }
  std::uint64_t calls_beyond_limit() const { return beyond_; }
  // HTTP/2 of which octets were not seen, or may not have been: there may be calls that are not here.
  bool incomplete() const { return incomplete_; }
  void not_whole() { incomplete_ = true; }  // the source knows of more that was not seen

  const std::set<std::string>& clients() const { return clients_; }  // addresses
  const std::set<std::string>& servers() const { return servers_; }

 private:
  using Key = std::pair<call::ConnectionNumber, call::StreamId>;
  struct Open {
    CallOfSide call;
    MessageDigests requests;
    MessageDigests replies;
    std::size_t bytes = 0;
    bool beyond_limit = false;
  };

  Open* find(const call::Place& place);
  bool room_for(Open& open, std::size_t bytes);
  void open_call(const call::BlockSeen& seen);
  void answer(Open& open, const call::BlockSeen& seen);
  void read(Open& open, const call::BlockSeen& seen, Section& section);
  void add(Open& open, Section& section, const http2::HeaderField& field, bool true_binary);
  void add_value(Open& open, Section& section, Field field, std::string_view value);
  call::Spot of_side(call::Spot spot) const;

  bool other_;
  Limits limits_;
  rpc::Decompressor decompressor_;
  std::vector<std::byte> plain_;  // a message, decompressed
  std::map<call::ConnectionNumber, TrueBinary> true_binary_;
  std::map<Key, Open> open_;
  std::vector<CallOfSide> calls_;
  std::size_t bytes_ = 0;
  std::uint64_t beyond_ = 0;
  bool incomplete_ = false;
  std::set<std::string> clients_, servers_;
};

}  // namespace testigo::check::hop
