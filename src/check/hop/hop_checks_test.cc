#include "check/hop/hop_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/hop.h"

namespace testigo::check::hop {
namespace {

using namespace check::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// "hello hello hello" by gzip: compressed, and stored as it is.
const std::string kPlain = "hello hello hello";
std::string gzip() { return std::string(as_text(from_hex("1f8b0800000000000203cb48cdc9c957c84090008088f9e511000000"))); }
std::string gzip_stored() {
  return std::string(as_text(from_hex("1f8b0800000000000403011100eeff68656c6c6f2068656c6c6f2068656c6c6f8088f9e511000000")));
}

TEST(Hop, WhatPassesUnharmedIsNoFinding) {
  const Hop hop = changed_upstream([](Rpc&) {},
                                   [](Rpc& rpc) {
                                     rpc.request = plus(plus(rpc.request, "grpc-timeout", "1S"), "authorization", "secret");
                                     rpc.never_indexed = "authorization";
                                   });
  EXPECT_EQ(hop.findings(), nothing());
  EXPECT_EQ(hop.summary().paired, 10u);
  for (const char* id : {"PX01", "PX02", "PX03", "PX04", "PX05", "PX06", "PX07", "PX09"}) EXPECT_EQ(hop.outcome(id), "pass") << id;
  EXPECT_EQ(hop.outcome("PX10"), "not-observed");
}

TEST(Hop, WhatAHopMayDoIsNoFinding) {
  EXPECT_EQ(changed_upstream([](Rpc& rpc) {
              rpc.request = plus(rpc.request, "x-request-id", "1");
              rpc.request = plus(rpc.request, "x-forwarded-for", "10.0.0.1");
              rpc.request = with(rpc.request, ":authority", "backend");
              rpc.request = with(rpc.request, "user-agent", "hop");
            }).findings(),
            nothing());
}

TEST(Px01, TrailersAreLost) {
  const Hop hop = changed_downstream([](Rpc& rpc) { rpc.end = End::Data; });
  EXPECT_EQ(hop.findings(), only("PX01 error downstream"));
  EXPECT_EQ(changed_downstream([](Rpc& rpc) { rpc.end = End::ServerResets; }).findings(), nothing());
}

TEST(Px02, TeIsLost) {
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.request = without(rpc.request, "te"); }).findings(), only("PX02 error upstream"));
}

TEST(Px02, CapitalsAreNoOtherValue) {
  const auto capitals = [](Rpc& rpc) { rpc.request = with(rpc.request, "te", "Trailers"); };
  EXPECT_EQ(changed_upstream(capitals).findings(), nothing());
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.request = without(rpc.request, "te"); }, capitals).findings(),
            only("PX02 error upstream"));
}

TEST(Px02, IsFoundThoughNobodyCouldTellTheCallsApart) {
  std::vector<Rpc> down(3, Rpc(1)), up = down;
  for (Rpc& rpc : up) rpc.request = without(rpc.request, "te");
  Hop hop;
  hop.downstream(down).upstream(up);
  EXPECT_THAT(hop.findings(), ElementsAre("PX02 error upstream", "PX02 error upstream", "PX02 error upstream"));
}

TEST(Px03, ADeadlineIsRaisedOrDropped) {
  const auto timeout = [](const char* down, const char* up) {
    return changed_upstream(
               [&](Rpc& rpc) {
                 rpc.request = without(rpc.request, "grpc-timeout");
                 if (up != nullptr) rpc.request = plus(rpc.request, "grpc-timeout", up);
               },
               [&](Rpc& rpc) { rpc.request = plus(rpc.request, "grpc-timeout", down); })
        .findings();
  };
  for (const char* kept : {"1S", "1000m", "999000u", "1n", "1005m"}) EXPECT_EQ(timeout("1S", kept), nothing()) << kept;
  for (const char* raised : {"60S", "1100m", "1H"}) EXPECT_EQ(timeout("1S", raised), only("PX03 warning upstream")) << raised;
  EXPECT_EQ(timeout("1S", nullptr), only("PX03 warning upstream"));
}

TEST(Px04, MetadataIsLostDoubledOrChanged) {
  const auto all = [](Rpc& rpc) {
    rpc.request = plus(plus(rpc.request, "tenant", "blue"), "key-bin", "AAEC");
    rpc.trailers = plus(rpc.trailers, "cost", "3");
  };
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.request = without(rpc.request, "tenant"); }, all).findings(),
            only("PX04 warning upstream"));
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.request = plus(rpc.request, "tenant", "blue"); }, all).findings(),
            only("PX04 warning upstream"));
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.request = with(rpc.request, "key-bin", "AAED"); }, all).findings(),
            only("PX04 warning upstream"));
  // Padding, and the value of a text, are the hop's.
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.request = with(rpc.request, "key-bin", "AAEC"); }, all).findings(), nothing());
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.request = with(rpc.request, "tenant", "green"); }, all).findings(), nothing());
  // More in the trailers of the server than reaches the client.
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.trailers = plus(rpc.trailers, "more", "4"); }, all).findings(),
            only("PX04 warning downstream"));
}

