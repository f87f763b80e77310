// All connections of a run: from what sources report to events.
//
// It keeps what is open; what has closed leaves as an event and is freed. Memory grows with open connections and calls, not with
// time; of a connection that has said nothing, little more than its ends is kept, and it is told when it speaks, or ends.
#pragma once

#include <map>
#include <memory>

#include "base/limits.h"
#include "base/recent.h"
#include "call/connection.h"
#include "call/event.h"
#include "call/holdings.h"
#include "wire/tcp/connection_sink.h"

namespace testigo::call {

class Model final : public tcp::ConnectionSink {
 public:
  // `sink` must outlive the model.
  explicit Model(Sink& sink, const Limits& limits = {}) : sink_(sink), limits_(limits) {}
  ~Model() override;

  // They follow all connections of a run, and what these hold counts.
  void on_opened(const tcp::ConnectionOpened& opened) override;
  void on_chunk(ConnectionNumber connection, const Chunk& chunk) override;
  void on_closing(const tcp::ConnectionClosing& closing) override;
  void on_over(ConnectionNumber connection, tcp::Over over) override;
  void on_end() override;

  // For who spreads the connections of a run over several models, and alone knows what all hold: what these do, what all hold that
  // counts from here on, and what is told of a connection, to begin with that so many others are open.
  Held held() const { return all_.held(); }
  void count(const Held& all) { all_.count(all); }
  void open(const tcp::ConnectionOpened& opened, std::size_t others);
  void hear(ConnectionNumber connection, const Chunk& chunk);
  void close(const tcp::ConnectionClosing& closing);
  // Nothing more comes of it.
  void end(ConnectionNumber connection, tcp::Over over = tcp::Over::Unseen);

 private:
  struct Silent {
    tcp::ConnectionOpened opened;
    std::size_t history_bytes_max = 0;
  };

  // Of a connection that opens: those that are shared are less the more are open.
  std::size_t history_bytes_of_one(std::size_t others) const;
  // Null when it is not open.
  Connection* find(ConnectionNumber connection);
  void comes(std::size_t octets);
  void begin_stretch();
  [[gnu::noinline]] void hear_first(ConnectionNumber connection, const Chunk& chunk);

  Sink& sink_;
  Limits limits_;
  Stretches stretches_;
  Holdings all_;
  std::map<ConnectionNumber, std::unique_ptr<Connection>> connections_;
  std::map<ConnectionNumber, Silent> silent_;  // none of them is in `connections_`
  Recent<Connection> recent_;
};

}  // namespace testigo::call
