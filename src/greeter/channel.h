// A channel that tells failures as they come: no proxy, short backoff.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "greeter/credentials.h"

namespace testigo::greeter {

// Throws EnvironmentError for TLS files that cannot be used.
std::shared_ptr<grpc::Channel> make_channel(const std::string& target, const ClientTls& tls);

}  // namespace testigo::greeter
