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
#include "wire/tcp/connection_sink.h"

namespace testigo::call {

class Model final : public tcp::ConnectionSink {
 public:
  // `sink` must outlive the model. Of what the limits grant all connections together, so many models have equal shares; but what
  // one connection may have, each has.
  explicit Model(Sink& sink, const Limits& limits = {}, std::size_t sharers = 1);
  ~Model() override;

  void on_opened(const tcp::ConnectionOpened& opened) override;
  void on_chunk(ConnectionNumber connection, const Chunk& chunk) override;
  void on_closing(const tcp::ConnectionClosing& closing) override;
  void on_end() override;
  // The same for one connection: nothing more comes of it.
  void end(ConnectionNumber connection);

 private:
  struct Silent {
    tcp::ConnectionOpened opened;
    std::size_t history_bytes_max = 0;
  };

  // Of a connection that opens: those that are shared are less the more are open.
  std::size_t history_bytes_of_one() const;
  // Null when it is not open.
  Connection* find(ConnectionNumber connection);

  Sink& sink_;
  Limits limits_;
  Holdings all_;
  std::map<ConnectionNumber, std::unique_ptr<Connection>> connections_;
  std::map<ConnectionNumber, Silent> silent_;  // none of them is in `connections_`
  Recent<Connection> recent_;
};

}  // namespace testigo::call
