#include "report/page_names.h"

#include <gtest/gtest.h>

#include "report/page_columns.h"

namespace testigo::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint16_t kNobody = PageCall::kNobody;

Json lists_of(const PageNames& names) {
  Json lists;
  names.add_to(lists);
  return lists;
}

statement::Start start(statement::Witness witness, const std::string& name, const std::string& address = "") {
  statement::Start start;
  start.witness = witness;
  start.name = name;
  start.process = "p";
  start.address = address;
  return start;
}

TEST(PageNames, WhoIsNamedAgainIsTheSame) {
  PageNames names;
  const std::uint16_t process = names.process("client1", "a");
  EXPECT_EQ(names.process("client1", "a"), process);
  EXPECT_NE(names.process("client1", "b"), process);
  EXPECT_NE(names.process("client2", "a"), process);
  EXPECT_EQ(names.client_of(process), names.client("client1"));
  EXPECT_EQ(names.caller(process), std::pair(std::string("client1"), std::string("a")));
  EXPECT_EQ(names.method("/a.B/C"), names.method("/a.B/C"));
  const Json lists = lists_of(names);
  EXPECT_EQ(lists["clients"].size(), 2u);
  EXPECT_EQ(lists["processes"].size(), 3u);
  EXPECT_EQ(lists["methods"], Json({"/a.B/C"}));
  EXPECT_EQ(lists["clients"][0]["witness"], false);
}

TEST(PageNames, AServerIsTheOneAtItsAddress) {
  PageNames names;
  const std::uint16_t server = names.witness(start(statement::Witness::Server, "server", "127.0.0.1:50051"));
  EXPECT_EQ(names.server_at("127.0.0.1:50051"), server);
  EXPECT_NE(names.server_at("127.0.0.1:50052"), server);
  names.server_seen_at(server, "10.0.0.2:50051");
  EXPECT_EQ(names.server_at("10.0.0.2:50051"), server);
  EXPECT_EQ(lists_of(names)["servers"].size(), 2u);
}

TEST(PageNames, AClientThatStatesIsTheOneThatIdsName) {
  PageNames names;
  const std::uint16_t process = names.process("client1", "p");
  statement::Start stated = start(statement::Witness::Client, "client1");
  stated.period = Duration(5);
  stated.tls = true;
  const std::size_t before = names.changes();
  EXPECT_EQ(names.witness(stated), names.client_of(process));
  EXPECT_GT(names.changes(), before);
  names.client_seen_at(names.client_of(process), "10.0.0.1");
  names.client_seen_at(names.client_of(process), "10.0.0.9");
  EXPECT_EQ(lists_of(names)["clients"],
            Json({{{"name", "client1"}, {"address", "10.0.0.1"}, {"witness", true}, {"period_ns", 5}, {"tls", true}}}));
}

TEST(PageNames, ListsAreBounded) {
  PageNames names;
  for (std::size_t i = 0; i < PageNames::kListMax; ++i) {
    const std::string text = std::to_string(i);
    EXPECT_EQ(names.method(text), i);
    EXPECT_EQ(names.client(text), i);
    EXPECT_EQ(names.server_at(text), i);
    EXPECT_EQ(names.process("0", text), i);
  }
  const std::size_t full = names.changes();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(names.method("more"), kNobody);
    EXPECT_EQ(names.client("more"), kNobody);
    EXPECT_EQ(names.client_at("more"), kNobody);
    EXPECT_EQ(names.server_at("more"), kNobody);
    EXPECT_EQ(names.process("0", "more"), kNobody);
    EXPECT_EQ(names.process("more", "0"), kNobody) << "whose client has no place has none";
    EXPECT_EQ(names.witness(start(statement::Witness::Client, "more")), kNobody);
    EXPECT_EQ(names.witness(start(statement::Witness::Server, "more", "more:1")), kNobody);
  }
  names.client_seen_at(kNobody, "10.0.0.1");
  names.server_seen_at(kNobody, "10.0.0.1:1");
  EXPECT_EQ(names.changes(), full);
  EXPECT_EQ(names.method("7"), 7) << "who is there stays";
  for (const char* list : {"clients", "servers", "processes", "methods"}) {
    EXPECT_EQ(lists_of(names)[list].size(), PageNames::kListMax) << list;
  }
}

TEST(PageNames, TextsAreBounded) {
  const std::string longest(PageNames::kTextBytesMax, 'x'), longer = longest + 'x';
  PageNames names;
  EXPECT_EQ(names.method(longer), kNobody);
  EXPECT_EQ(names.client(longer), kNobody);
  EXPECT_EQ(names.client_at(longer), kNobody);
  EXPECT_EQ(names.server_at(longer), kNobody);
  EXPECT_EQ(names.process("client1", longer), kNobody);
  EXPECT_EQ(names.process(longer, "p"), kNobody);
  EXPECT_EQ(names.witness(start(statement::Witness::Server, longer)), kNobody);
  EXPECT_EQ(names.witness(start(statement::Witness::Server, "server", longer)), kNobody);
  EXPECT_EQ(names.witness(start(statement::Witness::Client, longer)), kNobody);
  names.client_seen_at(names.client("client1"), longer);
  EXPECT_EQ(lists_of(names).dump().find(longer), std::string::npos);
  EXPECT_EQ(names.method(longest), 0);
  EXPECT_EQ(names.process("client1", longest), 0);
}

TEST(PageNames, OfADocumentThereAreThoseThatItsCallsName) {
  PageNames names;
  for (int i = 0; i < 100; ++i) names.method("/unused/" + std::to_string(i));
  names.process("nobody", "p");
  names.witness(start(statement::Witness::Client, "silent"));
  PageCall call;
  call.process = names.process("client1", "p");
  call.client = names.client_at("10.0.0.1");
  call.method = names.method("/a.B/C");
  call.server = names.server_at("10.0.0.2:1");
  const std::vector<PageCall> calls = {call, PageCall()};
  const NameIndices used = names.used_by(calls);
  Json lists;
  names.add_to(lists, &used);
  EXPECT_EQ(lists["methods"], Json({"/a.B/C"}));
  EXPECT_EQ(used.methods[call.method], 0);
  EXPECT_EQ(lists["servers"].size(), 1u);
  ASSERT_EQ(lists["clients"].size(), 3u) << "silent, who states calls; client1, whose process is named; and the address";
  EXPECT_EQ(lists["clients"][used.clients[call.client]]["name"], "10.0.0.1");
  ASSERT_EQ(lists["processes"].size(), 1u);
  EXPECT_EQ(lists["clients"][lists["processes"][0]["client"].get<std::size_t>()]["name"], "client1");
  EXPECT_EQ(used.methods[0], kNobody);
}

TEST(PageNames, TextsAreCutWhereTheyMayTakeLess) {
  PageNames names;
  names.method("/a.B/" + std::string(100, 'm'));
  names.client("client1");
  Json lists;
  names.add_to(lists, nullptr, 8);
  EXPECT_EQ(lists["methods"], Json({"/a.B/mmm…"}));
  EXPECT_EQ(lists["clients"][0]["name"], "client1");
}

}  // namespace
}  // namespace testigo::report
