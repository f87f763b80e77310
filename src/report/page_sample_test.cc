#include "report/page_sample.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace testigo::report {
namespace {

// Every tenth failed.
std::vector<PageCall> calls(std::size_t count) {
  std::vector<PageCall> made(count);
  for (std::size_t i = 0; i < count; ++i) {
    made[i].start_ns = static_cast<double>(i);
    made[i].client_status = i % 10 == 3 ? 5 : 0;
  }
  return made;
}

std::size_t remarkable(const std::vector<PageCall>& calls) {
  return static_cast<std::size_t>(std::ranges::count_if(calls, is_remarkable));
}

TEST(PageSample, KeepsAllWhereThereIsRoom) {
  auto all = calls(100);
  thin(all, 100);
  EXPECT_EQ(all.size(), 100u);
}

TEST(PageSample, KeepsWhatIsRemarkableFirstAndSpreadsTheRest) {
  auto all = calls(1000);
  thin(all, 200);
  EXPECT_EQ(all.size(), 200u);
  EXPECT_EQ(remarkable(all), 100u);
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &PageCall::start_ns));
  std::size_t late = 0;
  for (const PageCall& call : all) late += call.start_ns >= 500 ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(late), 100, 5);
}

TEST(PageSample, ThinsWhatIsRemarkableWhereThatIsTooMuch) {
  auto all = calls(1000);
  thin(all, 50);
  EXPECT_EQ(all.size(), 50u);
  EXPECT_EQ(remarkable(all), 50u);
  thin(all, 0);
  EXPECT_TRUE(all.empty());
}

TEST(PageSample, OfWhatComesOneByOneItHoldsNoMoreThanTwiceWhatIsKept) {
  constexpr std::size_t kKept = 1000;
  constexpr std::size_t kCome = 1'000'000;
  for (const std::size_t failing : {std::size_t{1}, std::size_t{2}, std::size_t{100'000}}) {
    SCOPED_TRACE(failing);
    PageSample sample(kKept, kCome);
    std::size_t most = 0;
    for (std::size_t i = 0; i < kCome; ++i) {
      PageCall call;
      call.start_ns = static_cast<double>(i);
      call.client_status = i % failing == 0 ? 5 : 0;
      sample.add(call);
      most = std::max(most, sample.size());
    }
    EXPECT_LE(most, 2 * kKept);
    auto kept = sample.take();
    EXPECT_GE(kept.size(), kKept);
    thin(kept, kKept);
    EXPECT_EQ(kept.size(), kKept);
    EXPECT_EQ(remarkable(kept), std::min(kKept, kCome / failing));
    EXPECT_TRUE(std::ranges::is_sorted(kept, {}, &PageCall::start_ns));
    const auto late = std::ranges::count_if(kept, [](const PageCall& call) { return call.start_ns >= 500'000; });
    EXPECT_NEAR(static_cast<double>(late), 500, 50) << "spread evenly";
  }
}

TEST(PageSample, OfWhatComesOneByOneItThinsAsOfAll) {
  auto all = calls(10'000);
  PageSample sample(2000, all.size());
  for (const PageCall& call : all) sample.add(call);
  auto kept = sample.take();
  EXPECT_EQ(remarkable(kept), 1000u) << "none is lost where there is room";
  thin(kept, 2000);
  EXPECT_EQ(kept.size(), 2000u);
  EXPECT_EQ(remarkable(kept), 1000u);
  PageSample none(0, all.size());
  for (const PageCall& call : all) none.add(call);
  EXPECT_LE(none.size(), 2u);
}

TEST(PageSample, SaysWhatIsRemarkable) {
  PageCall call;
  EXPECT_FALSE(is_remarkable(call));
  call.client_status = call.wire_status = 0;
  EXPECT_FALSE(is_remarkable(call));
  call.flags = PageCall::kInfo | PageCall::kInferred | PageCall::kDetailed;
  EXPECT_FALSE(is_remarkable(call));
  for (const std::uint16_t flag :
       {PageCall::kError, PageCall::kWarning, PageCall::kDiffers, PageCall::kWrongReply, PageCall::kBreaksClaim}) {
    call.flags = flag;
    EXPECT_TRUE(is_remarkable(call)) << flag;
  }
  call.flags = 0;
  for (std::uint8_t PageCall::*status : {&PageCall::client_status, &PageCall::wire_status, &PageCall::server_status}) {
    for (const std::uint8_t failed : {std::uint8_t{5}, PageCall::kSawNoEnd}) {
      PageCall other = call;
      other.*status = failed;
      EXPECT_TRUE(is_remarkable(other));
    }
  }
  call.server_status = 0;
  call.ending = static_cast<std::uint8_t>(call::Ending::Trailers);
  EXPECT_FALSE(is_remarkable(call));
  for (const call::Ending ending : {call::Ending::ResetByClient, call::Ending::Refused, call::Ending::StillOpen}) {
    call.ending = static_cast<std::uint8_t>(ending);
    EXPECT_TRUE(is_remarkable(call)) << "whatever the status is";
  }
}

}  // namespace
}  // namespace testigo::report
