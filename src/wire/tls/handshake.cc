#include "wire/tls/handshake.h"

#include <utility>

namespace testigo::tls {
namespace {

constexpr std::size_t kMessageHeaderBytes = 4;
constexpr std::size_t kAlertBytes = 2;
enum class MessageType : std::uint8_t { ClientHello = 1, ServerHello = 2 };

bool is_hello(Direction direction, std::byte type) {
  return type == static_cast<std::byte>(direction == Direction::ToServer ? MessageType::ClientHello : MessageType::ServerHello);
}

}  // namespace

void Handshake::stop(Direction direction, std::string_view why) {
  if (!unread(direction).empty()) return;
  unread(direction) = why;
  side(direction) = {};
}

Decoded Handshake::next(Direction direction, Step& step) {
  Side& from = side(direction);
  for (;;) {
    if (!unread(direction).empty()) return Decoded::Malformed;
    if (!from.messages.empty()) {
      if (next_message(direction, step)) return Decoded::Done;
      continue;
    }
    const Decoded read = from.records.next(record_);
    if (read == Decoded::Malformed) stop(direction, "what follows is no TLS record");
    if (read != Decoded::Done) return read;
    if (take_record(direction, step)) return Decoded::Done;
  }
}

// True when that is a step.
bool Handshake::take_record(Direction direction, Step& step) {
  Side& from = side(direction);
  switch (record_.type) {
    case ContentType::ChangeCipherSpec:
      from.changed_cipher = true;
      return secure(direction, step);
    case ContentType::ApplicationData:
      from.sent_data = true;
      return secure(direction, step);
    case ContentType::Alert:
      return take_alert(direction, step);
    case ContentType::Handshake:
      if (from.changed_cipher && !hello_awaited(direction)) return take_encrypted(direction, step);
      from.messages = record_.fragment;
      return false;
    case ContentType::Heartbeat:
      return false;
  }
  return false;
}

// Under TLS 1.3 a client may change its cipher before it knows what is asked of it (RFC 8446 appendix D.4).
bool Handshake::secure(Direction direction, Step& step) {
  if (direction == Direction::ToClient || !seen_.server || seen_.secured) return false;
  seen_.secured = true;
  step = Step::Secured;
  return true;
}

// Behind HelloRetryRequest both sides say hello in the clear once more, a change of the cipher before it or not.
bool Handshake::hello_awaited(Direction direction) const {
  return seen_.retried && (direction == Direction::ToServer ? !answered_retry_ : !seen_.server);
}

bool Handshake::take_encrypted(Direction direction, Step& step) {
  bool& renegotiated = seen_.renegotiated[static_cast<std::size_t>(direction)];
  if (renegotiated || !side(direction).sent_data || !seen_.server || seen_.server->version >= kTls13) return false;
  renegotiated = true;
  step = Step::Renegotiation;
  return true;
}

// One that is encrypted is longer.
bool Handshake::take_alert(Direction direction, Step& step) {
  if (record_.fragment.size() != kAlertBytes) return false;
  const auto level = std::to_integer<unsigned>(record_.fragment[0]);
  if (level != 1 && level != 2) return false;
  seen_.alert = Alert{direction, level == 2, std::to_integer<std::uint8_t>(record_.fragment[1])};
  step = Step::Alert;
  return true;
}

// True when the message at hand is whole, and a step.
bool Handshake::next_message(Direction direction, Step& step) {
  Side& from = side(direction);
  if (!collect(from, kMessageHeaderBytes)) return false;
  const auto length = static_cast<std::size_t>(load_number(&from.message[1], 3));
  if (!is_hello(direction, from.message[0])) {
    pass_over(from, length);
    return false;
  }
  if (length > limits_.tls_hello_bytes_max) {
    stop(direction, "a hello is larger than what is read");
    return false;
  }
  if (!collect(from, kMessageHeaderBytes + length)) return false;
  const std::vector<std::byte> message = std::exchange(from.message, {});
  return read_hello(direction, Bytes(message).subspan(kMessageHeaderBytes), step);
}

void Handshake::pass_over(Side& from, std::size_t length) {
  const std::size_t size = std::min(length - from.passed, from.messages.size());
  from.passed += size;
  from.messages = from.messages.subspan(size);
  if (from.passed < length) return;
  from.message.clear();
  from.passed = 0;
}

bool Handshake::collect(Side& from, std::size_t wanted) {
  if (from.message.size() < wanted) {
    const std::size_t size = std::min(wanted - from.message.size(), from.messages.size());
    append(from.message, from.messages.first(size));
    from.messages = from.messages.subspan(size);
  }
  return from.message.size() >= wanted;
}

bool Handshake::read_hello(Direction direction, Bytes body, Step& step) {
  if (direction == Direction::ToServer) {
    std::optional<ClientHello> hello = read_client_hello(body, limits_);
    if (!hello) return stop(direction, "a ClientHello is malformed"), false;
    answered_retry_ = seen_.retried;
    if (seen_.client) return false;
    seen_.client = std::move(hello);
    step = Step::ClientHello;
    return true;
  }
  std::optional<ServerHello> hello = read_server_hello(body);
  if (!hello) return stop(direction, "a ServerHello is malformed"), false;
  if (seen_.server || (hello->retry && seen_.retried)) return false;
  step = hello->retry ? Step::Retry : Step::ServerHello;
  if (hello->retry) {
    seen_.retried = true;
  } else {
    seen_.server = std::move(hello);
  }
  return true;
}

}  // namespace testigo::tls
