// What the wire witness saw of a call, and what it was not able to see. Private to this room.
#pragma once

#include <string>

#include "verdict/facts.h"

namespace testigo::verdict {

enum class Sees : std::uint8_t {
  Blind,  // no wire witness, TLS, or what the call would have been in was not seen
  None,   // no stream, and there would have been one to see
  Undelivered,
  Answered,
  Open,
  Cut,
};

struct WireView {
  Sees sees = Sees::Blind;
  const WireStream* stream = nullptr;  // the one that the call is judged by (rows 14 and 15)
  bool behind_the_end = false;         // blind, because the capture ends before it could show the call
  bool unheard = false;                // blind, because nobody listened for a while
};

// What holds for the wire as a whole.
class WireEyes {
 public:
  explicit WireEyes(const std::optional<WireTestimony>& wire);

  WireView look(const Facts& facts, const CallFacts& call) const;

  bool there() const { return wire_ != nullptr; }
  bool tls() const { return tls_; }        // a connection is encrypted
  bool late() const { return late_ > 0; }  // a connection began before the capture did
  std::uint64_t late_connections() const { return late_; }
  // Calls of this client lower than the first that was seen may lie before the capture.
  bool begins_late_for(const ClientProcess& client) const { return late() || (there() && wire_->apart && client.wire_from != 0); }
  // Why not everything was seen, TLS and late connections apart; empty when everything was.
  const std::string& impaired() const { return impaired_; }

 private:
  // A cut capture goes on long enough after the stream to show an end that it had.
  bool went_on(const Facts& facts, const CallFacts& call, const WireStream& stream) const;

  const WireTestimony* wire_ = nullptr;
  std::string impaired_;
  bool tls_ = false;
  std::uint64_t late_ = 0;
};

// By its kind, as the client or else the server states it: the client may send several requests.
bool request_is_stream(const CallFacts& call);

bool is_tls(const WireConnection& connection);
bool has_gap(const WireConnection& connection);

}  // namespace testigo::verdict
