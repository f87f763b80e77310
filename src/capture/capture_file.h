// Reads a capture that Testigo wrote (wire.pcapng) and reports its connections to a sink. Untrusted input.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/limits.h"
#include "wire/tcp/connection_sink.h"

namespace testigo::capture {

struct CaptureSummary {
  std::uint64_t packets = 0;
  bool reconstructed = false;  // its header says that a tap wrote it
  bool cut = false;            // it ends inside a block, or without the mark that our writer puts at its end
  std::string trouble;         // what could not be read, inert; empty when all was
  std::optional<Time> first;   // time of the first and last packet
  std::optional<Time> last;
};

// Reads the whole file, calling the sink on this thread; calls on_end last. Throws EnvironmentError when the file cannot be
// opened or is no pcapng; damage inside it ends the reading and is told in the summary.
CaptureSummary read_capture(const std::filesystem::path& file, tcp::ConnectionSink& sink, const Limits& limits = {});

// The same for a file that is in memory.
CaptureSummary read_capture(Bytes octets, tcp::ConnectionSink& sink, const Limits& limits = {});

}  // namespace testigo::capture
