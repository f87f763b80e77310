#include "report/finding_share.h"

#include <gtest/gtest.h>

namespace testigo::report {
namespace {

using check::Severity;

// How many of so many that come one by one.
std::size_t taken(FindingShare& share, std::string_view check, Severity severity, std::size_t come) {
  std::size_t taken = 0;
  for (std::size_t i = 0; i < come; ++i) taken += share.takes(check, severity) ? 1 : 0;
  return taken;
}

TEST(FindingShare, TakesAllWhereThereIsRoom) {
  FindingShare share(5000);
  EXPECT_EQ(taken(share, "RQ04", Severity::Warning, 5000), 5000u);
  EXPECT_EQ(taken(share, "RQ04", Severity::Warning, 1), 0u);
}

TEST(FindingShare, OfEachCheckAndGradeTheFirstAreThereHoweverLate) {
  FindingShare share(5000);
  EXPECT_EQ(taken(share, "RQ04", Severity::Warning, 5100), 5000u);
  EXPECT_EQ(taken(share, "RQ04", Severity::Error, 1), 1u) << "of the same check";
  EXPECT_EQ(taken(share, "RS01", Severity::Error, 200), FindingShare::kOfEachMax);
  EXPECT_EQ(taken(share, "RS01", Severity::Info, 3), 3u);
}

TEST(FindingShare, OfAFewOneOfEach) {
  FindingShare share(1);
  EXPECT_EQ(taken(share, "RQ04", Severity::Warning, 10), 1u);
  EXPECT_EQ(taken(share, "RS01", Severity::Error, 10), 1u);
  FindingShare none(0);
  EXPECT_EQ(taken(none, "RQ04", Severity::Error, 10), 0u);
}

}  // namespace
}  // namespace testigo::report
