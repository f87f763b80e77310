#include "capture/tap.h"

#include <fmt/format.h>

#include <asio.hpp>
#include <thread>
#include <unordered_set>
#include <utility>

#include "base/environment_error.h"
#include "base/inert.h"
#include "capture/shortage.h"
#include "capture/tap_connection.h"
#include "capture/tap_listen.h"
#include "capture/tap_queue.h"

namespace testigo::capture {
namespace {

using Tcp = asio::ip::tcp;
using namespace std::chrono_literals;

// How long an acknowledgement waits for a chunk that takes it along.
constexpr auto kAcknowledgementDelay = 10ms;
// How long accepting rests when the system has no more file descriptors.
constexpr auto kAcceptPause = 100ms;

tcp::Endpoint target_of(const std::string& to) {
  auto target = tcp::parse_endpoint(to);
  if (target && !target->address.empty() && target->port != 0) return *std::move(target);
  throw EnvironmentError(fmt::format("cannot carry to {}: this is no address; write it as host:port or [v6]:port", inert(to)));
}

// Names are taken for those of v4 addresses until one is looked up.
int family_of(const tcp::Endpoint& server) {
  std::error_code error;
  return asio::ip::make_address(server.address, error).is_v6() ? AF_INET6 : AF_INET;
}

struct Listener {
  Tcp::acceptor acceptor;
  Tcp::socket client;
  Tcp::endpoint client_endpoint;
  bool accepting = false;
  SpareSocket spare = {};
};

std::vector<Listener> listeners_on(asio::io_context& io, const std::string& listen) {
  std::vector<Listener> listeners;
  for (Tcp::acceptor& acceptor : listen_on(io, listen)) listeners.push_back({std::move(acceptor), Tcp::socket(io), {}, false, {}});
  return listeners;
}

}  // namespace

class Tap::Carrier {
 public:
  Carrier(const TapOptions& options, tcp::ConnectionSink& sink, const Clock& clock, const Limits& limits)
      : connections_max_(limits.tap_connections_max),
        to_(target_of(options.to)),
        listeners_(listeners_on(io_, options.listen)),
        acknowledgement_timer_(io_),
        accept_timer_(io_),
        names_(io_, to_, options.find),
        queue_(sink, limits.tap_queue_bytes_max, [this] { asio::post(io_, [this] { resume_parked(); }); }),
        shared_{.io = io_,
                .queue = queue_,
                .clock = clock,
                .names = names_,
                .to = to_,
                .connect_timeout = options.connect_timeout,
                .reset_patience = options.reset_patience,
                .server_family = family_of(to_),
                .buffer = std::vector<std::byte>(limits.tap_buffer_bytes),
                .last_number = 0,
                .parked = {},
                .owes_ack = [this](std::shared_ptr<TapConnection> connection) { owe(std::move(connection)); },
                .over = [this](const std::shared_ptr<TapConnection>& connection) { remove(connection); },
                .bytes = {},
                .slowed = 0,
                .unconnected = 0,
                .refused_here = 0,
                .refused_because = 0} {
    const Tcp::endpoint local = listeners_.front().acceptor.local_endpoint();
    endpoint_ = {local.address().to_string(), local.port()};
  }

  const tcp::Endpoint& endpoint() const { return endpoint_; }

  void start() {
    if (thread_.joinable() || stopped_) return;
    asio::post(io_, [this] { accept_more(); });
    thread_ = std::thread([this] { io_.run(); });
  }

  void stop() {
    if (std::exchange(stopped_, true)) return;
    asio::post(io_, [this] { drop_all(); });
    if (!thread_.joinable()) thread_ = std::thread([this] { io_.run(); });  // never started: only to let go
    thread_.join();
    queue_.close();
  }

  Counts counts() const {
    return {.connections = accepted_,
            .open = open_,
            .bytes_to_server = shared_.bytes[0],
            .bytes_to_client = shared_.bytes[1],
            .slowed = shared_.slowed,
            .pauses = pauses_,
            .refused_here = shared_.refused_here,
            .refused_because = {shared_.refused_because, std::generic_category()},
            .unconnected = shared_.unconnected};
  }