TEST(Px04, FieldsOfHttpAreTheHops) {
  const auto all = [](Rpc& rpc) {
    rpc.request = plus(plus(plus(rpc.request, "accept-encoding", "gzip"), "expect", "100-continue"), "trailer", "cost");
    rpc.response = plus(plus(rpc.response, "alt-svc", "clear"), "strict-transport-security", "max-age=1");
  };
  const auto requests = [](Rpc& rpc) {
    for (const char* name : {"accept-encoding", "expect", "trailer"}) rpc.request = without(rpc.request, name);
  };
  const auto answers = [](Rpc& rpc) {
    for (const char* name : {"alt-svc", "strict-transport-security"}) rpc.response = without(rpc.response, name);
  };
  EXPECT_EQ(changed_upstream(requests, all).findings(), nothing());
  EXPECT_EQ(changed_downstream(answers, all).findings(), nothing());
}

TEST(Px04, ValuesMayBeJoined) {
  const auto several = [](Rpc& rpc) { rpc.request = plus(plus(rpc.request, "k-bin", "AAEC"), "k-bin", "AAED"); };
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.request = plus(without(rpc.request, "k-bin"), "k-bin", "AAED,AAEC"); }, several)
                .findings(),
            nothing());
}

TEST(Px05, OctetsAreChanged) {
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.requests[0][0] ^= 1; }).findings(), only("PX05 error upstream"));
  EXPECT_EQ(changed_downstream([](Rpc& rpc) { rpc.replies[0][0] ^= 1; }).findings(), only("PX05 error downstream"));
}

TEST(Px05, AHopMayCompressAnew) {
  const auto coded = [](const std::string& coding) {
    return [=](Rpc& rpc) {
      rpc.request = plus(rpc.request, "grpc-encoding", coding);
      rpc.replies = {};
      rpc.flag = 1;
      rpc.requests = {gzip()};
    };
  };
  const auto plain = [](Rpc& rpc) {
    rpc.request = without(rpc.request, "grpc-encoding");
    rpc.requests = {kPlain};
    rpc.flag = 0;
  };
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.requests = {gzip_stored()}; }, coded("gzip")).findings(), nothing());
  EXPECT_EQ(changed_upstream(plain, coded("gzip")).findings(), nothing());
  const auto without_coding = [](Rpc& rpc) { rpc.request = without(rpc.request, "grpc-encoding"); };
  EXPECT_EQ(changed_upstream(without_coding, coded("gzip")).findings(), only("PX05 error upstream"));
  const auto flag_left = [&](Rpc& rpc) {
    rpc.requests = {kPlain};
    rpc.flag = 1;
  };
  EXPECT_EQ(changed_upstream(flag_left, coded("gzip")).findings(), only("PX05 error upstream"));
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.requests[0] += "x"; }, coded("snappy")).outcome("PX05"), "not-judgeable");
}

TEST(Px06, TheStatusIsChanged) {
  EXPECT_EQ(changed_downstream([](Rpc& rpc) { rpc.trailers = trailer_fields("14"); }).findings(), only("PX06 warning downstream"));
}

TEST(Px07, ANeverIndexedFieldIsIndexed) {
  const auto secret = [](Rpc& rpc) {
    rpc.request = plus(rpc.request, "authorization", "secret");
    rpc.never_indexed = "authorization";
  };
  EXPECT_EQ(changed_upstream([](Rpc& rpc) { rpc.never_indexed.clear(); }, secret).findings(), only("PX07 error upstream"));
  EXPECT_EQ(changed_upstream(secret).findings(), nothing()) << "a hop may be more careful";
}

TEST(Px08, TheTimeThatTheHopAddsIsTold) {
  std::vector<Rpc> down = ten_calls(), up = down;
  for (Rpc& rpc : down) rpc.takes = 30ms;
  Hop hop;
  hop.downstream(down).upstream(up);
  const Tally tally = hop.tally();
  ASSERT_EQ(tally.findings.size(), 1u);
  EXPECT_EQ(tally.findings.front().check, "PX08");
  EXPECT_THAT(tally.findings.front().text, HasSubstr("the hop added 25"));
}

TEST(Px08, AttemptsOfTheHopAreTold) {
  std::vector<Rpc> down = ten_calls(), up = down;
  Rpc failed = down[2];
  failed.replies = {};
  failed.trailers = trailer_fields("14");
  up.insert(up.begin() + 2, 2, failed);
  Hop hop;
  hop.downstream(down).upstream(up);
  EXPECT_EQ(hop.findings(), only("PX08 info upstream"));
  EXPECT_THAT(hop.tally().findings.front().text, HasSubstr("3 attempts; one call"));
}

