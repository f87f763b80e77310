#include "check/alike_blocks.h"

#include <gtest/gtest.h>

#include <random>

#include "check/testing/judged.h"
#include "wire/http2/frame_encoder.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;
using namespace std::chrono_literals;

using call::StreamId;

// Hears what another hears, as if no block were alike any other.
class Apart final : public call::Sink {
 public:
  void on_connection(const call::ConnectionView& connection) override {
    both([&](Judge& judge) { judge.on_connection(connection); });
  }
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override {
    both([&](Judge& judge) { judge.on_opening(connection, spot, opening); });
  }
  void on_frame(const call::FrameSeen& seen) override {
    both([&](Judge& judge) { judge.on_frame(seen); });
  }
  void on_block(const call::BlockSeen& seen) override {
    call::BlockSeen alone = seen;
    alone.alike = 0;
    alike += seen.alike != 0 ? 1 : 0;
    together.on_block(seen);
    apart.on_block(alone);
  }
  void on_message(const call::MessageSeen& seen) override {
    both([&](Judge& judge) { judge.on_message(seen); });
  }
  void on_side_ended(const call::SideEnded& ended) override {
    both([&](Judge& judge) { judge.on_side_ended(ended); });
  }
  void on_call(const call::CallClosed& closed) override {
    both([&](Judge& judge) { judge.on_call(closed); });
  }
  void on_connection_closed(const call::ConnectionClosed& closed) override {
    both([&](Judge& judge) { judge.on_connection_closed(closed); });
  }

  Judge together, apart;
  std::size_t alike = 0;

 private:
  template <typename Tell>
  void both(Tell tell) {
    tell(together);
    tell(apart);
  }
};

// HEADERS with one more field, which is not inserted: so the table stays as it is.
Part headers_and(StreamId stream, const FieldList& fields, const std::string& name, const std::string& value,
                 EndStream end = EndStream::No) {
  return [=](http2::HpackEncoder& encoder, std::vector<std::byte>& out) {
    std::vector<std::byte> block;
    for (const auto& [each, text] : fields) encoder.encode({each, text}, block);
    encoder.encode({name, value, http2::Representation::WithoutIndexing}, block);
    const auto flags = static_cast<std::uint8_t>(http2::kFlagEndHeaders | (end == EndStream::Yes ? http2::kFlagEndStream : 0));
    http2::FrameHeader header;
    header.type = static_cast<std::uint8_t>(http2::FrameType::Headers);
    header.flags = flags;
    header.stream = stream;
    http2::encode_frame({header, http2::HeadersFrame{{}, block, {}}}, out);
  };
}

// Calls of few shapes, in any order: some that keep to the rules, some that do not, and what changes the rules meanwhile.
class Calls {
 public:
  explicit Calls(std::uint64_t seed) : bits_(seed) {}

  Conversation play() {
    Conversation c = greeted();
    const bool broken = below(2) == 0;
    for (StreamId stream = 1; stream < 240; stream += 2) call(c, stream, broken);
    return c.client_closes().server_closes();
  }

 private:
  std::uint64_t below(std::uint64_t n) { return bits_() % n; }

  FieldList request(bool broken) {
    FieldList fields = request_fields(below(2) == 0 ? "/a.B/C" : "/a.B/D");
    const std::uint64_t shape = below(broken ? 12 : 6);
    if (shape == 1) fields.insert(fields.begin() + 4, {"grpc-timeout", "1S"});
    if (shape == 2) fields = plus(fields, "grpc-encoding", "gzip");
    if (shape == 3 && lists_vary_) fields = plus(fields, "grpc-accept-encoding", "identity,gzip");
    if (shape == 4 && lists_vary_) fields = plus(fields, "grpc-accept-encoding", "identity");
    if (shape == 5) fields = plus(fields, "content-length", "6");
    if (shape == 6) fields = without(fields, "te");
    if (shape == 7) fields = with(fields, "content-type", "text/plain");
    if (shape == 8) fields = plus(fields, "content-length", "7");
    if (shape == 9) fields = with(fields, ":method", "HEAD");
    if (shape == 10) fields = plus(fields, "authorization", "secret");
    if (shape == 11) fields = plus(fields, "grpc-previous-rpc-attempts", "0");
    return fields;
  }

