#include "capture/capture_permission.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace testigo::capture {
namespace {

using Halves = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

constexpr std::uint64_t kNetRaw = std::uint64_t{1} << CAP_NET_RAW;

std::uint64_t joined(std::uint32_t low, std::uint32_t high) { return std::uint64_t{high} << 32 | low; }

}  // namespace

// No function of the C library wraps these two.
Capabilities capabilities() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  Halves halves{};
  if (::syscall(SYS_capget, &header, halves.data()) != 0) return {};
  return {joined(halves[0].effective, halves[1].effective), joined(halves[0].permitted, halves[1].permitted),
          joined(halves[0].inheritable, halves[1].inheritable)};
}

bool set_capabilities(const Capabilities& wanted) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  Halves halves{};
  for (std::size_t i = 0; i < halves.size(); ++i) {
    halves[i].effective = static_cast<std::uint32_t>(wanted.effective >> (32 * i));
    halves[i].permitted = static_cast<std::uint32_t>(wanted.permitted >> (32 * i));
    halves[i].inheritable = static_cast<std::uint32_t>(wanted.inheritable >> (32 * i));
  }
  return ::syscall(SYS_capset, &header, halves.data()) == 0;
}

bool raise_capture_capability() {
  Capabilities now = capabilities();
  if ((now.permitted & kNetRaw) == 0) return false;
  now.effective |= kNetRaw;
  return set_capabilities(now);
}

std::string missing_capture_permission() {
  const std::string docker = "in Docker `--cap-add NET_RAW`; in Kubernetes `securityContext.capabilities.add: [NET_RAW]`";
  if (::prctl(PR_CAPBSET_READ, CAP_NET_RAW) == 0) {
    return "the capability CAP_NET_RAW is missing, and nobody in this container may have it; give it to the container: " + docker;
  }
  return "the capability CAP_NET_RAW is missing; run it with `sudo`, or give it to the program once: "
         "`sudo setcap cap_net_raw=p $(command -v testigo)`; " +
         docker;
}

}  // namespace testigo::capture
