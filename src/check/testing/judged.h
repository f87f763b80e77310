// What the checks say of a conversation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "call/testing/conversation.h"
#include "check/judge.h"

namespace testigo::check::testing {

inline Tally tally(const call::testing::Conversation& conversation, const Limits& limits = {}, std::uint64_t seed = 0) {
  Judge judge(limits);
  conversation.play(judge, limits, seed);
  return judge.tally();
}

// "RS06 error", in order.
inline std::vector<std::string> findings(const call::testing::Conversation& conversation, const Limits& limits = {},
                                         std::uint64_t seed = 0) {
  std::vector<std::string> told;
  for (const Finding& finding : tally(conversation, limits, seed).findings) {
    told.push_back(std::string(finding.check) + " " + std::string(severity_name(finding.severity)));
  }
  return told;
}

// "pass", "fail", "not-observed" or "not-judgeable".
inline std::string_view outcome(const call::testing::Conversation& conversation, std::string_view id, const Limits& limits = {}) {
  return outcome_name(tally(conversation, limits).counts.at(id).outcome());
}

// Without remarks.
inline std::vector<std::string> graver(std::vector<std::string> told) {
  std::erase_if(told, [](const std::string& finding) { return finding.ends_with(" info"); });
  return told;
}

// Those of the rows whose ids begin so: where rows of another group have a word on the same traffic.
inline std::vector<std::string> of(std::string_view group, std::vector<std::string> told) {
  std::erase_if(told, [&](const std::string& finding) { return !finding.starts_with(group); });
  return told;
}

// The check fails with this and nothing else does.
inline std::vector<std::string> only(std::string finding) { return {std::move(finding)}; }
inline std::vector<std::string> nothing() { return {}; }

}  // namespace testigo::check::testing
