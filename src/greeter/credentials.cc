#include "greeter/credentials.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>

#include "base/environment_error.h"
#include "base/inert.h"

namespace testigo::greeter {
namespace {

constexpr std::string_view kCertificate = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kKey = "PRIVATE KEY-----";

std::string read_pem(const std::string& file, std::string_view wanted) {
  if (file.empty()) return {};
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  if (!in)
    throw EnvironmentError("cannot read " + inert(file) + ": " + std::strerror(errno) + "; give a PEM file that you may read");
  std::string text = content.str();
  if (text.find(wanted) == std::string::npos) {
    throw EnvironmentError(inert(file) + " holds no " + (wanted == kKey ? "private key" : "certificate") +
                           " in PEM form; convert it with `openssl`");
  }
  return text;
}

}  // namespace

std::shared_ptr<grpc::ChannelCredentials> client_credentials(const ClientTls& tls) {
  if (!tls.on()) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({read_pem(tls.ca, kCertificate), read_pem(tls.key, kKey), read_pem(tls.cert, kCertificate)});
}

std::shared_ptr<grpc::ServerCredentials> server_credentials(const ServerTls& tls) {
  if (!tls.on()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options(tls.client_ca.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                                                  : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = read_pem(tls.client_ca, kCertificate);
  options.pem_key_cert_pairs.push_back({read_pem(tls.key, kKey), read_pem(tls.cert, kCertificate)});
  return grpc::SslServerCredentials(options);
}

}  // namespace testigo::greeter
