#include "capture/tap_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <asio.hpp>
#include <cctype>
#include <utility>

#include "capture/shortage.h"

namespace testigo::capture {
namespace {

using Tcp = asio::ip::tcp;

// A v4 client of a socket for both families is a v4 client.
tcp::Endpoint endpoint_of(const Tcp::endpoint& endpoint) {
  const std::string text = endpoint.address().to_string();
  const auto address = tcp::parse_address(text);
  return {address ? to_text(*address) : text, endpoint.port()};
}

// "connection refused", as within a sentence.
std::string reason_of(const std::error_code& error) {
  std::string reason = error.message();
  if (!reason.empty()) reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
  return reason;
}

void close_with_reset(Tcp::socket& socket) {
  std::error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

// What TCP's simultaneous open makes of a port of this machine where nobody listens, when the system happens to choose that port
// for our end, too.
bool is_connected_to_itself(const Tcp::socket& socket) {
  std::error_code local_error, remote_error;
  const Tcp::endpoint local = socket.local_endpoint(local_error);
  const Tcp::endpoint remote = socket.remote_endpoint(remote_error);
  return !local_error && !remote_error && local == remote;
}

void prepare(Tcp::socket& socket) {
  std::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(Tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::out_of_band_inline(true), ignored);  // an urgent octet is one of the others
}

}  // namespace

TapConnection::TapConnection(TapShared& shared, Tcp::socket client, const Tcp::endpoint& client_endpoint, SpareSocket spare)
    : shared_(shared),
      client_(std::move(client)),
      spare_(std::move(spare)),
      server_(shared.io),
      timer_(shared.io),
      client_endpoint_(endpoint_of(client_endpoint)),
      server_endpoint_(shared.to) {}

void TapConnection::start() {
  prepare(client_);
  std::error_code error;
  const auto address = asio::ip::make_address(shared_.to.address, error);
  if (error) return resolve();
  to_try_ = {{address, shared_.to.port}};
  try_next();
}

void TapConnection::resolve() {
  shared_.names.ask([self = shared_from_this()](const FoundAddresses& found) {
    if (self->over_) return;
    if (found.lacked) return self->refuse_here(found.lacked);
    for (const tcp::Endpoint& endpoint : found.endpoints) {
      std::error_code error;
      const auto address = asio::ip::make_address(endpoint.address, error);
      if (!error) self->to_try_.insert(self->to_try_.begin(), {address, endpoint.port});
    }
    self->refusal_ = found.trouble;
    self->try_next();
  });
}

void TapConnection::try_next() {
  if (to_try_.empty()) return refuse(refusal_);
  const Tcp::endpoint endpoint = to_try_.back();
  to_try_.pop_back();
  server_endpoint_ = endpoint_of(endpoint);
  if (const std::error_code error = open_server(endpoint.protocol())) return on_failure(error);
  timed_out_ = false;
  timer_.expires_after(shared_.connect_timeout);
  timer_.async_wait([self = shared_from_this(), attempt = ++attempt_](const std::error_code& error) {
    if (error || self->over_ || self->attempt_ != attempt) return;
    std::error_code ignored;
    self->timed_out_ = true;
    self->server_.close(ignored);
  });
  server_.async_connect(endpoint, [self = shared_from_this()](const std::error_code& error) {
    if (!self->over_) self->on_connect(error);
  });
}

// The one that was opened before the client was taken, if it is of this family.
std::error_code TapConnection::open_server(const Tcp& protocol) {
  shared_.server_family = protocol.family();
  server_ = Tcp::socket(shared_.io);
  SpareSocket spare = std::exchange(spare_, {});
  std::error_code error;
  if (spare.descriptor.get() >= 0 && spare.family == protocol.family()) {
    server_.assign(protocol, spare.descriptor.get(), error);
    if (!error) spare.descriptor.release();
    return error;
  }
  spare = {};
  server_.open(protocol, error);
  return error;
}

void TapConnection::on_connect(std::error_code error) {
  ++attempt_;  // its timer comes too late
  timer_.cancel();
  if (!error && !timed_out_ && is_connected_to_itself(server_)) error = asio::error::connection_refused;
  if (!error && !timed_out_) return open();
  if (!timed_out_) return on_failure(error);
  refusal_ = "no answer within " + to_human(shared_.connect_timeout);
  try_next();
}

void TapConnection::on_failure(const std::error_code& error) {
  if (is_shortage(error.value())) return refuse_here(error);
  refusal_ = reason_of(error);
  try_next();
}

// The server has no part in it, and no witness blames it.
void TapConnection::refuse_here(const std::error_code& error) {
  ++shared_.refused_here;
  shared_.refused_because = error.value();
  abort();
}

bool TapConnection::wait_for_room(std::function<void()> again) {
  if (!shared_.queue.must_wait()) return false;
  ++shared_.slowed;
  shared_.parked.push_back([self = shared_from_this(), again = std::move(again)] {
    if (!self->over_) again();
  });
  return true;
}

void TapConnection::refuse(const std::string& reason) {
  if (wait_for_room([this, reason] { refuse(reason); })) return;
  number_ = ++shared_.last_number;
  shared_.queue.push({number_, shared_.clock.now(), client_endpoint_, server_endpoint_, true, 0});
  report_closing(Direction::ToClient, tcp::Closing::Refused, reason);
  abort();
}

void TapConnection::open() {
  if (wait_for_room([this] { open(); })) return;
  prepare(server_);
  number_ = ++shared_.last_number;
  shared_.queue.push({number_, shared_.clock.now(), client_endpoint_, server_endpoint_, true, 0});
  shared_.queue.wake();
  wait_to_read(Direction::ToServer);
  wait_to_read(Direction::ToClient);
}

void TapConnection::wait_to_read(Direction direction) {
  sender(direction).async_wait(Tcp::socket::wait_read, [self = shared_from_this(), direction](const std::error_code&) {
    if (!self->over_) self->read(direction);
  });
}

void TapConnection::read(Direction direction) {
  if (wait_for_room([this, direction] { read(direction); })) return;
  std::error_code error;
  const std::size_t size = sender(direction).read_some(asio::buffer(shared_.buffer), error);
  if (!error) return carry(direction, Bytes(shared_.buffer).first(size));
  if (error == asio::error::would_block || error == asio::error::interrupted) return wait_to_read(direction);
  if (error == asio::error::eof) return on_end(direction);
  reset(direction, reason_of(error));
}

void TapConnection::carry(Direction direction, Bytes octets) {
  Flow& flow = this->flow(direction);
  flow.acked_told = this->flow(opposite(direction)).handed;
  shared_.queue.push(number_, {shared_.clock.now(), direction, octets, 0, flow.acked_told, 0});
  const std::size_t written = write(direction, octets);
  shared_.queue.wake();
  if (over_ || !this->flow(opposite(direction)).dead.empty()) return;
  if (written == octets.size()) return wait_to_read(direction);
  flow.pending.assign(octets.begin() + static_cast<std::ptrdiff_t>(written), octets.end());
  flow.written = 0;
  wait_to_write(direction);
  if (!flow.dead.empty()) return expect_progress(direction);
  wait_for_error(direction);
}

// How many octets the receiver took now; whoever calls looks afterwards whether it is dead.
std::size_t TapConnection::write(Direction direction, Bytes octets) {
  std::error_code error;
  const std::size_t size = receiver(direction).write_some(asio::buffer(octets.data(), octets.size()), error);
  flow(direction).handed += size;
  shared_.bytes[static_cast<std::size_t>(direction)] += size;
  if (error && error != asio::error::would_block && error != asio::error::interrupted) on_dead_sender(opposite(direction), error);
  if (size > 0 && !over_ && !std::exchange(owes_ack_, true)) shared_.owes_ack(shared_from_this());
  return size;
}

void TapConnection::wait_to_write(Direction direction) {
  receiver(direction).async_wait(Tcp::socket::wait_write, [self = shared_from_this(), direction](const std::error_code&) {
    if (!self->over_) self->write_pending(direction);
  });
}

void TapConnection::write_pending(Direction direction) {
  Flow& flow = this->flow(direction);
  flow.written += write(direction, Bytes(flow.pending).subspan(flow.written));
  if (over_ || !this->flow(opposite(direction)).dead.empty()) return;
  if (flow.written < flow.pending.size()) return wait_to_write(direction);
  flow.pending = {};
  wait_to_read(direction);
}

// While nothing is read from the sender, that it threw the connection away is told by nothing else. Asked for once for many waits.
void TapConnection::wait_for_error(Direction direction) {
  if (std::exchange(flow(direction).awaits_error, true)) return;
  sender(direction).async_wait(Tcp::socket::wait_error, [self = shared_from_this(), direction](const std::error_code&) {
    if (!self->over_) self->on_error(direction);
  });
}

// Urgent octets, and an end of both directions, are told as errors and are none.
void TapConnection::on_error(Direction direction) {
  flow(direction).awaits_error = false;
  int number = 0;
  socklen_t size = sizeof(number);
  ::getsockopt(sender(direction).native_handle(), SOL_SOCKET, SO_ERROR, &number, &size);
  if (number != 0) on_dead_sender(direction, {number, asio::error::get_system_category()});
}

// It threw the connection away. As long as it is taken, what it had said before is carried first.
void TapConnection::on_dead_sender(Direction direction, const std::error_code& error) {
  Flow& flow = this->flow(direction);
  if (!flow.dead.empty()) return;
  const bool reset_by_peer = error == asio::error::broken_pipe || error == asio::error::not_connected;
  flow.dead = reset_by_peer ? "connection reset by peer" : reason_of(error);
  if (flow.ended) return reset(direction, flow.dead);
  if (!flow.pending.empty()) expect_progress(direction);
}

void TapConnection::expect_progress(Direction direction) {
  timer_.expires_after(shared_.reset_patience);
  timer_.async_wait([self = shared_from_this(), direction, handed = flow(direction).handed](const std::error_code& error) {
    const Flow& flow = self->flow(direction);
    if (error || self->over_ || flow.pending.empty()) return;
    if (flow.handed == handed) return self->reset(direction, flow.dead);
    self->expect_progress(direction);
  });
}

void TapConnection::on_end(Direction direction) {
  if (!flow(direction).dead.empty()) return reset(direction, flow(direction).dead);
  flow(direction).ended = true;
  report_closing(direction, tcp::Closing::Fin, {});
  std::error_code error;
  receiver(direction).shutdown(Tcp::socket::shutdown_send, error);
  if (error) return on_dead_sender(opposite(direction), error);
  if (!flow(opposite(direction)).ended) return wait_for_error(direction);
  over_ = true;
  shared_.over(shared_from_this());
  client_.close(error);
  server_.close(error);
}

void TapConnection::reset(Direction direction, const std::string& reason) {
  report_closing(direction, tcp::Closing::Reset, reason);
  abort();
}

void TapConnection::report_closing(Direction direction, tcp::Closing closing, const std::string& reason) {
  tell_acknowledgements();
  shared_.queue.push({number_, shared_.clock.now(), direction, closing, 0, reason});
  shared_.queue.wake();
}

void TapConnection::tell_acknowledgements() {
  owes_ack_ = false;
  if (over_) return;
  tell_acknowledgement(Direction::ToServer);
  tell_acknowledgement(Direction::ToClient);
}

void TapConnection::tell_acknowledgement(Direction direction) {
  Flow& flow = this->flow(direction);
  const std::uint64_t handed = this->flow(opposite(direction)).handed;
  if (handed == flow.acked_told) return;
  flow.acked_told = handed;
  shared_.queue.push(number_, {shared_.clock.now(), direction, {}, 0, handed, 0});
}

void TapConnection::abort() {
  if (over_) return;
  over_ = true;
  timer_.cancel();
  shared_.over(shared_from_this());
  close_with_reset(server_);
  close_with_reset(client_);
}

void TapConnection::drop() {
  if (over_) return;
  if (number_ == 0) ++shared_.unconnected;
  if (number_ != 0) tell_acknowledgements();
  abort();
}

}  // namespace testigo::capture
