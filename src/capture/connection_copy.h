// Copies chosen connections of captures to a new capture, whole: HPACK needs all that came before. Secrets are masked as in
// everything that Testigo writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "capture/capture_file.h"
#include "capture/secret_tally.h"
#include "wire/tcp/connection_sink.h"

namespace testigo::capture {

struct CopyOptions {
  std::filesystem::path file;
  std::vector<bool> keep;  // by the number of the connection, as `CaptureFiles::read` gives it
  bool payloads = false;   // message bodies are copied
  std::vector<std::string> secrets;
  bool reconstructed = false;  // the captures are, by a tap
};

struct Copied {
  std::uint64_t packets = 0;
  std::uint64_t undecoded = 0;  // of them, that had to go out before what they carry was decoded
  std::vector<MaskedField> masked;
  std::optional<std::string> error;  // why not all was written
};

// The file takes the place of what has its name when it is whole; where it does not become so, what is there stays. Throws
// EnvironmentError when the file cannot be made, and UsageError when packets of two link types would come into it.
Copied copy_connections(const CaptureFiles& files, const CopyOptions& options, const CaptureFiles::Progress& progress = {});

}  // namespace testigo::capture
