#include "report/tls_line.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace testigo::report {
namespace {

call::ConnectionView view_of(const tls::Seen& seen) {
  call::ConnectionView view;
  view.number = 3;
  view.packet = 7;
  view.client = {"10.0.0.1", 40'000};
  view.server = {"10.0.0.2", 443};
  view.tls = &seen;
  return view;
}

tls::Seen agreed(std::uint16_t version) {
  tls::Seen seen;
  seen.client = tls::ClientHello{{0x0304, 0x0303}, {0x1301}, {"grpc-exp", "h2"}, "a.example"};
  seen.server = tls::ServerHello{version, 0xc02f, {}, false};
  if (version == tls::kTls12) seen.server->protocol = "h2";
  return seen;
}

TEST(TlsLine, TellsWhatWasOfferedAndAgreed) {
  const tls::Seen seen = agreed(tls::kTls12);
  EXPECT_EQ(tls_text(view_of(seen), {}),
            "00:00:00.000 10.0.0.1:40000 → 10.0.0.2:443  TLS 1.2  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256  "
            "ALPN grpc-exp h2 → h2  for a.example");
  EXPECT_EQ(tls_json(view_of(seen)),
            R"({"type":"tls","version":"1.0","time":"1970-01-01T00:00:00.000000000Z","client":"10.0.0.1:40000",)"
            R"("server":"10.0.0.2:443","connection":3,"packet":7,"versions_offered":["TLS 1.3","TLS 1.2"],)"
            R"("alpn_offered":["grpc-exp","h2"],"server_name":"a.example","tls_version":"TLS 1.2",)"
            R"("suite":"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256","alpn":"h2","alpn_hidden":false,"retried":false})");
}

TEST(TlsLine, SaysWhatIsHidden) {
  const tls::Seen seen = agreed(tls::kTls13);
  EXPECT_NE(tls_text(view_of(seen), {}).find("→ (encrypted)"), std::string::npos);
  const auto json = nlohmann::json::parse(tls_json(view_of(seen)));
  EXPECT_TRUE(json["alpn_hidden"]);
  EXPECT_FALSE(json.contains("alpn"));
}

TEST(TlsLine, SaysWhatWasRefusedAndWhatWasNotRead) {
  tls::Seen seen = agreed(tls::kTls12);
  seen.server.reset();
  seen.client->server_name.reset();
  seen.client->protocols.clear();
  seen.alert = tls::Alert{Direction::ToClient, true, 40};
  seen.unread[1] = "octets are missing";
  EXPECT_EQ(tls_text(view_of(seen), {}),
            "00:00:00.000 10.0.0.1:40000 → 10.0.0.2:443  no ServerHello  ALPN nothing → nothing  for no name  "
            "server's alert handshake_failure  (octets are missing)");
  const auto json = nlohmann::json::parse(tls_json(view_of(seen)));
  EXPECT_EQ(json["alert"], nlohmann::json::parse(R"({"from": "server", "fatal": true, "name": "handshake_failure"})"));
  EXPECT_EQ(json["unread"], "octets are missing");
}

TEST(TlsLine, IsInert) {
  tls::Seen seen = agreed(tls::kTls12);
  seen.client->server_name = "\x1b[31m";
  seen.client->protocols = {"\xff\n"};
  EXPECT_EQ(tls_text(view_of(seen), {}).find_first_of("\x1b\n"), std::string::npos);
  EXPECT_TRUE(nlohmann::json::accept(tls_json(view_of(seen))));
}

}  // namespace
}  // namespace testigo::report
