#include "capture/secret_tally.h"

#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/bytes.h"
#include "base/limits.h"

namespace testigo::capture {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kMacBytes = 32;
constexpr std::size_t kShownBytes = 8;
constexpr std::string_view kUnknownName = "unknown";
constexpr std::string_view kFurtherNames = "other names";

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL gives no HMAC");
}

}  // namespace

// HMAC-SHA-256 under a key that only OpenSSL holds.
struct SecretTally::Mac {
  Mac() {
    std::array<unsigned char, kKeyBytes> key{};
    EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    char digest[] = "SHA256";
    const std::array<OSSL_PARAM, 2> parameters{OSSL_PARAM_construct_utf8_string("digest", digest, 0), OSSL_PARAM_construct_end()};
    context = EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac);
    const bool made = context != nullptr && RAND_bytes(key.data(), key.size()) == 1 &&
                      EVP_MAC_init(context, key.data(), key.size(), parameters.data()) == 1;
    OPENSSL_cleanse(key.data(), key.size());
    require(made);
  }
  ~Mac() { EVP_MAC_CTX_free(context); }
  Mac(const Mac&) = delete;
  Mac& operator=(const Mac&) = delete;

  std::string of(std::string_view value) {
    std::array<unsigned char, kMacBytes> mac{};
    std::size_t size = 0;
    require(EVP_MAC_init(context, nullptr, 0, nullptr) == 1 &&
            EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(value.data()), value.size()) == 1 &&
            EVP_MAC_final(context, mac.data(), &size, mac.size()) == 1);
    return to_hex(std::as_bytes(std::span(mac)).first(kShownBytes));
  }

  EVP_MAC_CTX* context = nullptr;
};

SecretTally::SecretTally(const Limits& limits) : distinct_max_(limits.masked_values_max) {}
SecretTally::~SecretTally() = default;

void SecretTally::add(std::string_view name, std::string_view value) {
  MaskedField& masked = field(name);
  ++masked.times;
  // The same value comes again and again, and its HMAC takes a microsecond.
  const std::pair known(&masked, std::hash<std::string_view>{}(value));
  if (known_.contains(known)) return;
  if (known_.size() == distinct_max_) {
    masked.more_values = true;
    return;
  }
  known_.insert(known);
  if (!mac_) mac_ = std::make_unique<Mac>();
  masked.values.push_back(mac_->of(value));
}

void SecretTally::add_reference(std::string_view name) { ++field(name).times; }

std::vector<MaskedField> SecretTally::fields() const {
  std::vector<MaskedField> fields;
  fields.reserve(fields_.size());
  for (const auto& [name, masked] : fields_) fields.push_back(masked);
  return fields;
}

MaskedField& SecretTally::field(std::string_view name) {
  if (name.empty()) name = kUnknownName;
  auto at = fields_.find(name);
  if (at == fields_.end() && fields_.size() >= distinct_max_) at = fields_.find(name = kFurtherNames);
  if (at == fields_.end()) at = fields_.emplace(std::string(name), MaskedField{std::string(name), 0, {}, false}).first;
  return at->second;
}

}  // namespace testigo::capture
