// The parts of a captured packet that masking must know: what is no header, and the checksum over what was masked.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace testigo::capture {

// Makes zeros of all behind the headers, of TCP or, where there is none that can be read, of IP; of all when there is no IP.
void clear_behind_headers(std::uint16_t link_type, std::span<std::byte> packet);

// Makes the TCP checksum right; where the packet was cut, or has extension headers, 0; and checksums and proofs of what is around
// it 0. For a packet that was changed: the old ones would tell about the octets that are gone.
void renew_checksum(std::uint16_t link_type, std::span<std::byte> packet);

}  // namespace testigo::capture
