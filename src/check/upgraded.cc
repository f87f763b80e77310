#include "check/upgraded.h"

namespace testigo::check {

// Its first octets are kept, and those of HTTP/2 are the preface. Behind the 101 the server may speak before that has come.
bool began_as_http1(const call::ConnectionView& connection) {
  const bool http2 = connection.client_opening == http2::Opening::Http2 || connection.client_opening == http2::Opening::NeedMore;
  return http2 && !http2::kPreface.starts_with(connection.client_first.substr(0, 4));
}

}  // namespace testigo::check
