#include "verdict/claim_draft.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "verdict/claim_catalogue.h"

namespace testigo::verdict {

void ClaimDraft::doubt(std::string reason) {
  if (doubts_.size() >= kDoubtsKept || std::ranges::find(doubts_, reason) != doubts_.end()) return;
  doubts_.push_back(std::move(reason));
}

Claim ClaimDraft::finish(int number, std::string proven, std::string_view many) && {
  Claim claim;
  claim.number = number;
  claim.sentence = claim_sentence(number);
  if (broken_ > 0) {
    claim.outcome = Outcome::Broken;
    claim.because =
        broken_ == 1 ? against_.front().text : fmt::format("{} {}; the first: {}", broken_, many, against_.front().text);
    claim.exhibits = std::move(against_);
    claim.exhibits_total = broken_;
  } else if (in_doubt()) {
    claim.outcome = Outcome::Inconclusive;
    claim.because = fmt::format("{}", fmt::join(doubts_, "; "));
    claim.exhibits = std::move(doubtful_calls_);
    claim.exhibits_total = doubtful_;
  } else {
    claim.outcome = Outcome::Proven;
    claim.because = std::move(proven);
    claim.exhibits = std::move(supports_);
    claim.exhibits_total = supported_;
  }
  return claim;
}

}  // namespace testigo::verdict
