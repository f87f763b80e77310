#include "call/testing/conversation.h"

#include "base/testing/cuts.h"
#include "call/model.h"

namespace testigo::call::testing {

// What both endpoints have written so far.
class Conversation::Performance {
 public:
  Performance(tcp::ConnectionSink& model, ConnectionNumber number, std::uint64_t seed)
      : model_(model), number_(number), seed_(seed) {}

  void play(const Step& step) {
    ++packet_;
    if (step.closing) {
      model_.on_closing({number_, step.time, step.direction, *step.closing, packet_, step.reason});
      return;
    }
    Side& sender = sides_[static_cast<std::size_t>(step.direction)];
    std::vector<std::byte> octets;
    for (const Part& part : step.parts) part(sender.encoder, octets);
    if (!step.crossing) sender.acked = sides_[static_cast<std::size_t>(opposite(step.direction))].sent;
    sender.acked = step.acking.value_or(sender.acked);
    sender.sent += octets.size();
    tell({step.time, step.direction, {}, step.missing, sender.acked, packet_}, octets);
  }

 private:
  struct Side {
    http2::HpackEncoder encoder;
    std::uint64_t sent = 0;
    std::uint64_t acked = 0;
  };

  void tell(Chunk chunk, Bytes octets) {
    if (octets.empty()) model_.on_chunk(number_, chunk);
    testigo::testing::Cuts cuts(octets, seed_);
    while (const auto piece = cuts.next()) {
      chunk.bytes = *piece;
      model_.on_chunk(number_, chunk);
      chunk.missing = 0;
    }
  }

  tcp::ConnectionSink& model_;
  ConnectionNumber number_;
  std::uint64_t seed_;
  std::uint64_t packet_ = 0;
  Side sides_[2];
};

Conversation::Step& Conversation::add(Direction direction) {
  time_ += std::chrono::milliseconds(1);
  Step& step = steps_.emplace_back(std::exchange(next_, {}));
  step.time = time_;
  step.direction = direction;
  return step;
}

Conversation& Conversation::packet(Direction direction, std::vector<Part> parts) {
  add(direction).parts = std::move(parts);
  return *this;
}

Conversation& Conversation::call(const Unary& unary) {
  client(headers(unary.stream, unary.request), message(unary.stream, "ping", EndStream::Yes));
  server(headers(unary.stream, unary.response), message(unary.stream, "pong"));
  return server(headers(unary.stream, unary.trailers, EndStream::Yes));
}

Conversation& Conversation::crossing() {
  next_.crossing = true;
  return *this;
}

Conversation& Conversation::acking(std::uint64_t octets) {
  next_.acking = octets;
  return *this;
}

Conversation& Conversation::lost(std::uint64_t octets) {
  next_.missing = octets;
  return *this;
}

Conversation& Conversation::later(Duration duration) {
  time_ += duration;
  return *this;
}

Conversation& Conversation::closes(Direction direction, tcp::Closing closing, std::string reason) {
  Step& step = add(direction);
  step.closing = closing;
  step.reason = std::move(reason);
  return *this;
}

Conversation& Conversation::client_closes(tcp::Closing closing) { return closes(Direction::ToServer, closing, {}); }

Conversation& Conversation::server_closes(tcp::Closing closing, std::string reason) {
  return closes(Direction::ToClient, closing, std::move(reason));
}

Conversation& Conversation::not_from_start() {
  from_start_ = false;
  return *this;
}

Conversation& Conversation::between(std::string client_address, std::string server_address) {
  client_address_ = std::move(client_address);
  server_address_ = std::move(server_address);
  return *this;
}

void Conversation::play(tcp::ConnectionSink& model, std::uint64_t seed, ConnectionNumber number) const {
  tcp::ConnectionOpened opened;
  opened.connection = number;
  opened.time = steps_.empty() ? time_ : steps_.front().time;
  opened.client = {client_address_, 40'000};
  opened.server = {server_address_, 50'051};
  opened.from_start = from_start_;
  model.on_opened(opened);
  Performance performance(model, number, seed);
  for (const Step& step : steps_) performance.play(step);
}

void Conversation::play(Sink& sink, const Limits& limits, std::uint64_t seed) const {
  Model model(sink, limits);
  play(model, seed);
  model.on_end();
}

Conversation greeted(std::vector<http2::Setting> server_settings) {
  Conversation conversation;
  conversation.client(preface(), settings()).server(settings(std::move(server_settings)), settings_ack()).client(settings_ack());
  return conversation;
}

Conversation unary(const Unary& unary) {
  Conversation conversation = greeted();
  conversation.call(unary);
  return conversation;
}

}  // namespace testigo::call::testing
