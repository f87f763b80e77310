#include "wire/http2/hpack_candidates.h"

#include <gtest/gtest.h>

#include "wire/http2/hpack_decoder.h"
#include "wire/http2/hpack_encoder.h"
#include "wire/http2/hpack_insertions.h"

namespace testigo::http2 {
namespace {

using Said = std::optional<std::pair<std::string_view, std::string_view>>;

Said says(std::string_view name, std::string_view value) { return std::pair(name, value); }

// One direction: seen from its start, then octets are lost.
class HpackCandidatesTest : public ::testing::Test {
 protected:
  void seen(const std::vector<std::pair<std::string_view, std::string_view>>& fields) {
    std::vector<std::byte> block;
    for (const auto& [name, value] : fields) encoder_.encode({name, value}, block);
    decoder_.decode(block, fields_);
  }
  void lose(std::uint64_t octets, const Limits& limits = {}) {
    const auto before = HpackCandidates::Before::of(decoder_.history());
    decoder_.taint();
    candidates_.emplace(decoder_.history(), before, std::vector{HpackCandidates::Lost{octets / kInsertionBytes, octets, 1}},
                        limits);
  }
  void start_again() {
    candidates_.reset();
    encoder_ = HpackEncoder();
    decoder_ = HpackDecoder();
  }
  BlockInDoubt read(std::string_view digits, BlockKind kind, const GrpcAxioms& axioms = {}) {
    decoder_.decode(from_hex(digits), fields_);
    BlockInDoubt block = candidates_->look_at(fields_);
    candidates_->read(block, kind, axioms);
    return block;
  }

