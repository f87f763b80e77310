// The checks there are: what each expects, how grave a failure is, and the clause it rests on.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "check/tally.h"

namespace testigo::check {

// In the order of the catalogue. The ids are stable and shown to users.
enum class Id : std::uint8_t {
  CN01,
  CN02,
  CN03,
  CN04,
  CN05,
  ST01,
  ST02,
  ST03,
  ST04,
  ST05,
  HD01,
  HD02,
  HD03,
  HD04,
  HD05,
  HD07,
  RQ01,
  RQ04,
  RQ05,
  MG01,
  MG02,
  RS01,
  RS02,
  RS03,
  RS04,
  RS06,
};
constexpr std::size_t kCheckCount = 26;

struct CheckInfo {
  std::string_view id;
  Severity severity;  // of the row; single cases may be graded otherwise
  std::string_view expected;
  std::string_view clause;
};

const CheckInfo& info(Id id);
std::span<const CheckInfo> catalogue();

}  // namespace testigo::check