// As where its deadline passes while the answer is on its way.
TEST(Px09, AHopThatEndsACallByItselfThrowsAwayWhatIsStillToCome) {
  const auto fails = [](Rpc& rpc) {
    rpc.replies.clear();
    rpc.trailers = trailer_fields("4");
  };
  const auto late = [](Rpc& rpc) { rpc.request = plus(rpc.request, "grpc-timeout", "1S"); };
  EXPECT_EQ(changed_downstream(fails, late).findings(), only("PX06 warning downstream"));
  const auto fails_midway = [](Rpc& rpc) {
    rpc.replies.pop_back();
    rpc.trailers = trailer_fields("14");
  };
  const auto three = [](Rpc& rpc) { rpc.replies = {"a", "b", "c"}; };
  EXPECT_EQ(changed_downstream(fails_midway, three).findings(), only("PX06 warning downstream"));
  // A message before others was lost all the same, and one that is told of as answered.
  const auto loses_one = [](Rpc& rpc) {
    rpc.replies.erase(rpc.replies.begin());
    rpc.trailers = trailer_fields("4");
  };
  EXPECT_THAT(changed_downstream(loses_one, three).findings(), ::testing::Contains("PX09 error downstream"));
  EXPECT_EQ(changed_downstream([](Rpc& rpc) { rpc.replies.clear(); }).findings(), only("PX09 error downstream"));
  const auto failed = [](Rpc& rpc) { rpc.trailers = trailer_fields("4"); };
  EXPECT_EQ(changed_downstream([](Rpc& rpc) { rpc.replies.clear(); }, failed).findings(), only("PX09 error downstream"));
}

TEST(Px09, ACallIsDoubled) {
  std::vector<Rpc> up = ten_calls();
  up.insert(up.begin() + 2, up[2]);
  Hop hop;
  hop.downstream(ten_calls()).upstream(up);
  EXPECT_EQ(hop.findings(), only("PX09 error upstream"));
}

// Two equal calls more upstream, on a connection of their own, while the hop passes ten on.
Hop with_more_upstream(const char* client, const char* hop_address, const char* path, const char* sender) {
  std::vector<Rpc> calls = ten_calls();
  for (Rpc& rpc : calls) rpc.request = with(rpc.request, ":path", path);
  Conversation late = greeted();
  late.later(20ms);
  say(late, 1, calls[2]);
  say(late, 3, calls[2]);
  Hop hop;
  hop.downstream(conversation_of(calls).between(client, hop_address));
  hop.upstream(conversation_of(calls).between(hop_address, "10.0.0.3")).upstream(late.between(sender, "10.0.0.3"));
  return hop;
}

TEST(Px09, EqualCallsOfOthersAreNotTheHops) {
  constexpr const char* kMethod = "/t.S/Unary";
  constexpr const char* kHealth = "/grpc.health.v1.Health/Check";
  const Hop by_hop = with_more_upstream("10.0.0.1", "10.0.0.2", kMethod, "10.0.0.2");
  EXPECT_EQ(by_hop.findings(), only("PX09 error upstream"));
  for (const Hop& hop : {with_more_upstream("10.0.0.1", "10.0.0.2", kMethod, "10.0.0.9"),  // they have another address
                         with_more_upstream("10.0.0.2", "10.0.0.2", kMethod, "10.0.0.2"),  // clients run where the hop does
                         with_more_upstream("10.0.0.3", "10.0.0.3", kMethod, "10.0.0.3"),  // so does the server
                         with_more_upstream("10.0.0.1", "10.0.0.2", kHealth, "10.0.0.2")}) {
    EXPECT_EQ(hop.findings(), nothing());
    EXPECT_EQ(hop.outcome("PX09"), "not-judgeable");
    EXPECT_EQ(hop.summary().only_upstream, 2u);
  }
}

TEST(Px09, ACallIsLost) {
  std::vector<Rpc> down = ten_calls(), up = down;
  up.erase(up.begin() + 2);
  for (const End end : {End::ClientCancels, End::ServerResets, End::Data}) {
    down[2].end = end;
    Hop hop;
    hop.downstream(down).upstream(up);
    EXPECT_EQ(hop.findings(), only("PX09 info downstream"));
    EXPECT_THAT(hop.tally().findings.front().text, HasSubstr("lost, or went to another server"));
  }
}

TEST(Px09, ARefusalOfTheHopIsARemark) {
  std::vector<Rpc> down = ten_calls(), up = down;
  up.erase(up.begin() + 2);
  down[2].trailers = trailer_fields("16");
  Hop hop;
  hop.downstream(down).upstream(up);
  EXPECT_EQ(hop.findings(), only("PX09 info downstream"));
}

