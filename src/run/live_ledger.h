// The ledger of a run that goes on: what an EvidenceFollower tells, written in batches, for whoever asks it meanwhile. It is not
// whole and says so; when the run is over the whole one takes its place (see EvidenceIndex).
//
// Nothing here throws, nor waits for anybody. What cannot be written is kept and tried again, up to Limits::ledger_queue_rows_max
// rows; beyond it the rest is left to the whole ledger. Trouble is said once, and once that it is over.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "ledger/writer.h"
#include "run/evidence_folder.h"
#include "run/evidence_follower.h"

namespace testigo::run {

class LiveLedger final : public EvidenceHearer {
 public:
  using Say = std::function<void(const std::string& line)>;
  // Hears of trouble, a line without its end, on the thread that follows or closes.
  LiveLedger(EvidenceFolder folder, const Clock& clock, Say say, const Limits& limits = {});
  LiveLedger(const LiveLedger&) = delete;
  LiveLedger& operator=(const LiveLedger&) = delete;
  ~LiveLedger() override;

  void on_capture(const std::filesystem::path& /*oldest*/) override {}
  void on_statement(const HeardStatement& heard) override;
  void on_call(const call::CallClosed& closed, const verdict::WireStream* stream) override;
  void on_opening(const call::ConnectionView& /*connection*/) override {}
  void on_connection_closed(const call::ConnectionClosed& closed) override;
  void on_finding(const check::Finding& finding) override;
  void on_look(Duration now, bool caught_up) override;
  void on_end() override {}

  // The run is over: writes what is left, if that can be done at once, and lets go of the file, or removes it where the disk has no
  // room for another; any thread. What is heard behind it is passed over.
  void close();
  // The whole ledger has taken its place.
  void replaced();

 private:
  struct Said {
    ledger::StatementPlace place;
    std::optional<statement::Start> by;  // of its witness's first line
    std::string file;
    statement::Statement statement;
  };
  struct OnWire {
    call::Call call;
    std::optional<verdict::WireStream> stream;  // without its call
  };
  struct Closed {
    call::ConnectionView view;
    Time ended;
    std::optional<tcp::ConnectionClosing> closing;
    bool goaway = false;
    std::uint64_t calls_open = 0;
  };
  // What was heard and is not written.
  struct Rows {
    std::vector<Said> statements;
    std::vector<OnWire> calls;
    std::vector<Closed> connections;
    std::vector<check::Finding> findings;
    std::size_t size() const { return statements.size() + calls.size() + connections.size() + findings.size(); }
    void clear();
  };
  enum class State : std::uint8_t {
    Written,
    Behind,  // it could not be written; that was said
    Left,    // to the whole ledger
    Over,
  };

  bool hears() const { return state_ != State::Left && state_ != State::Over; }
  void taken();
  void write();
  void write_rows();
  void make_file();
  void need_room() const;
  void make_room();
  void leave();

  EvidenceFolder folder_;
  const Clock& clock_;
  Say say_;
  Limits limits_;
  std::size_t batch_;  // rows

  std::mutex mutex_;  // of all that follows
  State state_ = State::Written;
  bool said_ = false;  // that it is behind, and not yet that it is not
  Rows rows_;
  std::unique_ptr<ledger::Writer> writer_;
  std::optional<std::pair<std::uint64_t, std::uint64_t>> file_;  // device and number of the one that we made
  std::optional<Time> began_;
  Duration looked_{};
  std::optional<Duration> tried_;
};

}  // namespace testigo::run
