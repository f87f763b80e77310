#include "run/privileges.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/environment_error.h"
#include "capture/capture_permission.h"

namespace testigo::run {
namespace {

constexpr unsigned kNobody = 65534;
constexpr int kCapabilitiesMax = 64;
constexpr uid_t kSame = static_cast<uid_t>(-1);

[[noreturn]] void refused(const char* what) {
  throw EnvironmentError(fmt::format("the system does not let this program give up {}: {}", what, std::strerror(errno)));
}

std::optional<unsigned> number_in_environment(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  unsigned number = 0;
  const char* end = text + std::strlen(text);
  const auto [at, error] = std::from_chars(text, end, number);
  if (error != std::errc() || at != end || number == 0) return std::nullopt;
  return number;
}

// Effective ids only: root can still take them back. False where this root may not.
bool try_on(const Identity& identity) {
  const gid_t group = identity.group;
  return ::setgroups(1, &group) == 0 && ::setresgid(kSame, group, kSame) == 0 && ::setresuid(kSame, identity.user, kSame) == 0;
}

void take_off() {
  const gid_t group = 0;
  if (::setresuid(kSame, 0, kSame) != 0 || ::setresgid(kSame, 0, kSame) != 0) refused("an identity that was tried on");
  ::setgroups(1, &group);  // refused where nothing was tried on
}

void become(const Identity& identity) {
  const gid_t group = identity.group;
  const uid_t user = identity.user;
  if (::setgroups(1, &group) != 0 || ::setresgid(group, group, group) != 0 || ::setresuid(user, user, user) != 0) {
    refused("its identity");
  }
}

// By its path, as everything of the run is written.
bool can_write_into(const std::filesystem::path& folder) {
  const std::string probe = folder / ".may-write";
  const int descriptor = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return false;
  ::close(descriptor);
  return ::unlink(probe.c_str()) == 0;
}

// True when we are that one from now on.
bool become_lesser(const Identity& identity, const EvidenceFolder& folder) {
  folder.give_to(identity.user, identity.group);
  const bool writable = try_on(identity) && can_write_into(folder.path());
  take_off();
  if (!writable) {
    folder.give_to(0, 0);
    return false;
  }
  become(identity);
  return true;
}

// What a program may ever get again. Refused where we have no right to: then there is nothing in it that exec could give us, for
// no_new_privs is set.
void clear_bounding_set(std::uint64_t kept) {
  for (int capability = 0; capability < kCapabilitiesMax; ++capability) {
    if ((kept >> capability & 1) == 0) ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
}

void clear_capabilities(std::uint64_t kept) {
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (!capture::set_capabilities({kept, kept, 0})) refused("its capabilities");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) refused("new privileges");
}

}  // namespace

Identity lesser_identity() {
  if (const auto user = number_in_environment("SUDO_UID")) {
    const auto group = number_in_environment("SUDO_GID");
    return {*user, group.value_or(kNobody), fmt::format("user {}", *user)};
  }
  const passwd* nobody = ::getpwnam("nobody");
  return {nobody != nullptr ? nobody->pw_uid : kNobody, nobody != nullptr ? nobody->pw_gid : kNobody, "nobody"};
}

std::string drop_privileges(const EvidenceFolder& folder) {
  const bool root = ::geteuid() == 0;
  const bool some = capture::capabilities().permitted != 0;
  const Identity identity = lesser_identity();
  clear_bounding_set(0);
  const bool lesser = root && become_lesser(identity, folder);
  clear_capabilities(0);
  if (lesser) return fmt::format("listening; no privilege is left: now {}, without capabilities", identity.name);
  if (root) {
    return fmt::format("listening; capabilities are given up, but it stays root: it cannot be {} and write to {}", identity.name,
                       folder.path().string());
  }
  return some ? "listening; no privilege is left: capabilities are given up" : "";
}

void drop_capture_privileges() {
  constexpr std::uint64_t kFiles = std::uint64_t{1} << CAP_DAC_OVERRIDE | std::uint64_t{1} << CAP_DAC_READ_SEARCH;
  const std::uint64_t kept = ::geteuid() == 0 ? capture::capabilities().permitted & kFiles : 0;
  clear_bounding_set(kept);
  clear_capabilities(kept);
}

}  // namespace testigo::run
