// What is written of all connections: finds the one that a packet belongs to. See connection_redaction.h.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/limits.h"
#include "capture/connection_redaction.h"
#include "capture/secret_names.h"
#include "capture/secret_tally.h"
#include "wire/tcp/connection_sink.h"
#include "wire/tcp/placement.h"

namespace testigo::capture {

class Redaction {
 public:
  Redaction(bool payloads, const std::vector<std::string>& secrets, const Limits& limits);

  void on_opened(const tcp::ConnectionOpened& opened);
  void on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk);
  // A connection that is over is remembered for a while: the packet that closed it, and copies, may come after.
  void on_closing(const tcp::ConnectionClosing& closing);
  void on_over(tcp::ConnectionNumber connection);
  void on_end();

  // Up to which octet of that direction it is known what they become.
  std::int64_t decided_to(tcp::ConnectionNumber connection, Direction direction) const;
  // Of so many octets from there, how many it is known of what they become.
  std::size_t known(const tcp::Placement& placement, std::size_t size) const;
  // Makes octets what is written of them; true when that changed any.
  bool apply(const tcp::Placement& placement, std::span<std::byte> octets) const;
  // They, and what came before them, are not asked for again.
  void forget(const tcp::Placement& placement, std::size_t size);

  std::vector<MaskedField> masked() const { return tally_.fields(); }

 private:
  using Connections = std::unordered_map<tcp::ConnectionNumber, std::unique_ptr<ConnectionRedaction>>;

  void finish(tcp::ConnectionNumber connection, Direction direction);
  ConnectionRedaction* find(tcp::ConnectionNumber connection) const;
  Limits limits_of_one() const;
  void bound(ConnectionRedaction& grown, std::size_t before, std::size_t told);
  void remove(tcp::ConnectionNumber connection);

  bool payloads_;
  SecretNames names_;
  SecretTally tally_;
  Limits limits_;
  Connections connections_;
  std::deque<tcp::ConnectionNumber> over_;
  std::size_t remembered_ = 0;
};

}  // namespace testigo::capture
