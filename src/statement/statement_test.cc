#include "statement/statement.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "statement/statement_reader.h"

namespace testigo::statement {
namespace {

using namespace std::chrono_literals;

const CallId kId{"client1", "5f0c", 17};

Statement stamped(Body body) { return {Time(1'767'323'045'000'000'006ns), 42ns, std::move(body)}; }

std::vector<Statement> one_of_each() {
  return {
      stamped(Start{Witness::Client, "client1", "5f0c", "host", 99, "127.0.0.1:50051", 1s, 5s, true, true}),
      stamped(Start{Witness::Server, "server", "77aa", "", 0, "[::1]:50051", {}, {}, false, false}),
      stamped(Started{kId, "/testigo.greeter.v1.Greeter/Greet", Kind::Unary}),
      stamped(Received{kId, "/testigo.greeter.v1.Greeter/Converse", Kind::Bidi, "ipv4:127.0.0.1:40022"}),
      stamped(Ended{kId, 14, "no \"route\"\n\x01 niño", 1500us, 1, 0, {}}),
      stamped(Ended{kId, 0, "", 0ns, 3, 18446744073709551615u, Reply{"client2", 18446744073709551615u, "server"}}),
      stamped(End{12}),
  };
}

TEST(Statement, EveryBodyComesBackFromItsLine) {
  for (const Statement& statement : one_of_each()) {
    std::string what = "untouched";
    const std::string line = to_line(statement);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(parse_line(line, what), statement) << line << what;
    EXPECT_EQ(what, "");
  }
}

TEST(Statement, LinesReadAsTheFormatSays) {
  EXPECT_EQ(to_line(one_of_each()[3]),
            R"({"type":"received","time":"2026-01-02T03:04:05.000000006Z","monotonic_ns":42,"id":"client1/5f0c/17",)"
            R"("method":"/testigo.greeter.v1.Greeter/Converse","kind":"bidi","peer":"ipv4:127.0.0.1:40022"})");
  EXPECT_EQ(
      to_line(one_of_each()[0]),
      R"({"type":"start","time":"2026-01-02T03:04:05.000000006Z","monotonic_ns":42,"format":"testigo-statements","version":"1.0",)"
      R"("witness":"client","name":"client1","process":"5f0c","host":"host","pid":99,"address":"127.0.0.1:50051",)"
      R"("period_ns":1000000000,"deadline_ns":5000000000,"tls":true,"continues":true})");
}

TEST(Statement, WhatIsNotUtf8DoesNotBreakTheLine) {
  std::string what;
  const auto back = parse_line(to_line(stamped(Ended{kId, 2, "\xff\xc3", 0ns, 0, 0, {}})), what);
  ASSERT_TRUE(back) << what;
  EXPECT_NE(std::get<Ended>(back->body).message, "");
}

TEST(CallId, ReadsOnlyItsOwnForm) {
  EXPECT_EQ(parse_call_id("client1/5f0c/17"), kId);
  EXPECT_EQ(parse_call_id(to_text(kId)), kId);
  EXPECT_TRUE(parse_call_id("a.b_c-D/0/18446744073709551615"));
  for (const char* text : {"", "/", "//", "a/b", "a/b/", "a/b/0", "a/b/01", "a/b/-1", "a/b/+1", "a/b/1 ", "a/b/1x", "a/b/1/2",
                           "/b/1", "a//1", "a b/c/1", "a/b/18446744073709551616", "\xff/b/1"}) {
    EXPECT_FALSE(parse_call_id(text)) << text;
  }
  EXPECT_TRUE(parse_call_id(std::string(64, 'x') + "/b/1"));
  EXPECT_FALSE(parse_call_id(std::string(65, 'x') + "/b/1"));
}

TEST(Kind, NamesComeBack) {
  for (const Kind kind : {Kind::Unary, Kind::ClientStream, Kind::ServerStream, Kind::Bidi})
    EXPECT_EQ(parse_kind(kind_name(kind)), kind);
  EXPECT_FALSE(parse_kind("Unary"));
}

// Each changes one member of a good line.
struct Hostile {
  const char* member;
  const char* value;
};

TEST(Statement, AbsurdMembersAreDamageAndNeverACrash) {
  const nlohmann::json good = nlohmann::json::parse(to_line(one_of_each()[5]));
  const std::vector<Hostile> cases{{"status", "1e400"},
                                   {"status", "-1"},
                                   {"status", "2147483648"},
                                   {"status", "0.5"},
                                   {"status", "\"0\""},
                                   {"status", "null"},
                                   {"latency_ns", "9223372036854775808"},
                                   {"latency_ns", "99999999999999999999999999"},
                                   {"monotonic_ns", "-1"},
                                   {"requests", "[]"},
                                   {"replies", "18446744073709551616"},
                                   {"id", "\"client1/5f0c/0\""},
                                   {"id", "{}"},
                                   {"message", "7"},
                                   {"reply", "null"},
                                   {"reply", "[1]"},
                                   {"reply", R"({"client":"a","call":-1,"server":"s"})"},
                                   {"reply", R"({"client":"a"})"},
                                   {"time", "\"yesterday\""},
                                   {"type", "4"},
                                   {"time", "\"2261-12-31T23:59:60Z\""},
                                   {"time", "\"2026-01-01T00:00:00+01:00\""},
                                   {"time", "\"1969-12-31T23:59:59Z\""}};
  for (const auto& [member, value] : cases) {
    nlohmann::json changed = good;
    changed[member] = "PLACEHOLDER";
    std::string line = changed.dump();
    line.replace(line.find("\"PLACEHOLDER\""), 13, value);
    std::string what;
    EXPECT_FALSE(parse_line(line, what)) << line;
    EXPECT_NE(what, "") << line;
  }
}

TEST(Statement, AbsentMembersAreDamage) {
  for (const Statement& statement : one_of_each()) {
    const nlohmann::json good = nlohmann::json::parse(to_line(statement));
    for (const auto& [name, value] : good.items()) {
      if (name == "period_ns" || name == "deadline_ns" || name == "reply") continue;
      nlohmann::json changed = good;
      changed.erase(name);
      std::string what;
      EXPECT_FALSE(parse_line(changed.dump(), what)) << changed;
      EXPECT_NE(what, "") << changed;
    }
  }
}

TEST(Statement, UnknownMembersAndTypesArePassedOver) {
  nlohmann::json line = nlohmann::json::parse(to_line(one_of_each()[2]));
  line["since_1_7"] = {{"deep", {1, 2, 3}}};
  std::string what;
  EXPECT_EQ(parse_line(line.dump(), what), one_of_each()[2]);
  line["type"] = "resumed";
  EXPECT_FALSE(parse_line(line.dump(), what));
  EXPECT_EQ(what, "");
}

TEST(Statement, DeepOrBrokenLinesAreDamage) {
  for (const std::string& line :
       {std::string(60'000, '['), std::string(30'000, '[') + std::string(30'000, ']'), std::string("{"), std::string("{}x"),
        std::string("\xff"), std::string(), std::string("null"), std::string("\0{}", 3)}) {
    std::string what;
    EXPECT_FALSE(parse_line(line, what));
    EXPECT_NE(what, "");
  }
  std::string nested = R"({"type":"end","time":"2026-01-02T03:04:05Z","monotonic_ns":1,"calls":1,"x":)";
  std::string what;
  EXPECT_TRUE(parse_line(nested + std::string(20'000, '[') + std::string(20'000, ']') + "}", what)) << what;
}

TEST(AsStated, EqualsWhatALineGivesBack) {
  for (const std::string& text : std::vector<std::string>{"", "plain", "ni\u00f1o \u20ac", "\xff", "a\xc3", "\xe2\x82z",
                                                          "\xed\xa0\x80", "tab\t\"quote\"\xf0\x9f"}) {
    Statement statement;
    Ended ended;
    ended.id = {"client1", "5f0c", 17};
    ended.message = text;
    statement.body = ended;
    std::string what;
    const auto read = parse_line(to_line(statement), what);
    ASSERT_TRUE(read) << what;
    EXPECT_EQ(as_stated(text), std::get<Ended>(read->body).message) << text;
  }
}

}  // namespace
}  // namespace testigo::statement
