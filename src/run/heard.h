// What is heard of some connections of a run, kept to be told elsewhere: up to the checks of a connection each one stands alone,
// and from there on all meet (see Audience).
//
//   a worker ── events, findings ──▶ Heard ── tell ──▶ Meeting
//
// What is told was copied when it was heard. The room is used again for what is heard later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "call/event.h"
#include "check/attempt.h"
#include "check/judge.h"
#include "run/call_lines.h"
#include "wire/tls/handshake.h"

namespace testigo::run {

// Where connections meet: who hears of them, of what was found on them, and who prints calls.
struct Meeting {
  call::Sink& events;
  check::Judge& across;  // one of `events`
  CallLines& lines;
};

// One thread at a time.
class Heard final : public call::Sink, public check::AttemptSink {
 public:
  // Calls are put into words by `text`, unless it is null: nobody prints them. It must outlive this.
  explicit Heard(CallText* text) : text_(text) {}

  // What is heard from here on has this place in the order of the run; it never falls.
  void at(std::uint64_t turn) { turn_ = turn; }

  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = false, .side_ends = false, .calls = true};
  }
  void on_connection(const call::ConnectionView& connection) override;
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override;
  void on_tls(const call::TlsSeen& seen) override;
  void on_call(const call::CallClosed& closed) override;
  void on_withdrawn(const call::ConnectionView& connection) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;
  bool wants_attempts() const override { return true; }  // whether calls fail that others follow is known where all meet
  void on_attempt(call::ConnectionNumber connection, const check::Attempt& attempt) override;
  void on_finding(const check::Finding& finding);
  void on_counted(const check::Judge::Counted& counted);

  // Tells what several heard, in the order of the run: of each turn one has heard all.
  static void tell(std::span<Heard* const> all, const Meeting& meeting);
  void clear();

 private:
  enum class Kind : std::uint8_t { Connection, Opening, Tls, Attempt, Call, Withdrawn, Closed, Finding, Counted };
  struct Event {
    std::uint64_t turn = 0;
    Kind kind{};
    std::size_t at = 0;  // in what is kept of its kind
  };

  // Those that were used before keep the room of their texts.
  template <typename Kept>
  class Room {
   public:
    Kept& next() {
      if (used_ == all_.size()) all_.emplace_back();
      return all_[used_++];
    }
    std::size_t size() const { return used_; }
    const Kept& operator[](std::size_t at) const { return all_[at]; }
    void clear() {
      if (all_.size() > kKept) all_ = {};  // a flood is over
      used_ = 0;
    }

   private:
    static constexpr std::size_t kKept = 512;
    std::vector<Kept> all_;
    std::size_t used_ = 0;
  };

  // A connection as it was; `seen` is what its `tls` points to.
  struct View {
    call::ConnectionView view;
    std::optional<tls::Seen> seen;
    void take(const call::ConnectionView& connection);
    // Borrows.
    call::ConnectionView get() const;
  };
  struct Opening {
    View connection;
    call::Spot spot;
    http2::Opening opening{};
  };
  struct Tls {
    View connection;
    call::Spot spot;
    tls::Step step{};
  };
  struct Call {
    call::ConnectionView connection;
    call::Call call;
    std::string line;
  };
  struct Closed {
    View connection;
    Time ended;
    std::optional<tcp::ConnectionClosing> closing;
    bool goaway = false;
    std::uint64_t calls_open = 0;
    bool turned = false;
  };

  void note(Kind kind, std::size_t at) { events_.push_back({turn_, kind, at}); }
  void tell(const Event& event, const Meeting& meeting) const;

  static constexpr std::size_t kOctetsOfCallsMax = std::size_t{1} << 20;  // beyond it their room is not used again

  CallText* text_;
  std::uint64_t turn_ = 0;
  std::vector<Event> events_;
  std::size_t told_ = 0;  // of them
  Room<View> connections_;
  Room<Opening> openings_;
  Room<Tls> tls_;
  Room<check::Attempt> attempts_;
  Room<Call> calls_;
  std::size_t octets_of_calls_ = 0;  // of their texts
  Room<View> withdrawn_;
  Room<Closed> closed_;
  Room<check::Finding> findings_;
  Room<check::Judge::Counted> counted_;
};

}  // namespace testigo::run
