#include "check/tls_offer.h"

#include <algorithm>

namespace testigo::check {
namespace {

bool names_http2(std::string_view protocol) { return protocol == kH2 || protocol == kH2c || protocol == kGrpcExp; }

}  // namespace

bool is_of_http2(const tls::Seen& seen) {
  if (!seen.client || std::ranges::none_of(seen.client->protocols, names_http2)) return false;
  if (!seen.client->offers("http/1.1")) return true;
  return seen.server && seen.server->protocol && names_http2(*seen.server->protocol);
}

}  // namespace testigo::check
