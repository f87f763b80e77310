// No single change of clean evidence may leave it PROVEN.
#include <gtest/gtest.h>

#include "verdict/testing/evidence_builder.h"

namespace testigo::verdict::testing {
namespace {

using Change = std::function<bool(statement::Statement&)>;  // false where it does not apply

template <typename Body>
Change changing(std::function<void(Body&)> change) {
  return [change](statement::Statement& statement) {
    Body* body = std::get_if<Body>(&statement.body);
    if (body != nullptr) change(*body);
    return body != nullptr;
  };
}

// Each field that another witness saw, or that the rest of the file contradicts.
std::vector<std::pair<std::string, Change>> changes() {
  using namespace statement;
  return {
      {"started: client", changing<Started>([](auto& s) { s.id.client += "x"; })},
      {"started: process", changing<Started>([](auto& s) { s.id.process += "x"; })},
      {"started: number", changing<Started>([](auto& s) { s.id.number += 100; })},
      {"started: other's number", changing<Started>([](auto& s) { s.id.number = s.id.number % 3 + 1; })},
      {"started: method", changing<Started>([](auto& s) { s.method = "/x/Y"; })},
      {"started: kind", changing<Started>([](auto& s) { s.kind = Kind::Bidi; })},
      {"received: client", changing<Received>([](auto& s) { s.id.client += "x"; })},
      {"received: process", changing<Received>([](auto& s) { s.id.process += "x"; })},
      {"received: number", changing<Received>([](auto& s) { s.id.number += 100; })},
      {"received: other's number", changing<Received>([](auto& s) { s.id.number = s.id.number % 3 + 1; })},
      {"received: method", changing<Received>([](auto& s) { s.method = "/x/Y"; })},
      {"received: kind", changing<Received>([](auto& s) { s.kind = Kind::ServerStream; })},
      {"ended: client", changing<Ended>([](auto& s) { s.id.client += "x"; })},
      {"ended: process", changing<Ended>([](auto& s) { s.id.process += "x"; })},
      {"ended: number", changing<Ended>([](auto& s) { s.id.number += 100; })},
      {"ended: other's number", changing<Ended>([](auto& s) { s.id.number = s.id.number % 3 + 1; })},
      {"ended: status 4", changing<Ended>([](auto& s) { s.status = 4; })},
      {"ended: status 5", changing<Ended>([](auto& s) { s.status = 5; })},
      {"ended: message", changing<Ended>([](auto& s) { s.message = "x"; })},
      {"ended: requests", changing<Ended>([](auto& s) { ++s.requests; })},
      {"ended: replies", changing<Ended>([](auto& s) { ++s.replies; })},
      {"ended: no reply", changing<Ended>([](auto& s) { s.reply.reset(); })},
      {"ended: reply's client", changing<Ended>([](auto& s) { s.reply->client = "client9"; })},
      {"ended: reply's call", changing<Ended>([](auto& s) { ++s.reply->call; })},
      {"ended: reply's server", changing<Ended>([](auto& s) { s.reply->server = "x"; })},
      {"end: calls", changing<End>([](auto& s) { ++s.calls; })},
      {"end: fewer calls", changing<End>([](auto& s) { --s.calls; })},
      {"start: name", changing<Start>([](auto& s) { s.name += "x"; })},
  };
}

std::vector<statement::Reading*> readings(Evidence& evidence) {
  std::vector<statement::Reading*> all;
  for (auto* of : {&evidence.clients, &evidence.servers}) {
    for (statement::Reading& reading : *of) all.push_back(&reading);
  }
  return all;
}

// Every statement of the evidence; the start record is the testimony's `start`.
void for_each_statement(Evidence& evidence, const std::function<void(statement::Statement&, const std::string& where)>& visit) {
  for (statement::Reading* reading : readings(evidence)) {
    statement::Testimony& testimony = reading->testimonies.front();
    const auto where = [&](std::uint64_t line) { return reading->files[0] + ":" + std::to_string(line); };
    visit(testimony.first.statement, where(testimony.first.number));
    testimony.start = std::get<statement::Start>(testimony.first.statement.body);
    for (statement::Line& line : testimony.lines) visit(line.statement, where(line.number));
    if (testimony.end) visit(testimony.end->statement, where(testimony.end->number));
  }
}

EvidenceBuilder small(bool tls) {
  EvidenceBuilder builder(2, 3);
  if (tls) builder.tls();
  return builder;
}

// PROVEN; under TLS nothing is broken and only claims 6 and 7 are open.
bool looks_clean(const Verdict& verdict, bool tls) {
  return broken(verdict) == "-" && inconclusive(verdict) == (tls ? "6 7" : "-");
}

class Tampering : public ::testing::TestWithParam<bool> {};

TEST_P(Tampering, CleanIsClean) { EXPECT_TRUE(looks_clean(judge(small(GetParam()).build()), GetParam())); }

TEST_P(Tampering, AnyFieldOfAnyStatementChanged) {
  std::size_t tried = 0;
  for (const auto& [name, change] : changes()) {
    Evidence counting = small(GetParam()).build();
    std::size_t statements = 0;
    for_each_statement(counting, [&](auto&, const auto&) { ++statements; });
    for (std::size_t target = 0; target < statements; ++target) {
      Evidence evidence = small(GetParam()).build();
      std::size_t at = 0;
      std::string where;
      for_each_statement(evidence, [&](statement::Statement& statement, const std::string& place) {
        if (at++ == target && change(statement)) where = place;
      });
      if (where.empty()) continue;
      ++tried;
      EXPECT_FALSE(looks_clean(judge(evidence), GetParam())) << name << " at " << where;
    }
  }
  EXPECT_GT(tried, 200U);
}

TEST_P(Tampering, AnyStatementRemoved) {
  for (std::size_t file = 0; file < 3; ++file) {
    const std::size_t lines = file == 2 ? 12 : 6;
    for (std::size_t line = 0; line < lines; ++line) {
      Evidence evidence = small(GetParam()).build();
      auto& stated = readings(evidence)[file]->testimonies.front().lines;
      ASSERT_EQ(stated.size(), lines);
      stated.erase(stated.begin() + static_cast<std::ptrdiff_t>(line));
      EXPECT_FALSE(looks_clean(judge(evidence), GetParam())) << "file " << file << " without line " << line;
    }
  }
}

TEST_P(Tampering, AnyStatementRepeatedAnywhere) {
  for (std::size_t from = 0; from < 3; ++from) {
    for (std::size_t to = 0; to < 3; ++to) {
      Evidence evidence = small(GetParam()).build();
      for (const statement::Line& line : readings(evidence)[from]->testimonies.front().lines) {
        Evidence tampered = small(GetParam()).build();
        readings(tampered)[to]->testimonies.front().lines.push_back(line);
        EXPECT_FALSE(looks_clean(judge(tampered), GetParam()))
            << "line " << line.number << " of file " << from << " in file " << to;
      }
    }
  }
}

TEST_P(Tampering, AnyCallRemovedFromOneWitness) {
  for (const std::string client : {"client1", "client2"}) {
    for (std::uint64_t number = 1; number <= 3; ++number) {
      EvidenceBuilder builder = small(GetParam());
      builder.call(client, number).client_silent();
      EXPECT_FALSE(looks_clean(judge(builder.build()), GetParam())) << client << " denies " << number;
      builder = small(GetParam());
      builder.call(client, number).server_none();
      EXPECT_FALSE(looks_clean(judge(builder.build()), GetParam())) << "the server denies " << client << " call " << number;
      if (GetParam()) continue;
      builder = small(GetParam());
      builder.call(client, number).wire_none();
      EXPECT_FALSE(looks_clean(judge(builder.build()), GetParam())) << "the wire denies " << client << " call " << number;
    }
  }
}

TEST_P(Tampering, CallAddedToOneWitness) {
  EvidenceBuilder builder = small(GetParam());
  builder.add_call("client1", 4).server_none().wire_none();
  EXPECT_FALSE(looks_clean(judge(builder.build()), GetParam()));
  builder = small(GetParam());
  builder.add_call("client1", 4).client_silent().wire_none();
  EXPECT_FALSE(looks_clean(judge(builder.build()), GetParam()));
}

// Without its end record a file says less, and what it says still agrees.
TEST_P(Tampering, EndRecordRemoved) {
  for (std::size_t file = 0; file < 3; ++file) {
    Evidence evidence = small(GetParam()).build();
    readings(evidence)[file]->testimonies.front().end.reset();
    const Verdict verdict = judge(evidence);
    EXPECT_EQ(broken(verdict), "-");
    EXPECT_FALSE(verdict.notes.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Wire, Tampering, ::testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Tls" : "Plain"; });

}  // namespace
}  // namespace testigo::verdict::testing