  HpackEncoder encoder_;
  HpackDecoder decoder_;
  std::vector<HeaderField> fields_;
  std::optional<HpackCandidates> candidates_;
};

constexpr GrpcAxioms kTrailersHaveAStatus{.trailers = true};

// The example of the design, octet by octet. Lost: `7e 02 31 34`, "insert, name of index 62, value 14".
TEST_F(HpackCandidatesTest, TheGrpcStatusThatWasNotOk) {
  seen({{"content-type", "application/grpc"},
        {"grpc-accept-encoding", "identity,deflate,gzip"},
        {"grpc-status", "0"},
        {"grpc-status", "13"}});
  lose(13 - 9);
  EXPECT_EQ(candidates_->left(), 3u);

  const BlockInDoubt first = read("bf", BlockKind::Trailers, kTrailersHaveAStatus);
  EXPECT_EQ(first.fields.at(0).index, 1u);
  EXPECT_EQ(candidates_->left(), 2u);  // k = 2: five octets, where four were lost
  EXPECT_EQ(candidates_->agreed(1), Said());

  const BlockInDoubt second = read("bf 40 03 78 2d 74 01 31", BlockKind::Trailers, kTrailersHaveAStatus);
  EXPECT_EQ(second.fields.at(0).index, 1u);
  EXPECT_EQ(second.fields.at(1).is, FieldInDoubt::Is::Known);
  EXPECT_EQ(candidates_->agreed(1), Said());
  decoder_.decode(from_hex("be"), fields_);
  EXPECT_TRUE(fields_.at(0).exact());
  EXPECT_EQ(fields_.at(0).name, "x-t");

  read("88 c3 c2", BlockKind::Response);
  EXPECT_EQ(candidates_->left(), 1u);
  EXPECT_EQ(candidates_->agreed(1), says("grpc-status", "13"));
  EXPECT_EQ(candidates_->agreed(4), says("content-type", "application/grpc"));
  EXPECT_EQ(candidates_->agreed(3), says("grpc-accept-encoding", "identity,deflate,gzip"));
  EXPECT_EQ(candidates_->agreed(0), Said());  // the lost one
}

TEST_F(HpackCandidatesTest, ALiteralUnderATaintedNameIsItsNameOnly) {
  seen({{"grpc-status", "0"}});
  lose(4);
  EXPECT_EQ(read("7e 01 36", BlockKind::Trailers).fields.at(0).is, FieldInDoubt::Is::NameOf);
  EXPECT_EQ(read("be", BlockKind::Trailers).fields.at(0).is, FieldInDoubt::Is::NameOf);  // the entry that it made
  EXPECT_EQ(read("bf", BlockKind::Trailers).fields.at(0).is, FieldInDoubt::Is::Entry);
}

// :path /a.B/C is the oldest of four entries.
void see_requests(std::vector<std::pair<std::string_view, std::string_view>>& fields) {
  fields = {{":path", "/a.B/C"}, {":authority", "host"}, {"te", "trailers"}, {"content-type", "application/grpc"}};
}

TEST_F(HpackCandidatesTest, APathIsToldWhenLaterBlocksHaveConfirmedIt) {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  see_requests(fields);
  seen(fields);
  lose(8);
  EXPECT_EQ(candidates_->left(), 5u);
  const BlockInDoubt request =
      read("83 86 c1 c0 bf be", BlockKind::Request);  // all four inserted anew take nine octets: nothing was inserted
  EXPECT_EQ(candidates_->path(request), std::nullopt);
  read("83 86 c1 c0 bf be", BlockKind::Request);
  read("83 86 c1 c0 bf be", BlockKind::Request);
  EXPECT_EQ(candidates_->left(), 1u);
  EXPECT_EQ(candidates_->path(request), "/a.B/C");
}

// Blocks that refer to lost entries only, wherever they stand, leave all open: there may be as many as the octets have room for.
TEST_F(HpackCandidatesTest, WhatMayHaveBeenInsertedAnewIsUnknown) {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  see_requests(fields);
  seen(fields);
  lose(200);
  BlockInDoubt request;
  for (int i = 0; i < 10; ++i) request = read("83 86 c1 c0 bf be", BlockKind::Request);
  EXPECT_GT(candidates_->left(), 1u);
  EXPECT_EQ(candidates_->path(request), std::nullopt);
}

// te and content-type alone would take 22 octets of them.
TEST_F(HpackCandidatesTest, WhatMustHaveBeenInsertedAnewMayNotFit) {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  see_requests(fields);
  seen(fields);
  lose(26);
  BlockInDoubt request;
  for (int i = 0; i < 3; ++i) request = read("83 86 c1 c0 bf be", BlockKind::Request, {.request = true});
  EXPECT_EQ(candidates_->left(), 1u);
  EXPECT_EQ(candidates_->path(request), "/a.B/C");
}

// The smallest block that inserts all four anew: :method, :scheme, :path /a/b, an empty :authority, te by the index of a name that
// is not the newest, content-type.
constexpr std::string_view kAllAnew = "83 86 44 83 606c47 41 00 7f02 86 4d833505b11f 5f 8b 1d75d0620d263d4c4d6564";
constexpr GrpcAxioms kAll{.request = true, .trailers = false, .path = true};

TEST_F(HpackCandidatesTest, AllAnewIsRefutedWhereItsSmallestBlockDoesNotFitAndNotAnOctetBefore) {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  see_requests(fields);
  const std::size_t smallest = from_hex(kAllAnew).size();
  EXPECT_EQ(smallest, 31u);
  for (const std::size_t lost : {smallest - 1, smallest}) {
    start_again();
    seen(fields);
    lose(lost);
    BlockInDoubt request;
    for (int i = 0; i < 5; ++i) request = read("83 86 c1 c0 bf be", BlockKind::Request, kAll);
    EXPECT_EQ(candidates_->left() > 1, lost == smallest) << lost;
    EXPECT_EQ(candidates_->path(request).has_value(), lost != smallest) << lost;
  }
}

// Where te is the newest entry its name takes an octet: "7e 86 4d833505b11f" was lost.
TEST_F(HpackCandidatesTest, TheNameOfTheNewestEntryTakesOneOctet) {
  const std::size_t size = from_hex("7e 86 4d833505b11f").size();
  for (const std::size_t lost : {size, size - 1}) {
    start_again();
    seen({{":path", "/a.B/C"}, {":authority", "host"}, {"content-type", "application/grpc"}, {"te", "trailers"}});
    lose(lost);
    for (int i = 0; i < 3; ++i) read("83 86 c2 c1 c0 be", BlockKind::Request, kAll);
    EXPECT_EQ(candidates_->refuted(), lost != size) << lost;
  }
}

// That the block is one, and says what it should, the decoder knows.
TEST_F(HpackCandidatesTest, TheSmallestBlockIsOne) {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  see_requests(fields);
  seen(fields);
  decoder_.decode(from_hex(kAllAnew), fields_);
  ASSERT_EQ(fields_.size(), 6u);
  EXPECT_EQ(fields_[2].value, "/a/b");
  EXPECT_EQ(fields_[4].name, "te");
  EXPECT_EQ(fields_[4].value, "trailers");
  EXPECT_EQ(fields_[5].name, "content-type");
  EXPECT_EQ(fields_[5].value, "application/grpc");
  EXPECT_EQ(decoder_.history().inserted(), 8u);
}

// What the gap must have held beside it counts, in each way in which it may have come about.
TEST_F(HpackCandidatesTest, EachWayHasItsOwnRoom) {
  using Lost = HpackCandidates::Lost;
  constexpr std::uint64_t kBlock = 31, kHeader = 9, kOtherRequest = kHeader + 5;
  struct Case {
    std::vector<Lost> ways;
    bool refuted;
  };
  const Case cases[] = {
      {{{20, kHeader + kBlock, 0, 1}}, false},
      {{{20, kHeader + kBlock - 1, 0, 1}}, true},
      {{{20, kHeader + kBlock, 0, 0}}, false},
      {{{20, kHeader + kBlock - 1, 0, 0}}, true},
      {{{20, kHeader + kBlock + kOtherRequest, 0, 2}}, false},
      {{{20, kHeader + kBlock + kOtherRequest - 1, 0, 2}}, true},
      {{{20, kHeader + kBlock + kOtherRequest - 1, 0, 2}, {0, 0, 0, 0}}, true},
      {{{20, kHeader + kBlock + kOtherRequest - 1, 0, 2}, {20, kHeader + kBlock, 0, 1}}, false},
      {{{3, 500, 0, 1}, {0, 0, 0, 0}}, true},
      {{{20, kBlock - 2, 1, 0, true}}, false},  // :method and :scheme stood before the cut
  };
  for (const Case& each : cases) {
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    see_requests(fields);
    start_again();
    seen(fields);
    const auto before = HpackCandidates::Before::of(decoder_.history());
    decoder_.taint();
    candidates_.emplace(decoder_.history(), before, each.ways, Limits());
    BlockInDoubt request;
    for (int i = 0; i < 5; ++i) request = read("83 86 c1 c0 bf be", BlockKind::Request, kAll);
    EXPECT_EQ(candidates_->left() == 1, each.refuted) << "case " << &each - cases;
  }
}

TEST_F(HpackCandidatesTest, AJokerIsTheSameWhereverItStands) {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  see_requests(fields);
  seen(fields);
  lose(5);
  read("83 86 be c1 c0 bf", BlockKind::Request);  // be is the new :path; if nothing was lost, it is content-type before :path
  EXPECT_EQ(candidates_->left(), 1u);
  read("83 86 44 01 2f 83", BlockKind::Request);  // an entry more
  EXPECT_EQ(candidates_->left(), 1u);
  read("83 86 44 01 2f c0", BlockKind::Request);  // and the same one beside another :path
  EXPECT_TRUE(candidates_->refuted());
}

TEST_F(HpackCandidatesTest, ASenderThatBreaksARuleRefutesAll) {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  see_requests(fields);
  seen(fields);
  lose(4);
  read("83 86 c8", BlockKind::Request);  // beyond everything that was ever inserted, for each k
  EXPECT_TRUE(candidates_->refuted());
  EXPECT_EQ(candidates_->agreed(3), Said());
}

// CONNECT has neither :scheme nor :path.
TEST_F(HpackCandidatesTest, AMethodThatMayBeConnectAsksForNothing) {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  see_requests(fields);
  seen(fields);
  lose(4);
  read("02 07 434f4e4e454354 c0", BlockKind::Request);  // :method CONNECT, and c0
  EXPECT_EQ(candidates_->left(), 3u);
}

TEST_F(HpackCandidatesTest, AnotherGapEndsThem) {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  see_requests(fields);
  seen(fields);
  lose(2);
  BlockInDoubt request;
  for (int i = 0; i < 4; ++i) request = read("83 86 c1 c0 bf be", BlockKind::Request);
  EXPECT_EQ(candidates_->path(request), "/a.B/C");
  decoder_.taint();
  EXPECT_TRUE(candidates_->over());
  EXPECT_EQ(candidates_->path(request), std::nullopt);
}

TEST_F(HpackCandidatesTest, TooManyOrTooMuchWorkSaysNothing) {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  see_requests(fields);
  seen(fields);
  Limits limits;
  limits.insertions_lost_max = 10;
  lose(22, limits);
  EXPECT_TRUE(candidates_->over());
  EXPECT_FALSE(candidates_->refuted());
  limits.insertions_lost_max = 11;
  limits.recovery_steps_max = 100;
  lose(22, limits);
  EXPECT_EQ(candidates_->left(), 12u);
  for (int i = 0; i < 100; ++i) read("83 86 c1 c0 bf be", BlockKind::Request);
  EXPECT_FALSE(candidates_->refuted());
}

TEST(HpackInsertions, AreCountedOrBounded) {
  EXPECT_EQ(insertions_at_most(from_hex("82 be 3f e1 1f 00 01 61 01 62 10 01 61 01 62")), 0u);
  EXPECT_EQ(insertions_at_most(from_hex("44 01 2f 40 01 61 01 62 7e 00")), 3u);
  EXPECT_EQ(insertions_at_most(from_hex("44 01 2f 40 7f")), 2u);  // the second one is cut: it is one at most
  EXPECT_EQ(insertions_at_most(from_hex("00 05 61 62 63 64 65")), 4u);
}

TEST(HpackInsertions, WhatNamesARequestCanBeReadToItsEnd) {
  EXPECT_TRUE(names_request(from_hex("c5 c4 83 86 c3")));
  EXPECT_TRUE(names_request(from_hex("20 44 01 2f")));
  EXPECT_FALSE(names_request(from_hex("c5 c4 c3")));
  EXPECT_FALSE(names_request(from_hex("83 44 02 2f")));
  EXPECT_FALSE(names_request(from_hex("23 88")));  // a size update, :status
}

}  // namespace
}  // namespace testigo::http2
