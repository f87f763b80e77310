// What both sides of a TLS connection show without keys: the hellos, alerts in the clear, when it is encrypted, and that it was
// negotiated again. It goes on for as long as the connection, and holds no more than the hellos.
//
//   octets of a direction ── records ── messages ── Step, and what is known so far (Seen)
//
// Says only what is proven: under TLS 1.2 a handshake record behind application data of the same direction belongs to another
// negotiation, for the first one's Finished came before (RFC 5246 section 7.4.9). Under TLS 1.3 such messages look like data.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/chunk.h"
#include "base/limits.h"
#include "wire/tls/hello.h"
#include "wire/tls/record_decoder.h"

namespace testigo::tls {

enum class Step : std::uint8_t {
  ClientHello,
  Retry,  // HelloRetryRequest: another ClientHello follows
  ServerHello,
  Secured,  // what the client sends from here on is encrypted; both hellos were seen
  Alert,
  Renegotiation,  // by the sender of this record; each direction once
};

struct Alert {
  Direction direction = Direction::ToClient;
  bool fatal = false;
  std::uint8_t description = 0;
  friend bool operator==(const Alert&, const Alert&) = default;
};

struct Seen {
  std::optional<ClientHello> client;  // the first one
  std::optional<ServerHello> server;  // none that asks for a retry
  bool retried = false;
  bool secured = false;
  std::optional<Alert> alert;                // the last one in the clear
  std::array<bool, 2> renegotiated{};        // by the sender of that direction
  std::array<std::string_view, 2> unread{};  // why that direction is not read any further; empty while it is
  friend bool operator==(const Seen&, const Seen&) = default;
};

class Handshake {
 public:
  explicit Handshake(const Limits& limits = {}) : limits_(limits) {}

  // They are borrowed until `next` has answered anything but `Done`.
  void feed(Direction direction, Bytes octets) { side(direction).records.feed(octets); }
  // `Malformed`: nothing more can be read of that direction; Seen::unread says why.
  Decoded next(Direction direction, Step& step);

  // Octets of that direction were not seen: where its records begin is not known any more.
  void lose(Direction direction) { stop(direction, "octets are missing"); }

  const Seen& seen() const { return seen_; }
  // Of the last step: the record that ended it.
  std::uint64_t offset() const { return record_.offset; }
  std::uint64_t end() const { return record_.end; }

 private:
  struct Side {
    RecordDecoder records;
    Bytes messages;                  // of the record at hand, those not read yet
    std::vector<std::byte> message;  // the beginning of one that is not whole
    std::size_t passed = 0;          // octets of one that is of no interest
    bool changed_cipher = false;
    bool sent_data = false;
  };

  Side& side(Direction direction) { return sides_[static_cast<std::size_t>(direction)]; }
  std::string_view& unread(Direction direction) { return seen_.unread[static_cast<std::size_t>(direction)]; }
  void stop(Direction direction, std::string_view why);
  bool take_record(Direction direction, Step& step);
  bool take_encrypted(Direction direction, Step& step);
  bool take_alert(Direction direction, Step& step);
  bool secure(Direction direction, Step& step);
  bool hello_awaited(Direction direction) const;
  bool next_message(Direction direction, Step& step);
  static void pass_over(Side& from, std::size_t length);
  static bool collect(Side& from, std::size_t wanted);
  bool read_hello(Direction direction, Bytes body, Step& step);

  Limits limits_;
  std::array<Side, 2> sides_;
  bool answered_retry_ = false;  // by the client, with its second hello
  Record record_;                // the last one
  Seen seen_;
};

}  // namespace testigo::tls
