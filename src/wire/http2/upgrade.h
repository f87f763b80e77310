// The switch from HTTP/1.1 to HTTP/2 by "Upgrade: h2c" (RFC 7540 section 3.2, which RFC 9113 removed): passes over the client's
// request and the server's answer up to 101, and says what HTTP/2 begins with. The request becomes that of stream 1.
//
// Cutting the input elsewhere never changes the outcome. A head of more than 16 KiB, a body of more than 64, or as much of answers
// before the 101, is none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "wire/http2/frame.h"

namespace testigo::http2 {

enum class Switch : std::uint8_t {
  NeedMore,
  Done,  // of this direction: what follows is HTTP/2
  None,  // it stays HTTP/1.1, or nobody can tell
};

class Upgrade {
 public:
  // Takes off the front what is HTTP/1.1. What the server answers counts once the client's request was seen whole.
  Switch take_request(Bytes& octets);
  Switch take_answer(Bytes& octets);

  // Of the request: as they stand in HTTP2-Settings, acknowledged by the 101; and its target.
  const std::vector<Setting>& settings() const { return settings_; }
  std::string_view target() const { return target_; }

 private:
  enum class Request : std::uint8_t { Head, Body, Asked, NotAsked };

  bool read_request_head();

  Request request_ = Request::Head;
  std::string head_;             // of the request, then of an answer, as far as it has come
  std::uint64_t body_left_ = 0;  // octets of the request
  std::uint64_t answers_bytes_ = 0;
  Switch answer_ = Switch::NeedMore;
  std::vector<Setting> settings_;
  std::string target_;
};

}  // namespace testigo::http2
