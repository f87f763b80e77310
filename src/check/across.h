// What checks of single connections tell each other: calls that failed and may be sent again, over whatever connection; attempts to
// connect. One for a run; it belongs to the thread of its judge.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "call/event.h"
#include "check/attempt.h"

namespace testigo::check {

struct FailedCall {
  CallName name = 0;
  std::string client;
  std::string path;
  call::Place place;
  Time ended;
  std::optional<Time> deadline;  // by its grpc-timeout
  std::uint64_t request_bytes = 0;
  std::uint64_t attempts_before = 0;  // grpc-previous-rpc-attempts
  std::optional<bool> headers;        // response headers came; nothing: not known
  std::optional<std::string> pushback;
  bool refused = false;
  bool goaway = false;              // it stood above the last stream of one
  std::uint64_t sent_again = 0;     // without the field: so many attempts before it were
  std::optional<Time> first_ended;  // of the first attempt
};

class FailedCalls {
 public:
  explicit FailedCalls(const Limits& limits) : kept_max_(limits.failed_calls_kept) {}

  // Whether names are worth their while: of the first calls of a run they always are, and later when calls have failed.
  bool wanted() { return failed_ || (first_calls_ != 0 && --first_calls_ != 0); }
  void failed() { failed_ = true; }
  // They are not, and not before a call fails.
  bool idle() const { return !failed_ && first_calls_ == 0; }

  // True: no call had this name before. Rather false than true when there were very many.
  bool is_new(CallName name);

  void add(FailedCall call);
  // Of several calls: nothing is told of it any more.
  void note_several(CallName name) { repeated_.set(name % repeated_.size()); }
  // The one with the name that a call goes on with which says that so many attempts were made before: the one that said one less,
  // or was refused, where the client need say nothing. Where it is nobody's the name is that of several calls: from then on nothing
  // is told of it.
  std::optional<FailedCall> take(CallName name, std::uint64_t attempts_before);

 private:
  std::size_t kept_max_;
  std::uint32_t first_calls_ = 1000;
  bool failed_ = false;
  std::deque<FailedCall> calls_;
  std::bitset<std::size_t{1} << 16> seen_, repeated_;
};

// Attempts to connect of one client to one server that failed, one after the other.
class Dials {
 public:
  explicit Dials(const Limits& limits) : kept_max_(limits.dials_kept) {}

  struct Failures {
    std::uint64_t count = 0;  // within the window
    std::uint64_t most = 0;   // that backoff permits
  };
  static constexpr Duration kWindow = std::chrono::seconds(10);

  // What is known now of the failures before: at the first attempt behind the window, and at a success.
  std::optional<Failures> failed(const call::ConnectionView& connection);
  std::optional<Failures> succeeded(const call::ConnectionView& connection);

 private:
  struct Dialled {
    std::optional<Time> first;
    std::uint64_t in_first_backoff = 0;
    std::uint64_t in_window = 0;
    bool told = false;
    bool grpc = false;  // it has spoken HTTP/2
  };
  using Key = std::pair<std::string, tcp::Endpoint>;
  Dialled* find(const call::ConnectionView& connection);
  static std::optional<Failures> tell(Dialled& dialled);

  std::size_t kept_max_;
  std::map<Key, Dialled> dialled_;
};

struct Across {
  explicit Across(const Limits& limits) : failed_calls(limits), dials(limits) {}
  FailedCalls failed_calls;
  Dials dials;
};

}  // namespace testigo::check
