// The servers' ports of a run, and whether they speak TLS: what the report tells the dissector. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "call/event.h"
#include "report/tshark.h"

namespace testigo::run {

class ServerPorts {
 public:
  // A connection that has ended: what it spoke is known by then.
  void add(const call::ConnectionView& connection);
  // By number. A port that spoke both stands as HTTP/2, of which the dissector can show more than ciphertext.
  std::vector<report::DissectedPort> list() const;

 private:
  struct Spoken {
    bool tls = false;
    bool plain = false;
  };
  std::map<std::uint16_t, Spoken> ports_;
};

}  // namespace testigo::run
