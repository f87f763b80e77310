// What a client and a server say to each other, written down like a sequence diagram, and then played to the model:
//
//   greeted().client(headers(1, request_fields())).client(message(1, "hi", EndStream::Yes)).server(headers(1, response_fields()))
//
// Each `client` or `server` is one packet, a millisecond after the one before; its sender has acknowledged all that it was sent.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "call/event.h"
#include "call/testing/field_list.h"
#include "wire/http2/frame.h"
#include "wire/http2/hpack_encoder.h"

namespace testigo::call::testing {

// Something that an endpoint writes; its header blocks go through the encoder of its direction.
using Part = std::function<void(http2::HpackEncoder&, std::vector<std::byte>&)>;

enum class EndStream : bool { No, Yes };

Part octets(std::string_view text);
Part preface();
Part settings(std::vector<http2::Setting> entries = {});
Part settings_ack();
Part ping(char name);
Part ping_ack(char name);
Part goaway(StreamId last_stream, std::uint32_t error_code = 0);
Part rst_stream(StreamId stream, std::uint32_t error_code = http2::kCancel);
Part window_update(StreamId stream);
Part priority(StreamId stream);
Part headers(StreamId stream, const FieldList& fields, EndStream end = EndStream::No);
// HEADERS and CONTINUATION, an octet each and the rest.
Part headers_in_pieces(StreamId stream, const FieldList& fields, EndStream end = EndStream::No);
// HEADERS whose CONTINUATION is still to come.
Part headers_begun(StreamId stream, const FieldList& fields, EndStream end = EndStream::No);
Part push_promise(StreamId stream, StreamId promised, const FieldList& fields);
Part data(StreamId stream, const std::string& text, EndStream end = EndStream::No);
// DATA with one length-prefixed message.
Part message(StreamId stream, const std::string& text, EndStream end = EndStream::No, char flag = 0);
Part end_of_data(StreamId stream);
// Any frame at all.
Part frame(http2::FrameType type, std::uint8_t flags, StreamId stream, const std::string& payload);

// A call of one message each way; change what is of interest.
struct Unary {
  StreamId stream = 1;
  FieldList request = request_fields();
  FieldList response = response_fields();
  FieldList trailers = trailer_fields();
};

class Conversation {
 public:
  template <typename... Parts>
  Conversation& client(Parts... parts) {
    return packet(Direction::ToServer, {Part(std::move(parts))...});
  }
  template <typename... Parts>
  Conversation& server(Parts... parts) {
    return packet(Direction::ToClient, {Part(std::move(parts))...});
  }
  Conversation& call(const Unary& unary = {});

  // An acknowledgement of everything, alone: a packet without octets.
  Conversation& client_acks() { return client(); }
  Conversation& server_acks() { return server(); }
  // The next packet was sent before its sender had received anything new.
  Conversation& crossing();
  // The next packet acknowledges this many octets of the other direction.
  Conversation& acking(std::uint64_t octets);
  // Octets before the next packet of that side were not seen.
  Conversation& lost(std::uint64_t octets = kUnknownMissing);
  Conversation& later(Duration duration);

  Conversation& client_closes(tcp::Closing closing = tcp::Closing::Fin);
  Conversation& server_closes(tcp::Closing closing = tcp::Closing::Fin, std::string reason = {});
  Conversation& not_from_start();
  // [both on 127.0.0.1]
  Conversation& between(std::string client_address, std::string server_address);

  // Tells the model, each packet cut by a `testing::Cuts` of that seed.
  void play(tcp::ConnectionSink& model, std::uint64_t seed = 0, ConnectionNumber number = 1) const;
  // Through a model of its own, to the end of the run.
  void play(Sink& sink, const Limits& limits = {}, std::uint64_t seed = 0) const;

 private:
  struct Step {
    Direction direction = Direction::ToServer;
    Time time;
    std::vector<Part> parts;
    std::uint64_t missing = 0;
    bool crossing = false;
    std::optional<std::uint64_t> acking;
    std::optional<tcp::Closing> closing;  // instead of all of these
    std::string reason;
  };
  class Performance;

  Conversation& packet(Direction direction, std::vector<Part> parts);
  Conversation& closes(Direction direction, tcp::Closing closing, std::string reason);
  Step& add(Direction direction);

  std::vector<Step> steps_;
  Step next_;  // what the next one will have
  bool from_start_ = true;
  std::string client_address_ = "127.0.0.1";
  std::string server_address_ = "127.0.0.1";
  Time time_{std::chrono::seconds(1'700'000'000)};
};

// Preface, SETTINGS both ways and their acknowledgements.
Conversation greeted(std::vector<http2::Setting> server_settings = {});
// A clean connection with one call.
Conversation unary(const Unary& unary = {});

}  // namespace testigo::call::testing
