// Cipher suites that RFC 9113 appendix A prohibits with TLS 1.2: those without ephemeral keys, or without authenticated encryption.
#pragma once

#include <cstdint>

namespace testigo::check {

bool is_prohibited_suite(std::uint16_t suite);

}  // namespace testigo::check
