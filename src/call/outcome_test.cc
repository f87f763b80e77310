#include "call/outcome.h"

#include <gtest/gtest.h>

namespace testigo::call {
namespace {

TEST(Outcome, NamesEndingsWithoutAStatus) {
  Call call;
  call.ending = Ending::ResetByClient;
  call.error_code = http2::kCancel;
  EXPECT_EQ(outcome_text(call), "reset by client (CANCEL)");
  call.ending = Ending::ConnectionLost;
  EXPECT_EQ(outcome_text(call), "connection lost");
  call.ending = Ending::WithoutStatus;
  call.http_status = 404;
  EXPECT_EQ(outcome_text(call), "HTTP 404");
  call.ending = Ending::Trailers;
  call.http_status = 200;
  EXPECT_EQ(outcome_text(call), "no status");
  call.response.behind_gap = true;  // its entry may not have been seen
  EXPECT_EQ(outcome_text(call), "unknown status");
  call.status = 0;
  EXPECT_EQ(outcome_text(call), "OK");
}

}  // namespace
}  // namespace testigo::call
