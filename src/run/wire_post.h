// Where the wire witness of a run stands: between clients and server (the tap), or beside them, listening on the loopback
// interface.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "capture/secret_tally.h"

namespace testigo::run {

enum class WireChoice : std::uint8_t { Auto, Listen, Tap };

class WirePost {
 public:
  virtual ~WirePost() = default;

  // The server is there, nobody has called it yet. Gives the address that the clients are to call.
  virtual std::string begin(const std::string& server) = 0;
  // Clients, and the server where it is ours, have ended: what passed is in the capture. Notes for the reader of the verdict.
  virtual std::vector<std::string> end() = 0;
  // The secrets masked in the capture, after `end`.
  virtual std::vector<capture::MaskedField> masked() const = 0;
  // How many packets it could not witness, after `end`.
  virtual std::uint64_t dropped() const = 0;
  // "tap", "listened on lo"
  virtual std::string name() const = 0;
};

// To be made before the run starts any process: it gives up the privileges that listening needs. `host` is where the tap listens;
// `target` is the server where it runs already, else empty. `Auto` listens where it may and the server is ours, on the loopback,
// else taps: a listener writes the message bodies of all who call the server. `capture` is created; where nothing passed that a
// listener could hear, it is taken away again. Throws EnvironmentError, and UsageError for a target that no listener hears.
std::unique_ptr<WirePost> make_wire_post(WireChoice choice, const std::string& host, const std::string& target,
                                         const std::filesystem::path& capture, const Clock& clock);

}  // namespace testigo::run
