// TL: what the handshake of TLS shows without keys (RFC 9113 sections 3.2 and 9.2).
#include <fmt/format.h>

#include "base/inert.h"
#include "check/all_checks.h"
#include "check/prohibited_suites.h"
#include "check/tls_offer.h"
#include "wire/tls/names.h"

namespace testigo::check {
namespace {

using tls::Step;

class TlsChecks final : public Check {
 public:
  explicit TlsChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = false, .side_ends = false, .calls = false};
  }
  void on_tls(const call::TlsSeen& seen) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

 private:
  void offer(const call::TlsSeen& seen, const tls::ClientHello& client);
  void choice(const call::TlsSeen& seen, const tls::ServerHello& server);
  void protocol(const call::TlsSeen& seen, const tls::ServerHello& server);
  void refusal(const call::TlsSeen& seen, const tls::Alert& alert);

  Findings& findings_;
  bool offered_ = false;  // h2 or grpc-exp, and nothing that may not be
};

std::string listed(const std::vector<std::string>& protocols) {
  std::string out;
  for (const std::string& each : protocols) out += fmt::format("{}\"{}\"", out.empty() ? "" : ", ", inert(each, 32));
  return out;
}

void TlsChecks::on_tls(const call::TlsSeen& seen) {
  const tls::Seen& known = *seen.connection.tls;
  switch (seen.step) {
    case Step::ClientHello:
      return offer(seen, *known.client);
    case Step::ServerHello:
      return choice(seen, *known.server);
    case Step::Alert:
      return refusal(seen, *known.alert);
    case Step::Renegotiation:
      return findings_.fail(Id::TL02, seen.spot,
                            fmt::format("the {} renegotiates TLS behind data that it had sent",
                                        seen.spot.direction == Direction::ToServer ? "client" : "server"));
    case Step::Retry:
    case Step::Secured:
      return;
  }
}

void TlsChecks::offer(const call::TlsSeen& seen, const tls::ClientHello& client) {
  if (client.offers(kH2c)) {
    findings_.fail(Id::TL01, seen.spot, "the client offers \"h2c\", which is for cleartext, under TLS");
  } else if (client.protocols.empty()) {
    findings_.fail(Id::TL01, seen.spot, "the client offers no protocol by ALPN");
  } else if (!client.offers(kH2) && !client.offers(kGrpcExp)) {
    findings_.fail(Id::TL01, seen.spot, fmt::format("the client offers {}, and not \"h2\"", listed(client.protocols)));
  } else {
    offered_ = true;
  }
  if (!client.server_name) {
    findings_.fail(Id::TL02, Severity::Info, seen.spot,
                   "the client names no server (SNI), as it must where it knows the server by a domain name");
  }
}

void TlsChecks::choice(const call::TlsSeen& seen, const tls::ServerHello& server) {
  if (server.version < tls::kTls12) {
    findings_.fail(Id::TL02, seen.spot, fmt::format("the server chooses {}", tls::version_name(server.version)));
  } else if (server.version == tls::kTls12 && is_prohibited_suite(server.suite)) {
    findings_.fail(Id::TL02, Severity::Warning, seen.spot,
                   fmt::format("the server chooses the prohibited cipher suite {}", tls::suite_name(server.suite)));
  } else {
    findings_.pass(Id::TL02);
  }
  if (offered_) protocol(seen, server);
}

void TlsChecks::protocol(const call::TlsSeen& seen, const tls::ServerHello& server) {
  if (server.hides_protocol()) {
    findings_.not_judgeable(Id::TL01, "under TLS 1.3 the protocol that the server chooses is encrypted");
  } else if (!server.protocol) {
    findings_.fail(Id::TL01, seen.spot, "the server chooses no protocol by ALPN");
  } else if (*server.protocol == kGrpcExp) {
    findings_.fail(Id::TL01, Severity::Info, seen.spot, "the server chooses \"grpc-exp\"");
  } else {
    findings_.judge(Id::TL01, *server.protocol == kH2, seen.spot,
                    [&] { return fmt::format("the server chooses \"{}\"", inert(*server.protocol, 32)); });
  }
}

void TlsChecks::refusal(const call::TlsSeen& seen, const tls::Alert& alert) {
  if (!offered_ || alert.description != tls::kNoApplicationProtocol || alert.direction != Direction::ToClient) return;
  findings_.fail(Id::TL01, seen.spot,
                 fmt::format("the server refuses all that the client offers: {}", listed(seen.connection.tls->client->protocols)));
}

void TlsChecks::on_connection_closed(const call::ConnectionClosed& closed) {
  if (closed.connection.client_opening != http2::Opening::Tls) return;
  const tls::Seen& known = *closed.connection.tls;
  const bool lost = !known.unread[0].empty() || !known.unread[1].empty();
  const std::string_view reason = lost ? "the handshake could not be read" : "the handshake was not seen whole";
  if (!known.server) findings_.not_judgeable(Id::TL02, reason);
  const CheckCount& protocol = findings_.count(Id::TL01);
  if (protocol.passed + protocol.failed + protocol.not_judgeable == 0) findings_.not_judgeable(Id::TL01, reason);
}

}  // namespace

std::unique_ptr<Check> tls_checks(Findings& findings) { return std::make_unique<TlsChecks>(findings); }

}  // namespace testigo::check
