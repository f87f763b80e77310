#include "verdict/claim_draft.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace testigo::verdict {
namespace {

constexpr std::array<std::string_view, 8> kSentences{
    "the server was up and answered",
    "every call of every client got a reply with status OK",
    "each reply names the client and the call that asked; no answer went to another client or connection",
    "the server handled exactly the calls that reached it: none lost, none twice",
    "clients called periodically: 99 % of starts within max(20 % of the period, 20 ms) of their place, mean rate within 5 % "
    "(--tolerance)",
    "the calls travelled over HTTP/2: preface, SETTINGS both ways and acknowledged, HEADERS, DATA, trailers (and ALPN under TLS)",
    "they are gRPC by the specification: no check failed at error severity (the report lists the checks it rests on)",
    "the witnesses agree on every call",
};

}  // namespace

std::string_view claim_sentence(int number) { return kSentences.at(static_cast<std::size_t>(number) - 1); }

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
