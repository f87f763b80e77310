// Evidence that is still being collected: follows its capture and its statements, and tells whoever wants to hear of it.
//
//   wire.pcapng ──▶ the model, the checks ──┐
//   statements/*.jsonl ─────────────────────┴─▶ hearers: the page, the ledger
//
// It reads files only, so that it is no matter who writes them: this process, or another in another container.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "call/event.h"
#include "check/tally.h"
#include "run/evidence_folder.h"
#include "run/statement_follower.h"
#include "verdict/wire_testimony.h"

namespace testigo::run {

// Hears on the thread that follows. What is passed is borrowed for the call.
class EvidenceHearer {
 public:
  virtual ~EvidenceHearer() = default;

  // There is a wire witness; `oldest` is the first file of its capture.
  virtual void on_capture(const std::filesystem::path& oldest) = 0;
  virtual void on_statement(const HeardStatement& heard) = 0;
  // `stream` is what is testified of it, null where it has no id.
  virtual void on_call(const call::CallClosed& closed, const verdict::WireStream* stream) = 0;
  // It is known now what the connection speaks, or that it never will be.
  virtual void on_opening(const call::ConnectionView& connection) = 0;
  virtual void on_connection_closed(const call::ConnectionClosed& closed) = 0;
  virtual void on_finding(const check::Finding& finding) = 0;
  // So many statement files are not followed, for there are too many: whoever judges hears them.
  virtual void on_passed_over(std::size_t /*files*/) {}
  // Often, a few times a blink: what has come by `now`, of a monotonic clock, was told. `caught_up`: there is nothing more for now.
  virtual void on_look(Duration now, bool caught_up) = 0;
  // Nothing more comes.
  virtual void on_end() = 0;
};

class EvidenceFollower {
 public:
  // `clock` and the hearers must outlive it.
  EvidenceFollower(EvidenceFolder folder, const Clock& clock, std::vector<EvidenceHearer*> hearers);

  // On a thread of its own: until `over` says that the run is, and what it left has been read. Throws EnvironmentError where there
  // is a capture that cannot be read.
  void follow(const std::function<bool()>& over);
  // It ends soon, whatever is left to read; any thread.
  void stop() { stopped_ = true; }

 private:
  bool look(const std::function<bool()>& over, bool caught_up);
  void follow_wire(const std::function<bool()>& over);
  void heard(const HeardStatement& heard);
  void tell_passed_over();

  EvidenceFolder folder_;
  const Clock& clock_;
  std::vector<EvidenceHearer*> hearers_;
  std::atomic<bool> stopped_ = false;

  StatementFollower statements_;
  std::size_t passed_over_ = 0;  // as it was told last
  bool knows_clients_ = false;
  bool told_ = false;                    // something, since the last look
  std::optional<Duration> quiet_since_;  // nothing came although the run is over
  std::optional<Duration> rest_since_;   // the run is over, and what it left has been read once
};

// The same on a thread of its own.
class Following {
 public:
  enum class Haste : std::uint8_t {
    Prompt,   // somebody looks at it
    Yielding  // who is followed goes first, where processors are scarce
  };
  Following(const EvidenceFolder& folder, const Clock& clock, std::vector<EvidenceHearer*> hearers, Haste haste = Haste::Prompt);
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;
  ~Following();  // it stops, whatever is left to read

  // The run is over: whether what it left has been read; and waits until it has.
  bool rest_is_read();
  void wait_for_the_rest();

 private:
  void follow(Haste haste);

  EvidenceFollower follower_;
  std::atomic<bool> over_ = false, done_ = false;
  std::thread thread_;
};

}  // namespace testigo::run