  void call(Conversation& c, StreamId stream, bool broken) {
    constexpr std::string_view kValues[] = {"1", "1S", "a value that is longer than the others", " edge", "caf\xc3\xa9"};
    constexpr std::string_view kNames[] = {"x-id", "x-id", "x-id", "x-bin", "grpc-timeout"};
    const std::string value(kValues[below(broken && below(4) == 0 ? 5 : 3)]);
    c.later(below(broken ? 3 : 1) * 600ms);
    c.client(headers_and(stream, request(broken), std::string(kNames[below(20) == 0 ? 4 : below(4)]), value),
             message(stream, "x", EndStream::Yes, below(8) == 0 ? 1 : 0));
    if (below(20) == 0)
      c.server(settings({{http2::kSettingMaxHeaderListSize, below(2) == 0 ? 400u : 100'000u}})).client(settings_ack());
    if (below(20) == 0) c.server(settings({{http2::kSettingGrpcTrueBinaryMetadata, 1}})).client(settings_ack());
    if (below(20) == 0) c.server(headers(stream, {{":status", "103"}}));
    if (below(10) == 0) c.client(ping('a'));
    if (below(10) == 0) c.server(ping('b'));
    if (broken && below(10) == 0) c.later(11s);
    switch (below(broken ? 8 : 5)) {
      case 0:
        c.server(headers(stream, trailers_only_fields(std::to_string(below(3))), EndStream::Yes));
        return;
      case 1:
        c.server(headers(stream, response_fields()));
        c.server(headers(stream, plus(trailer_fields("13"), "grpc-message", "broken"), EndStream::Yes));
        return;
      case 5:
        c.server(headers(stream, {{":status", "503"}}, EndStream::Yes));
        return;
      case 6:
        c.server(headers(stream, plus(response_fields(), "grpc-status", "0")))
            .server(headers(stream, trailer_fields("00"), EndStream::Yes));
        return;
      case 7:
        c.client(headers(stream, {{"x", "trailers"}}, EndStream::Yes));
        return;
      default:
        c.server(headers_and(stream, response_fields(), "x-served-by", value));
        if (below(4) != 0) c.server(message(stream, "y"));
        c.server(headers(stream, trailer_fields(below(3) == 0 ? "5" : "0"), EndStream::Yes));
    }
  }

  std::mt19937_64 bits_;
  bool lists_vary_ = below(3) == 0;
};

void expect_same_verdict(const Apart& judges) {
  const Tally together = judges.together.tally(), apart = judges.apart.tally();
  for (const auto& [id, count] : apart.counts) {
    const CheckCount& ours = together.counts.at(id);
    EXPECT_EQ(ours.passed, count.passed) << id;
    EXPECT_EQ(ours.failed, count.failed) << id;
    EXPECT_EQ(ours.not_judgeable, count.not_judgeable) << id;
    EXPECT_EQ(ours.reason, count.reason) << id;
  }
  ASSERT_EQ(together.findings.size(), apart.findings.size());
  for (std::size_t i = 0; i < apart.findings.size(); ++i) {
    EXPECT_EQ(together.findings[i].check, apart.findings[i].check);
    EXPECT_EQ(together.findings[i].text, apart.findings[i].text);
    EXPECT_EQ(together.findings[i].spot.place, apart.findings[i].spot.place);
  }
}

TEST(AlikeBlocks, NeverChangesAVerdict) {
  std::size_t alike = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Apart judges;
    Calls(seed).play().play(judges);
    alike += judges.alike;
    expect_same_verdict(judges);
  }
  EXPECT_GT(alike, 5'000u);
}

// What either side takes changes, and few calls have a coding: their blocks are alike in turn.
TEST(AlikeBlocks, NeverHidesACoding) {
  for (std::uint32_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto taken = [&](const FieldList& fields) {
      return plus(fields, "grpc-accept-encoding", seed % 2 == 0 && random() % 2 == 0 ? "identity,gzip" : "identity");
    };
    Apart judges;
    Conversation c = greeted();
    for (StreamId stream = 1; stream < 300; stream += 2) {
      const bool asks = random() % 6 == 0, answers = random() % 4 == 0;
      const FieldList request = taken(request_fields("/a.B/C")), response = taken(response_fields());
      c.client(headers(stream, asks ? plus(request, "grpc-encoding", "gzip") : request),
               message(stream, "x", EndStream::Yes, asks ? 1 : 0));
      c.server(headers(stream, answers ? plus(response, "grpc-encoding", "gzip") : response));
      c.server(message(stream, "y", EndStream::No, answers ? 1 : 0));
      c.server(headers(stream, trailer_fields(random() % 3 == 0 ? "12" : "0"), EndStream::Yes));
    }
    c.client_closes().server_closes().play(judges);
    EXPECT_GT(judges.alike, 300u);
    expect_same_verdict(judges);
  }
}

FieldList taking(const FieldList& fields, bool gzip) {
  return plus(fields, "grpc-accept-encoding", gzip ? "identity,gzip" : "identity");
}

// One side takes one thing or the other in turn, and at last a call is coded.
TEST(AlikeBlocks, NeverHidesWhatIsTaken) {
  for (const Direction varies : {Direction::ToServer, Direction::ToClient}) {
    for (const bool at_last : {false, true}) {
      const auto takes = [&](Direction side, StreamId stream) { return side != varies || (stream % 4 == 1) == at_last; };
      const auto request = [&](StreamId stream) { return taking(request_fields(), takes(Direction::ToServer, stream)); };
      const auto response = [&](StreamId stream) { return taking(response_fields(), takes(Direction::ToClient, stream)); };
      Apart judges;
      Conversation c = greeted();
      for (StreamId stream = 1; stream < 62; stream += 2) {
        c.client(headers(stream, request(stream)), message(stream, "x", EndStream::Yes)).server(headers(stream, response(stream)));
        c.server(message(stream, "y"), headers(stream, trailer_fields(), EndStream::Yes));
      }
      c.client(headers_and(73, request(75), "grpc-encoding", "gzip"), message(73, "x", EndStream::Yes));
      c.server(headers(73, trailers_only_fields("0"), EndStream::Yes));
      c.client(headers(77, request(77)), message(77, "x", EndStream::Yes));
      c.server(headers(77, plus(response(77), "grpc-encoding", "gzip")), message(77, "y", EndStream::No, 1));
      c.client_closes().server_closes().play(judges);
      EXPECT_GT(judges.alike, 60u);
      expect_same_verdict(judges);
      EXPECT_EQ(judges.together.tally().counts.at("MG05").passed, at_last || varies != Direction::ToServer ? 1u : 0u);
      EXPECT_EQ(judges.together.tally().counts.at("RQ08").passed, at_last || varies != Direction::ToClient ? 1u : 0u);
    }
  }
}

// Calls that name a coding among others: what answers them is alike.
TEST(AlikeBlocks, NeverHidesAnAnswerToACodedRequest) {
  Apart judges;
  Conversation c = greeted();
  for (StreamId stream = 1; stream < 100; stream += 2) {
    const FieldList request = taking(request_fields(), true);
    c.client(headers(stream, stream % 8 == 7 ? plus(request, "grpc-encoding", "gzip") : request),
             message(stream, "x", EndStream::Yes));
    c.server(headers(stream, response_fields()), message(stream, "y"));
    c.server(headers(stream, trailer_fields("12"), EndStream::Yes));
  }
  c.client_closes().server_closes().play(judges);
  EXPECT_GT(judges.alike, 100u);
  expect_same_verdict(judges);
}

// No signal comes behind the PINGs: only blocks show that their senders were sent something.
TEST(AlikeBlocks, NeverHideThatAPingIsAnswered) {
  Apart judges;
  Conversation c = greeted();
  for (StreamId stream = 1; stream < 80; stream += 2) {
    c.call({.stream = stream});
    if (stream == 41) c.client(ping('a')).server(ping('b'));
  }
  c.client_closes().server_closes().play(judges);
  EXPECT_GT(judges.alike, 60u);
  expect_same_verdict(judges);
  EXPECT_EQ(judges.together.tally().counts.at("BH04").passed, 2u);
}

// Calls of many methods that are attempted twice, at last too early.
TEST(AlikeBlocks, NeverHidesAnAttempt) {
  Apart judges;
  Conversation c = greeted();
  StreamId stream = 1;
  for (int i = 0; i < 200; ++i) {
    const FieldList first = request_fields("/a.B/M" + std::to_string(i % 30));
    for (const FieldList& fields : {first, plus(first, "grpc-previous-rpc-attempts", "1")}) {
      c.client(headers_and(stream, fields, "x-id", "id-" + std::to_string(i)), message(stream, "x", EndStream::Yes));
      c.server(headers(stream, plus(trailers_only_fields("14"), "grpc-retry-pushback-ms", i < 195 ? "0" : "5000"), EndStream::Yes));
      stream += 2;
    }
  }
  c.client_closes().server_closes().play(judges);
  EXPECT_GT(judges.alike, 500u);
  expect_same_verdict(judges);
  const CheckCount delays = judges.together.tally().counts.at("RT03");
  EXPECT_EQ(delays.passed, 195u);
  EXPECT_EQ(delays.failed, 5u);
}

}  // namespace
}  // namespace testigo::check
