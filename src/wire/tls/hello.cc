#include "wire/tls/hello.h"

#include <algorithm>
#include <string_view>

namespace testigo::tls {
namespace {

enum class Extension : std::uint16_t { ServerName = 0, Alpn = 16, SupportedVersions = 43 };

// Takes values off the front; what is not there makes it bad for good, and empty.
class Cursor {
 public:
  explicit Cursor(Bytes octets) : rest_(octets) {}

  bool bad() const { return bad_; }
  bool empty() const { return rest_.empty(); }
  bool done() const { return !bad_ && rest_.empty(); }

  std::uint16_t number(std::size_t size) {
    const Bytes octets = take(size);
    return octets.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(load_number(octets.data(), size));
  }
  // What a length of so many octets stands before.
  Bytes vector(std::size_t length_size) { return take(number(length_size)); }
  Bytes take(std::size_t size) {
    if (size > rest_.size()) bad_ = true;
    const Bytes taken = rest_.first(bad_ ? 0 : size);
    rest_ = bad_ ? Bytes() : Bytes(rest_.subspan(size));
    return taken;
  }

 private:
  Bytes rest_;
  bool bad_ = false;
};

// Those beyond `most` are passed over.
bool read_numbers(Bytes octets, std::vector<std::uint16_t>& out, std::size_t most) {
  out.clear();
  Cursor list(octets);
  while (!list.empty()) {
    const std::uint16_t number = list.number(2);
    if (!list.bad() && out.size() < most) out.push_back(number);
  }
  return !list.bad();
}

bool read_versions(Bytes extension, ClientHello& hello, const Limits& limits) {
  Cursor outer(extension);
  return read_numbers(outer.vector(1), hello.versions, limits.tls_offers_kept) && outer.done();
}

bool read_protocols(Bytes extension, std::vector<std::string>& out, std::size_t most) {
  Cursor outer(extension);
  Cursor names(outer.vector(2));
  while (!names.empty()) {
    const Bytes name = names.vector(1);
    if (!names.bad() && out.size() < most) out.emplace_back(as_text(name));
  }
  return outer.done() && !names.bad();
}

// The first name of the one type there is (host_name).
bool read_server_name(Bytes extension, ClientHello& hello, const Limits& limits) {
  Cursor outer(extension);
  Cursor names(outer.vector(2));
  while (!names.empty()) {
    const std::uint16_t type = names.number(1);
    const std::string_view name = as_text(names.vector(2));
    if (type == 0 && !names.bad() && !hello.server_name) hello.server_name = name.substr(0, limits.text_bytes_kept);
  }
  return outer.done() && !names.bad();
}

// Hands each extension to `read`, which returns false for one that is malformed. There may be none at all.
template <typename Read>
bool read_extensions(Cursor& body, Read read) {
  if (body.empty()) return !body.bad();
  Cursor all(body.vector(2));
  while (!all.empty()) {
    const auto type = static_cast<Extension>(all.number(2));
    const Bytes extension = all.vector(2);
    if (all.bad() || !read(type, extension)) return false;
  }
  return body.done() && !all.bad();
}

bool read_client_extension(Extension type, Bytes extension, ClientHello& hello, const Limits& limits) {
  switch (type) {
    case Extension::ServerName:
      return read_server_name(extension, hello, limits);
    case Extension::Alpn:
      hello.protocols.clear();
      return read_protocols(extension, hello.protocols, limits.tls_offers_kept);
    case Extension::SupportedVersions:
      return read_versions(extension, hello, limits);
  }
  return true;
}

bool read_server_extension(Extension type, Bytes extension, ServerHello& hello) {
  if (type == Extension::SupportedVersions) {
    Cursor cursor(extension);
    hello.version = cursor.number(2);
    return cursor.done();
  }
  if (type != Extension::Alpn) return true;
  std::vector<std::string> chosen;
  if (!read_protocols(extension, chosen, 2) || chosen.size() != 1) return false;
  hello.protocol = std::move(chosen.front());
  return true;
}

constexpr std::size_t kRandomBytes = 32;
// RFC 8446 section 4.1.3: the SHA-256 of "HelloRetryRequest".
constexpr std::string_view kRetryRandom =
    "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33"
    "\x9c";
static_assert(kRetryRandom.size() == kRandomBytes);

}  // namespace

bool ClientHello::offers(std::string_view protocol) const { return std::ranges::find(protocols, protocol) != protocols.end(); }

std::optional<ClientHello> read_client_hello(Bytes body, const Limits& limits) {
  ClientHello hello;
  Cursor cursor(body);
  hello.versions = {cursor.number(2)};
  cursor.take(kRandomBytes);
  cursor.vector(1);  // the session's id
  const bool suites = read_numbers(cursor.vector(2), hello.suites, limits.tls_offers_kept);
  cursor.vector(1);  // compression methods
  const bool extensions =
      read_extensions(cursor, [&](Extension type, Bytes each) { return read_client_extension(type, each, hello, limits); });
  if (cursor.bad() || !suites || !extensions) return std::nullopt;
  return hello;
}

std::optional<ServerHello> read_server_hello(Bytes body) {
  ServerHello hello;
  Cursor cursor(body);
  hello.version = cursor.number(2);
  hello.retry = as_text(cursor.take(kRandomBytes)) == kRetryRandom;
  cursor.vector(1);  // the session's id
  hello.suite = cursor.number(2);
  cursor.number(1);  // the compression method
  const bool extensions =
      read_extensions(cursor, [&](Extension type, Bytes each) { return read_server_extension(type, each, hello); });
  if (cursor.bad() || !extensions) return std::nullopt;
  return hello;
}

}  // namespace testigo::tls
