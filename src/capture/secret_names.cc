#include "capture/secret_names.h"

#include <algorithm>

namespace testigo::capture {
namespace {

using http2::HeaderField;
using http2::Known;
using http2::Representation;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::uint64_t size_bit(std::string_view name) { return std::uint64_t{1} << std::min<std::size_t>(name.size(), 63); }

// Where a sender is careful with everything, these are marked too.
bool is_plain(std::string_view name) {
  return name.starts_with(':') || name == "te" || name == "content-type" || name == "user-agent" || name.starts_with("grpc-") ||
         name.starts_with("testigo-");
}

}  // namespace

SecretNames::SecretNames(const std::vector<std::string>& more)
    : names_{"authorization", "proxy-authorization", "cookie", "set-cookie"} {
  names_.insert(names_.end(), more.begin(), more.end());
  for (std::string& name : names_) {
    std::ranges::transform(name, name.begin(), lower);
    sizes_ |= size_bit(name);
  }
}

bool SecretNames::contains(std::string_view name) const {
  if ((sizes_ & size_bit(name)) == 0) return false;
  return std::ranges::any_of(names_, [&](const std::string& secret) { return std::ranges::equal(secret, name, {}, {}, lower); });
}

bool SecretNames::is_secret(const HeaderField& field) const {
  if (field.name_known == Known::Unknown || contains(field.name)) return true;
  return field.representation == Representation::NeverIndexed && !is_plain(field.name);
}

}  // namespace testigo::capture
