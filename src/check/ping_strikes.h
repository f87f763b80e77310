// How a server counts the PINGs of a client that come too often (gRFC A8, Server Enforcement), with the default settings.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace testigo::check {

class PingStrikes {
 public:
  enum class Answer : std::uint8_t { Permitted, Strike, TooMany };

  // `TooMany` is said once: if the server goes on, it has other settings, and nothing more is foretold.
  Answer ping(Time now, bool calls_open) {
    if (told_ || !last_valid_ || now - *last_valid_ >= (calls_open ? kPermitted : kPermittedWhenIdle)) {
      last_valid_ = now;
      return Answer::Permitted;
    }
    if (++strikes_ <= kStrikesMax) return Answer::Strike;
    told_ = true;
    return Answer::TooMany;
  }
  // The server sends HEADERS or DATA.
  void forgive() {
    strikes_ = 0;
    last_valid_.reset();
  }

 private:
  static constexpr int kStrikesMax = 2;
  static constexpr Duration kPermitted = std::chrono::minutes(5);
  static constexpr Duration kPermittedWhenIdle = std::chrono::hours(2);

  int strikes_ = 0;
  std::optional<Time> last_valid_;
  bool told_ = false;
};

}  // namespace testigo::check
