#include "run/test_certificates.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/environment_error.h"

namespace testigo::run {
namespace {

constexpr long kDaySeconds = 24L * 3600;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* memory) const { BIO_free(memory); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

void check(bool ok) {
  if (!ok) throw EnvironmentError("OpenSSL could not make the certificates of this run");
}

void extend(X509* certificate, X509* issuer, int extension, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> made(X509V3_EXT_conf_nid(nullptr, &context, extension, value));
  check(made != nullptr && X509_add_ext(certificate, made.get(), -1) == 1);
}

// Signed by `issuer`, or by itself when that is null.
Certificate make(EVP_PKEY* key, const char* name, X509* issuer, EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  check(certificate != nullptr);
  X509* raw = certificate.get();
  std::uint64_t serial = 0;
  check(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  X509_set_version(raw, 2);  // X.509 v3
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(raw), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(raw), -3600);
  X509_gmtime_adj(X509_getm_notAfter(raw), kDaySeconds);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name), -1, -1,
                             0);
  X509_set_issuer_name(raw, X509_get_subject_name(issuer != nullptr ? issuer : raw));
  X509_set_pubkey(raw, key);
  if (issuer == nullptr) {
    extend(raw, raw, NID_basic_constraints, "critical,CA:TRUE");
    extend(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    extend(raw, issuer, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    extend(raw, issuer, NID_ext_key_usage, "serverAuth");
  }
  check(X509_sign(raw, issuer_key, EVP_sha256()) > 0);
  return certificate;
}

template <typename Write>
std::string pem(Write write) {
  const std::unique_ptr<BIO, Free> memory(BIO_new(BIO_s_mem()));
  check(memory != nullptr && write(memory.get()) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

constexpr int kAboveStandardStreams = 10;  // a child puts its own there

}  // namespace

TestCertificates::MemoryFile::MemoryFile(std::string_view content) {
  const int made = ::memfd_create("testigo", MFD_CLOEXEC);
  const bool whole = made >= 0 && ::write(made, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  if (whole) descriptor_ = ::fcntl(made, F_DUPFD_CLOEXEC, kAboveStandardStreams);
  const int reason = errno;
  if (made >= 0) ::close(made);
  if (descriptor_ < 0)
    throw EnvironmentError(std::string("cannot keep the certificates of this run in memory: ") + std::strerror(reason));
}

void TestCertificates::MemoryFile::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

std::vector<int> TestCertificates::descriptors() const {
  std::vector<int> open;
  for (const MemoryFile* file : {&authority_, &certificate_, &key_}) {
    if (file->descriptor() >= 0) open.push_back(file->descriptor());
  }
  return open;
}

TestCertificates::Texts TestCertificates::make_texts() {
  const Key authority_key(EVP_EC_gen("P-256"));
  const Key server_key(EVP_EC_gen("P-256"));
  check(authority_key != nullptr && server_key != nullptr);
  const Certificate authority_certificate =
      make(authority_key.get(), "Testigo, authority of one run", nullptr, authority_key.get());
  const Certificate server = make(server_key.get(), "localhost", authority_certificate.get(), authority_key.get());
  return {pem_of(authority_certificate.get()), pem_of(server.get()),
          pem([&](BIO* out) { return PEM_write_bio_PrivateKey(out, server_key.get(), nullptr, nullptr, 0, nullptr, nullptr); })};
}

TestCertificates::TestCertificates() : TestCertificates(make_texts()) {}

TestCertificates::TestCertificates(const Texts& texts)
    : authority_(texts.authority), certificate_(texts.certificate), key_(texts.key) {}

}  // namespace testigo::run
