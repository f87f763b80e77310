// All connections of a run: from what sources report to events.
//
// It keeps what is open; what has closed leaves as an event and is freed. Memory grows with open connections and calls, not with
// time.
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
  // Who knows what all connections of the run hold: the model, which follows all, or who spreads them over several.
  enum class Counting : std::uint8_t { Here, Elsewhere };

  // `sink` must outlive the model.
  explicit Model(Sink& sink, const Limits& limits = {}, Counting counting = Counting::Here);
  ~Model() override;

  void on_opened(const tcp::ConnectionOpened& opened) override { open(opened, connections_.size()); }
  void on_chunk(ConnectionNumber connection, const Chunk& chunk) override;
  void on_closing(const tcp::ConnectionClosing& closing) override;
  void on_end() override;
  // The same for one connection: nothing more comes of it.
  void end(ConnectionNumber connection);

  // For `Counting::Elsewhere`: what these connections hold, what all hold that counts from here on, and one that is opened while
  // so many others are.
  Held held() const { return all_.held(); }
  void count(const Held& all) { all_.count(all); }
  void open(const tcp::ConnectionOpened& opened, std::size_t others);

 private:
  // Of a connection that opens: those that are shared are less the more are open.
  Limits limits_of_one(std::size_t others) const;
  void came(std::size_t octets);

  Sink& sink_;
  Limits limits_;
  Counting counting_;
  Stretches stretches_;
  Holdings all_;
  std::map<ConnectionNumber, std::unique_ptr<Connection>> connections_;
  Recent<Connection> recent_;
};

}  // namespace testigo::call
