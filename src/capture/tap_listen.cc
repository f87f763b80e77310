#include "capture/tap_listen.h"

#include <fmt/format.h>

#include <algorithm>
#include <asio.hpp>
#include <utility>

#include "base/environment_error.h"
#include "base/inert.h"
#include "wire/tcp/endpoint.h"

namespace testigo::capture {
namespace {

using Tcp = asio::ip::tcp;

constexpr int kPortTriesMax = 16;  // for a free port that is free on every address

[[noreturn]] void fail(const std::string& listen, const std::string& what, const char* advice) {
  throw EnvironmentError(fmt::format("cannot listen on {}: {}; {}", inert(listen), what, advice));
}

const char* advice_for(const std::error_code& error) {
  if (error == asio::error::address_in_use) return "choose another port, or end what listens there";
  if (error == asio::error::access_denied) return "choose a port above 1023";
  return "choose an address of this machine";
}

// The machine has no such address or family, which is no harm when it has another one.
bool is_absent(const std::error_code& error) {
  return error == std::errc::address_not_available || error == asio::error::address_family_not_supported;
}

std::vector<Tcp::endpoint> addresses_of(asio::io_context& io, const std::string& listen) {
  const auto wanted = tcp::parse_endpoint(listen);
  if (!wanted) fail(listen, "this is no address", "write it as host:port, [v6]:port or :port");
  std::error_code error;
  const auto address = asio::ip::make_address(wanted->address, error);
  if (!error) return {{address, wanted->port}};
  std::vector<Tcp::endpoint> found;
  const auto results =
      Tcp::resolver(io).resolve(wanted->address, std::to_string(wanted->port), Tcp::resolver::numeric_service, error);
  for (const auto& result : results) {
    if (std::ranges::find(found, result.endpoint()) == found.end()) found.push_back(result.endpoint());
  }
  if (found.empty()) fail(listen, "no such name", "write an address of this machine");
  return found;
}

std::error_code open(Tcp::acceptor& acceptor, const Tcp::endpoint& endpoint, bool both_families) {
  std::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.protocol() == Tcp::v6()) acceptor.set_option(asio::ip::v6_only(!both_families), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

std::vector<Tcp::acceptor> listen_everywhere(asio::io_context& io, const std::string& listen, std::uint16_t port) {
  std::vector<Tcp::acceptor> acceptors;
  acceptors.emplace_back(io);
  std::error_code error = open(acceptors.back(), {Tcp::v6(), port}, true);
  if (is_absent(error)) {
    acceptors.back() = Tcp::acceptor(io);
    error = open(acceptors.back(), {Tcp::v4(), port}, false);
  }
  if (error) fail(listen, error.message(), advice_for(error));
  return acceptors;
}

// One try: every address on the port of the first one. Nothing is opened when it fails.
std::error_code listen_on_all(asio::io_context& io, const std::vector<Tcp::endpoint>& endpoints,
                              std::vector<Tcp::acceptor>& acceptors) {
  std::error_code absent;
  for (Tcp::endpoint endpoint : endpoints) {
    if (!acceptors.empty()) endpoint.port(acceptors.front().local_endpoint().port());
    Tcp::acceptor acceptor(io);
    const std::error_code error = open(acceptor, endpoint, false);
    if (!error) {
      acceptors.push_back(std::move(acceptor));
    } else if (is_absent(error)) {
      absent = error;
    } else {
      acceptors.clear();
      return error;
    }
  }
  return acceptors.empty() ? absent : std::error_code();
}

}  // namespace

std::vector<Tcp::acceptor> listen_on(asio::io_context& io, const std::string& listen) {
  const auto wanted = tcp::parse_endpoint(listen);
  if (wanted && wanted->address.empty()) return listen_everywhere(io, listen, wanted->port);
  const std::vector<Tcp::endpoint> endpoints = addresses_of(io, listen);
  std::vector<Tcp::acceptor> acceptors;
  std::error_code error = listen_on_all(io, endpoints, acceptors);
  const bool any_port = endpoints.front().port() == 0;
  for (int tries = 1; any_port && error == asio::error::address_in_use && tries < kPortTriesMax; ++tries) {
    error = listen_on_all(io, endpoints, acceptors);
  }
  if (error) fail(listen, error.message(), advice_for(error));
  return acceptors;
}

}  // namespace testigo::capture
