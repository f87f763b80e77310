// Opens the sockets on which a tap listens.
#pragma once

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <string>
#include <vector>

namespace testigo::capture {

// Every address of `listen` ("host:port", "[v6]:port", ":port" for all addresses of both families), bound and listening on one
// port. Throws EnvironmentError, saying what to do.
std::vector<asio::ip::tcp::acceptor> listen_on(asio::io_context& io, const std::string& listen);

}  // namespace testigo::capture
