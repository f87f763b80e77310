// PEM files → gRPC credentials. Files are checked when the program starts, not when the first call fails.
#pragma once

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

namespace testigo::greeter {

struct ClientTls {
  std::string ca, cert, key;  // files; the last two go together
  std::string server_name;    // that the certificate must name, when it is not the target's host
  bool on() const { return !ca.empty() || !cert.empty() || !server_name.empty(); }
};

struct ServerTls {
  std::string cert, key, client_ca;  // files; with the last one clients must show a certificate
  bool on() const { return !cert.empty(); }
};

// Throw EnvironmentError for a file that cannot be read, or is not PEM.
std::shared_ptr<grpc::ChannelCredentials> client_credentials(const ClientTls& tls);
std::shared_ptr<grpc::ServerCredentials> server_credentials(const ServerTls& tls);

}  // namespace testigo::greeter
