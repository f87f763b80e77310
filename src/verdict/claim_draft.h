// A claim while evidence for and against it is gathered. Private to this room.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "verdict/claim.h"

namespace testigo::verdict {

class ClaimDraft {
 public:
  // `make` gives the exhibit; it is asked for the first kExhibitsKept only, for there may be a million.
  template <typename Make>
  void broken(Make make) {
    if (++broken_ <= kExhibitsKept) against_.push_back(make());
  }

  // The claim cannot be proven, and why. The same reason counts once.
  void doubt(std::string reason);
  // The same, for a call that shows it.
  template <typename Make>
  void doubt(std::string reason, Make make) {
    doubt(std::move(reason));
    if (++doubtful_ <= kExhibitsKept) doubtful_calls_.push_back(make());
  }

  // An example of what proves the claim; the first few are kept.
  template <typename Make>
  void support(Make make) {
    if (++supported_ <= kSupportsKept) supports_.push_back(make());
  }

  std::uint64_t times_broken() const { return broken_; }
  const Exhibit& first_against() const { return against_.front(); }
  bool in_doubt() const { return !doubts_.empty(); }

  // `proven`: what the outcome rests on when nothing speaks against it. `many`: what the exhibits are, when there are several
  // ("calls did not end with OK").
  Claim finish(int number, std::string proven, std::string_view many) &&;

 private:
  static constexpr std::size_t kSupportsKept = 3;
  static constexpr std::size_t kDoubtsKept = 8;

  std::vector<Exhibit> against_;
  std::vector<Exhibit> doubtful_calls_;
  std::vector<Exhibit> supports_;
  std::vector<std::string> doubts_;
  std::uint64_t broken_ = 0;
  std::uint64_t doubtful_ = 0;
  std::uint64_t supported_ = 0;
};

// The eight of them.
class Claims {
 public:
  ClaimDraft& operator[](int number) { return drafts_.at(static_cast<std::size_t>(number) - 1); }

 private:
  std::array<ClaimDraft, 8> drafts_;
};

}  // namespace testigo::verdict
