// Who may read the page: whoever opens it, and no page of somebody else's that happens to run in the same browser.
#pragma once

#include <string>
#include <string_view>

namespace testigo::show {

struct Access {
  std::string token;                     // empty: none is asked for
  std::string cookie = "testigo-token";  // its name: cookies do not tell ports apart
  bool loopback_names_only = true;  // the Host must name this machine's loopback, so that no name of a stranger's can point here
};

// What a request says of itself; views of its header fields, empty where they are absent.
struct Asked {
  std::string_view host = {};
  std::string_view origin = {};
  std::string_view fetch_site = {};  // Sec-Fetch-Site
  std::string_view cookie = {};
  std::string_view token = {};  // of the query
};

enum class Admission {
  Granted,
  GrantedByQuery,  // a cookie is to carry the token from here on
  NoToken,         // none, or another
  Foreign,         // another origin's page asks, or a name that is not ours
};
Admission admit(const Access& access, const Asked& asked);

// "127.0.0.1", "::1", "localhost" and what begins with 127.
bool is_loopback(std::string_view host);

// The value of Set-Cookie.
std::string cookie_of(const Access& access);

}  // namespace testigo::show
