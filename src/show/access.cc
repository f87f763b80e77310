#include "show/access.h"

#include <openssl/crypto.h>

namespace testigo::show {
namespace {

// In the same time wherever they differ.
bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// "127.0.0.1:8080" → "127.0.0.1"; "[::1]:8080" → "::1"
std::string_view name_of(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

bool has_cookie(std::string_view cookies, const Access& access) {
  const std::string begin = access.cookie + "=";
  while (!cookies.empty()) {
    const std::size_t end = std::min(cookies.find(';'), cookies.size());
    std::string_view cookie = cookies.substr(0, end);
    cookie.remove_prefix(std::min(cookie.find_first_not_of(' '), cookie.size()));
    if (cookie.starts_with(begin) && same(cookie.substr(begin.size()), access.token)) return true;
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
  }
  return false;
}

}  // namespace

bool is_loopback(std::string_view host) {
  const bool v4 = host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
  return v4 || host == "::1" || host == "localhost";
}

Admission admit(const Access& access, const Asked& asked) {
  if (asked.host.empty()) return Admission::Foreign;
  if (access.loopback_names_only && !is_loopback(name_of(asked.host))) return Admission::Foreign;
  const bool own_origin = asked.origin.empty() || (asked.origin.starts_with("http://") && asked.origin.substr(7) == asked.host);
  // A link from elsewhere may lead here; what a page elsewhere fetches or frames may not.
  const bool own_page = asked.fetch_site.empty() || asked.fetch_site == "same-origin" || asked.fetch_site == "none";
  if (!own_origin || !own_page) return Admission::Foreign;
  if (access.token.empty()) return Admission::Granted;
  if (has_cookie(asked.cookie, access)) return Admission::Granted;
  return same(asked.token, access.token) ? Admission::GrantedByQuery : Admission::NoToken;
}

std::string cookie_of(const Access& access) { return access.cookie + "=" + access.token + "; Path=/; HttpOnly; SameSite=Strict"; }

}  // namespace testigo::show