TEST(Px09, WhatWasAnsweredWentElsewhere) {
  std::vector<Rpc> up = ten_calls();
  up.erase(up.begin() + 2);
  Hop hop;
  hop.downstream(ten_calls()).upstream(up);
  EXPECT_EQ(hop.findings(), nothing());
  EXPECT_EQ(hop.outcome("PX09"), "not-judgeable");
}

TEST(Px09, AtTheEndsOfACaptureNothingIsLost) {
  std::vector<Rpc> down = ten_calls(), up(down.begin() + 1, down.end() - 1);
  down[0].end = down[9].end = End::ClientCancels;
  Hop hop;
  hop.downstream(down).upstream(up);
  EXPECT_EQ(hop.findings(), nothing());
  EXPECT_EQ(hop.outcome("PX09"), "not-judgeable");
  EXPECT_EQ(hop.summary().only_downstream, 2u);
}

TEST(Px09, BehindAGapNothingIsLost) {
  std::vector<Rpc> down = ten_calls(), up = down;
  up.erase(up.begin() + 2);
  down[2].end = End::ClientCancels;
  Hop hop;
  hop.downstream(down).upstream(up);
  hop.up().not_whole();
  EXPECT_EQ(hop.findings(), nothing());
  EXPECT_EQ(hop.outcome("PX09"), "not-judgeable");
}

TEST(Px09, MessagesAreLostDoubledOrReordered) {
  const auto four = [](Rpc& rpc) { rpc.requests = {rpc.requests[0], "b", "c", "d"}; };
  const auto passed_on = [&](const std::vector<std::string>& rest) {
    return changed_upstream(
               [&](Rpc& rpc) {
                 rpc.requests.resize(1);
                 rpc.requests.insert(rpc.requests.end(), rest.begin(), rest.end());
               },
               four)
        .findings();
  };
  EXPECT_EQ(passed_on({"b", "c", "d"}), nothing());
  for (const auto& moved : std::vector<std::vector<std::string>>{{"b", "d"}, {"b", "c"}, {"b", "c", "c", "d"}, {"c", "b", "d"}}) {
    EXPECT_EQ(passed_on(moved), only("PX09 error upstream")) << moved.size() << moved[0];
  }
  EXPECT_EQ(passed_on({"b", "x", "d"}), only("PX05 error upstream"));
}

TEST(Px09, ACallThatWasResetIsJudgedUpToThere) {
  const auto cut = [](std::vector<std::string> replies) {
    std::vector<Rpc> up = ten_calls(), down = up;
    up[2].replies = {"a", "b", "c"};
    down[2].replies = std::move(replies);
    Conversation conversation = greeted();
    call::StreamId stream = 1;
    for (const Rpc& rpc : down) {
      if (&rpc == &down[2]) {
        conversation.client(request_of(stream, rpc), message(stream, rpc.requests[0]), end_of_data(stream));
        conversation.server(headers(stream, rpc.response));
        for (const std::string& reply : rpc.replies) conversation.server(message(stream, reply));
        conversation.client(rst_stream(stream));
      } else {
        say(conversation, stream, rpc);
      }
      stream += 2;
    }
    Hop hop;
    hop.downstream(conversation).upstream(up);
    return hop.findings();
  };
  EXPECT_EQ(cut({"a", "b"}), nothing());
  EXPECT_EQ(cut({}), nothing());
  EXPECT_EQ(cut({"a", "c"}), only("PX09 error downstream"));
  EXPECT_EQ(cut({"a", "x"}), only("PX05 error downstream"));
}

TEST(Px10, ACancelIsSwallowed) {
  const auto cancelled = [](End up, Duration takes) {
    return changed_upstream(
        [&](Rpc& rpc) {
          rpc.end = up;
          rpc.takes = takes;
        },
        [](Rpc& rpc) {
          if (rpc.requests[0] == "request 3") rpc.end = End::ClientCancels;
        });
  };
  EXPECT_EQ(cancelled(End::ClientCancels, 5ms).findings(), nothing());
  EXPECT_EQ(cancelled(End::ClientCancels, 5ms).outcome("PX10"), "pass");
  EXPECT_EQ(cancelled(End::Trailers, 5ms).findings(), nothing()) << "they crossed";
  EXPECT_EQ(cancelled(End::Trailers, 3s).findings(), only("PX10 warning upstream"));
}

TEST(Hop, WhatIsBeyondTheLimitIsSaid) {
  Limits limits;
  limits.hop_bytes_kept = 8'000;
  Hop hop(limits);
  hop.downstream(ten_calls()).upstream(ten_calls());
  EXPECT_EQ(hop.findings(), nothing());
  EXPECT_GT(hop.summary().beyond_limit, 0u);
  EXPECT_EQ(hop.outcome("PX05"), "not-judgeable");
}

}  // namespace
}  // namespace testigo::check::hop
