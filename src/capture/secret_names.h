// Which header fields are secret. Names are compared without regard to case.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http2/header_field.h"

namespace testigo::capture {

class SecretNames {
 public:
  // Beside authorization, proxy-authorization, cookie and set-cookie.
  explicit SecretNames(const std::vector<std::string>& more = {});

  bool contains(std::string_view name) const;

  // Also when its name is unknown, or when its sender marked it as one that no table may hold (RFC 7541 section 7.1.3), unless it
  // is one of those that gRPC needs and that hold no secrets.
  bool is_secret(const http2::HeaderField& field) const;

 private:
  std::vector<std::string> names_;  // lower case
  std::uint64_t sizes_ = 0;         // bit n: one of them has n octets; the last bit: or more
};

}  // namespace testigo::capture
