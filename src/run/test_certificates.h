// A certificate authority and a server certificate of one run, for `verify --tls`: for localhost, 127.0.0.1 and ::1, valid for a
// day.
#pragma once

#include <filesystem>

namespace testigo::run {

// A private folder that goes when the object goes; the keys are no evidence.
class TestCertificates {
 public:
  // Throws EnvironmentError.
  TestCertificates();
  ~TestCertificates();
  TestCertificates(const TestCertificates&) = delete;
  TestCertificates& operator=(const TestCertificates&) = delete;

  std::filesystem::path authority() const { return folder_ / "ca.pem"; }
  std::filesystem::path certificate() const { return folder_ / "server.pem"; }
  std::filesystem::path key() const { return folder_ / "server.key"; }

 private:
  std::filesystem::path folder_;
};

}  // namespace testigo::run
