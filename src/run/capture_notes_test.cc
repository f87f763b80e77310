#include "run/capture_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/model.h"
#include "capture/link_layer.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

capture::CaptureSummary unseen(std::uint64_t times) {
  capture::CaptureSummary summary;
  for (std::uint64_t i = 0; i < times; ++i) {
    summary.unseen.push_back({Time(std::chrono::seconds(10 * i)), Time(std::chrono::seconds(10 * i + 5))});
  }
  summary.unseen_total = times;
  return summary;
}

TEST(CaptureNotes, OfTimesWhenNobodyListenedTheFirstAreToldAndHowManyMoreThereAre) {
  EXPECT_TRUE(unseen_notes(unseen(0)).empty());
  EXPECT_THAT(unseen_notes(unseen(1)),
              ElementsAre("nobody listened to the wire from 1970-01-01T00:00:00.000000000Z to 1970-01-01T00:00:05.000000000Z"));
  EXPECT_EQ(unseen_notes(unseen(10)).size(), 10u);
  const std::vector<std::string> notes = unseen_notes(unseen(12));
  ASSERT_EQ(notes.size(), 11u);
  EXPECT_EQ(notes.back(), "nobody listened to the wire 2 more times, the last until 1970-01-01T00:01:55.000000000Z");
}

TEST(CaptureNotes, OfCapturesThatDoNotFollowOneAnotherNoTimeIsToldWhenNobodyListened) {
  capture::CaptureSummary summary = unseen(3);
  summary.unseen[1].back = true;
  EXPECT_THAT(unseen_notes(summary), ElementsAre(HasSubstr("a capture that begins at 1970-01-01T00:00:10.000000000Z stands behind "
                                                           "one that ends at 1970-01-01T00:00:15.000000000Z: they overlap")));
}

TEST(CaptureNotes, NameWhatIsNotRead) {
  capture::CaptureSummary summary;
  EXPECT_TRUE(carrier_notes(summary).empty());
  summary.unread_carriers = {{"IPsec ESP (encrypted)", 2, 7}, {"MACsec", 1, 9}};
  EXPECT_THAT(carrier_notes(summary),
              ElementsAre("2 packets of IPsec ESP (encrypted) were not read, packet 7 first: calls in them were not seen",
                          "1 packet of MACsec was not read, packet 9 first: calls in it were not seen"));
}

TEST(CaptureNotes, TellHowManyConnectionsATapDidNotConnect) {
  EXPECT_TRUE(tap_notes({}, 0).empty());
  EXPECT_THAT(tap_notes({.unconnected = 2}, 0),
              ElementsAre("2 connections had not reached the server when the tap ended: nothing was carried of what came on them"));
  EXPECT_THAT(tap_notes({.pauses = 9}, 0), ElementsAre(HasSubstr("no file descriptors for more connections (ulimit -n)")));
  EXPECT_THAT(tap_notes({.refused_here = 1, .refused_because = std::make_error_code(std::errc::too_many_files_open)}, 0),
              ElementsAre("the tap itself refused 1 connection, and the server has no part in it: Too many open files"));
}

TEST(CaptureNotes, NameTheLimitThatOctetsCameTooLateFor) {
  EXPECT_TRUE(held_notes(0).empty());
  EXPECT_THAT(held_notes(1),
              ElementsAre("on 1 connection octets came later than others are held back for (up to 1048576 octets of a "
                          "direction, 67108864 of all): they count as not seen, and no packet need have been lost"));
}

TEST(CaptureNotes, WhatCouldNotBeReadIsTroubleUnlessTheFileIsDamaged) {
  capture::CaptureSummary summary;
  EXPECT_EQ(trouble_of(summary), "");
  summary.unread = 2;
  summary.first_unread = 21;
  summary.first_unread_why = "why";
  EXPECT_EQ(trouble_of(summary), "2 packets could not be read, packet 21 first: why");
  summary.trouble = "damaged";
  EXPECT_EQ(trouble_of(summary), "damaged");
}

TEST(CaptureNotes, WhatCameByAndCouldNotBeReadIsTroubleToo) {
  call::Sink nobody;
  call::Model model(nobody);
  const auto raw = static_cast<std::uint16_t>(capture::LinkType::Raw);
  capture::PacketIntake intake(raw, model, nullptr);
  EXPECT_EQ(trouble_of(intake), "");
  const auto cut = from_hex("45000028 0001 0000 40 06 0000 0a000001 0a000002 c351");
  intake.take({Time(), cut, cut.size()});
  EXPECT_EQ(trouble_of(intake), "1 packet could not be read (parts of IP packets that never became whole, or cut inside a header)");
}

TEST(CaptureNotes, OfACaptureAreAllOfThem) {
  capture::CaptureSummary summary = unseen(1);
  summary.unread_carriers = {{"MACsec", 1, 9}};
  summary.over_held = 1;
  summary.cut = true;
  summary.cut_before = 2;
  EXPECT_THAT(notes_on(summary), ElementsAre(HasSubstr("ends inside a packet"), HasSubstr("before the last one 2 end"),
                                             HasSubstr("MACsec"), HasSubstr("came later"), HasSubstr("nobody listened")));
  EXPECT_THAT(notes_on(summary, true), Contains(HasSubstr("a signal ended the reading early")));
}

}  // namespace
}  // namespace testigo::run
