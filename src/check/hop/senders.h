// Upstream: whose calls are the hop's. Others may call the same server, with the same requests.
#pragma once

#include <cstdint>
#include <set>

#include "check/hop/pairing.h"

namespace testigo::check::hop {

class Senders {
 public:
  Senders(const Pairing& pairing, const Side& downstream);

  // By the connection, or else the address, of calls that surely came from downstream. The address tells nothing where clients of
  // the hop, or the server, have it too; nor of health checks, which a hop makes of its own on connections of their own.
  bool is_hop(const CallOfSide& upstream) const;

 private:
  std::set<call::ConnectionNumber> connections_;
  std::set<std::uint64_t> addresses_;  // digests
};

}  // namespace testigo::check::hop