 private:
  void accept_more() {
    for (Listener& listener : listeners_) {
      if (listener.acceptor.is_open() && !listener.accepting && connections_.size() < connections_max_) accept(listener);
    }
  }

  void accept(Listener& listener) {
    if (!make_spare(listener.spare)) return accept_later();
    listener.accepting = true;
    listener.client = Tcp::socket(io_);
    listener.acceptor.async_accept(listener.client, listener.client_endpoint, [this, &listener](const std::error_code& error) {
      listener.accepting = false;
      if (error == asio::error::operation_aborted) return;
      if (!error) add(listener);
      // A connection that died while it waited is none; anything else (no descriptor, no memory) may last, and must not spin.
      if (error && error != asio::error::connection_aborted) return accept_later();
      accept_more();
    });
  }

  // False when there is no descriptor for the server, so that its client waits. Where it fails otherwise, connecting will say why.
  bool make_spare(SpareSocket& spare) const {
    if (spare.descriptor.get() >= 0) return true;
    spare = {Descriptor(::socket(shared_.server_family, SOCK_STREAM | SOCK_CLOEXEC, 0)), shared_.server_family};
    return spare.descriptor.get() >= 0 || !is_shortage(errno);
  }

  void accept_later() {
    ++pauses_;
    accept_timer_.expires_after(kAcceptPause);
    accept_timer_.async_wait([this](const std::error_code& error) {
      if (!error) accept_more();
    });
  }

  void add(Listener& listener) {
    const auto connection = std::make_shared<TapConnection>(shared_, std::move(listener.client), listener.client_endpoint,
                                                            std::exchange(listener.spare, {}));
    connections_.insert(connection);
    ++accepted_;
    open_ = connections_.size();
    connection->start();
  }

  void remove(const std::shared_ptr<TapConnection>& connection) {
    connections_.erase(connection);
    open_ = connections_.size();
    asio::post(io_, [this] { accept_more(); });  // its descriptors are given back by then
  }

  void owe(std::shared_ptr<TapConnection> connection) {
    const bool first = owing_.empty();
    owing_.push_back(std::move(connection));
    if (!first) return;
    acknowledgement_timer_.expires_after(kAcknowledgementDelay);
    acknowledgement_timer_.async_wait([this](const std::error_code&) {
      for (const auto& owing : std::exchange(owing_, {})) owing->tell_acknowledgements();
      queue_.wake();
    });
  }

  void resume_parked() {
    for (const auto& resume : std::exchange(shared_.parked, {})) resume();
  }

  void drop_all() {
    for (Listener& listener : listeners_) listener.acceptor.close();
    for (const auto& connection : std::exchange(connections_, {})) connection->drop();
    io_.stop();
  }

  asio::io_context io_{1};
  // Keeps the thread when everything waits for room in the queue.
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  const std::size_t connections_max_;
  const tcp::Endpoint to_;
  tcp::Endpoint endpoint_;
  std::vector<Listener> listeners_;
  std::unordered_set<std::shared_ptr<TapConnection>> connections_;
  std::vector<std::shared_ptr<TapConnection>> owing_;
  asio::steady_timer acknowledgement_timer_;
  asio::steady_timer accept_timer_;
  NameLookup names_;
  TapQueue queue_;
  TapShared shared_;
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> open_{0};
  std::atomic<std::uint64_t> pauses_{0};
  bool stopped_ = false;
  std::thread thread_;
};

Tap::Tap(const TapOptions& options, tcp::ConnectionSink& sink, const Clock& clock, const Limits& limits)
    : carrier_(std::make_unique<Carrier>(options, sink, clock, limits)) {}

Tap::~Tap() { carrier_->stop(); }

tcp::Endpoint Tap::endpoint() const { return carrier_->endpoint(); }

void Tap::start() { carrier_->start(); }

void Tap::stop() { carrier_->stop(); }

Tap::Counts Tap::counts() const { return carrier_->counts(); }

}  // namespace testigo::capture
