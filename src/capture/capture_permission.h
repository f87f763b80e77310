// The one permission that listening needs, the capability CAP_NET_RAW, and the capabilities of this thread (capabilities(7)).
#pragma once

#include <cstdint>
#include <string>

namespace testigo::capture {

// Bit n is capability n.
struct Capabilities {
  std::uint64_t effective = 0;
  std::uint64_t permitted = 0;
  std::uint64_t inheritable = 0;
};

Capabilities capabilities();
// False when the system refuses.
bool set_capabilities(const Capabilities& wanted);

// Makes CAP_NET_RAW effective where it is permitted: `setcap cap_net_raw=p` on the program is enough. False when it is not
// permitted.
bool raise_capture_capability();

// What is missing, and how to give it.
std::string missing_capture_permission();

}  // namespace testigo::capture
