// A certificate authority and a server certificate of one run, for `verify --tls`: for localhost, 127.0.0.1 and ::1, valid for a
// day.
//
// They stand in memory only, in files without a name that child processes may inherit: however the run ends, no key stays behind.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace testigo::run {

class TestCertificates {
 public:
  // Throws EnvironmentError.
  TestCertificates();

  // Paths for a child process that inherits `descriptors`.
  std::filesystem::path authority() const { return authority_.path(); }
  std::filesystem::path certificate() const { return certificate_.path(); }
  std::filesystem::path key() const { return key_.path(); }

  // Of what is not forgotten.
  std::vector<int> descriptors() const;

  // The server has read it: no process that is started later inherits it.
  void forget_key() { key_.close(); }

 private:
  class MemoryFile {
   public:
    explicit MemoryFile(std::string_view content);
    ~MemoryFile() { close(); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
    int descriptor() const { return descriptor_; }  // negative: it is closed
    void close();

   private:
    int descriptor_ = -1;
  };
  struct Texts {
    std::string authority, certificate, key;
  };
  static Texts make_texts();
  explicit TestCertificates(const Texts& texts);

  MemoryFile authority_, certificate_, key_;
};

}  // namespace testigo::run
