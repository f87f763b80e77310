// A connection that begins as HTTP/1.1 and becomes HTTP/2: the request of stream 1 is answered, then another call may be made.
#pragma once

#include <string>

#include "call/testing/conversation.h"

namespace testigo::call::testing {

// The client's HTTP2-Settings say HEADER_TABLE_SIZE 65536, INITIAL_WINDOW_SIZE 65535, unless told otherwise.
inline Conversation upgraded(const std::string& http2_settings = "AAEAAQAAAAQAAP__") {
  Conversation c;
  c.client(
      octets("GET /old HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
             "HTTP2-Settings: " +
             http2_settings + "\r\n\r\n"));
  c.server(octets("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"), settings(),
           headers(1, {{":status", "200"}, {"content-type", "text/html"}}), data(1, "page", EndStream::Yes));
  return c.client(preface(), settings(), settings_ack()).server(settings_ack());
}

}  // namespace testigo::call::testing
