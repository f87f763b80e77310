#include "schema/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/environment_error.h"
#include "schema/testing/written.h"

namespace testigo::schema {
namespace {

using ::testing::AllOf;
using testing::Folder;
using ::testing::HasSubstr;
using testing::kProto;
using testing::written;

std::string refusal(const Files& files) {
  try {
    Schema::load(files);
  } catch (const EnvironmentError& error) {
    return error.what();
  }
  return {};
}

TEST(Schema, MethodsByTheirPath) {
  const Schema schema = written(kProto);
  ASSERT_EQ(schema.methods().size(), 4u);
  const Method* both = schema.method("/t.S/Both");
  ASSERT_NE(both, nullptr);
  EXPECT_TRUE(both->client_streaming && both->server_streaming);
  const Method* unary = schema.method("/t.S/Unary");
  EXPECT_FALSE(unary->client_streaming || unary->server_streaming);
  EXPECT_EQ(name_of(unary->request), "t.Request");
  EXPECT_EQ(name_of(unary->reply), "t.Reply");
  for (const char* path : {"", "/", "t.S/Unary", "/t.S/unary", "/t.S/Unary/"}) EXPECT_EQ(schema.method(path), nullptr) << path;
}

TEST(Schema, MessagesAsJson) {
  const Schema schema = written(kProto);
  const Type type = schema.method("/t.S/Unary")->request;
  const auto json = [&](std::string_view hex) { return schema.json(type, from_hex(hex)); };
  EXPECT_EQ(json(""), "{}");
  EXPECT_EQ(json("0a 07 636c69656e7431 10 07"), R"({"client":"client1","call":"7"})");
  EXPECT_EQ(json("38 01 5a 02 08 01"), R"({"colour":"BLUE","at":"1970-01-01T00:00:01Z"})");
  EXPECT_EQ(json("10"), std::nullopt);
  EXPECT_EQ(json("0a 03 1b c2 9b"), R"({"client":"\u001b\u009b"})");       // nothing that a terminal obeys
  EXPECT_EQ(json("0a 06 e281a6 e281a9"), R"({"client":"\u2066\u2069"})");  // nor what turns the direction of writing
  EXPECT_EQ(json("0a 04 f09fa689"), "{\"client\":\"🦉\"}");
  EXPECT_EQ(json("0a 04 f3a08080"), R"({"client":"\udb40\udc00"})");
}

TEST(Schema, JsonOfAMessageThatComesInParts) {
  const Schema schema = written(kProto);
  const Type type = schema.method("/t.S/Unary")->request;
  const auto json = [&](std::string_view hex) { return schema.json(type, from_hex(hex)); };
  EXPECT_EQ(json("20 01 10 07 20 02"), R"({"call":"7","many":[1,2]})");
  EXPECT_EQ(json("22 02 01 02 20 03"), R"({"many":[1,2,3]})");
  EXPECT_EQ(json("22 01 01 22 01 02"), R"({"many":[1,2]})");
  EXPECT_EQ(json("0a 01 41 0a 01 42"), R"({"client":"B"})");
  EXPECT_EQ(json("1a 03 0a 01 43 1a 02 10 03"), R"({"inner":{"name":"C","depth":-2}})");
  EXPECT_EQ(json("30 01 38 01"), R"({"colour":"BLUE"})");
  EXPECT_EQ(json("2a 05 0a 01 6b 10 03 10 07 2a 05 0a 01 6a 10 04 2a 05 0a 01 6b 10 05"), R"({"call":"7","counts":{"j":4,"k":5}})");
  EXPECT_EQ(json("78 05 10 07"), R"({"call":"7"})");  // what nobody knows
}

TEST(Schema, ADurationThatIsNoneHasNoJson) {
  const Schema schema =
      written(R"(syntax = "proto3"; import "google/protobuf/duration.proto"; import "google/protobuf/timestamp.proto";
message M { string text = 1; google.protobuf.Duration wait = 2; repeated M more = 3; google.protobuf.Timestamp at = 4; }
service S { rpc Do(M) returns (M); })");
  const Type type = schema.method("/S/Do")->request;
  const auto json = [&](std::string_view hex) { return schema.json(type, from_hex(hex)); };
  constexpr const char* kMixed = "12 0d 08 05 10 fb ff ff ff ff ff ff ff ff 01";
  EXPECT_EQ(json(kMixed), std::nullopt);
  EXPECT_EQ(json(std::string("1a 0f ") + kMixed), std::nullopt);
  EXPECT_EQ(json("12 04 08 05 10 05"), R"({"wait":"5.000000005s"})");
  EXPECT_EQ(json("12 0b 10 fb ff ff ff ff ff ff ff ff 01"), R"({"wait":"-0.000000005s"})");
  EXPECT_EQ(json("12 16 08 fe ff ff ff ff ff ff ff ff 01 10 fb ff ff ff ff ff ff ff ff 01"), R"({"wait":"-2.000000005s"})");
  EXPECT_EQ(json("22 0d 08 05 10 fb ff ff ff ff ff ff ff ff 01"), std::nullopt);
}

// Of two octets each, which parsed take a hundred times as much.
TEST(Schema, WhatWouldFillTheMemoryHasNoJson) {
  std::string proto = "syntax = \"proto3\"; message Wide {";
  for (int number = 1; number <= 200; ++number)
    proto += " string s" + std::to_string(number) + " = " + std::to_string(number) + ";";
  const Schema schema = written(proto + " } message M { repeated Wide wide = 1; } service S { rpc Do(M) returns (M); }");
  const auto empty_ones = [&](std::size_t count) {
    std::vector<std::byte> message(2 * count);
    for (std::size_t i = 0; i < count; ++i) message[2 * i] = std::byte{0x0a};
    return schema.json(schema.method("/S/Do")->request, message);
  };
  EXPECT_EQ(empty_ones(2), R"({"wide":[{},{}]})");
  EXPECT_EQ(empty_ones(1'000'000), std::nullopt);
}

TEST(Schema, FieldsByTheirNames) {
  const Schema schema = written(kProto);
  const Type type = schema.method("/t.S/Unary")->request;
  const auto value = [&](std::string_view names, std::string_view hex) {
    return value_of(*find_field(type, names), from_hex(hex));
  };
  EXPECT_EQ(value("client", "0a 01 41 0a 01 42"), "B");
  EXPECT_EQ(value("client", ""), "");
  EXPECT_EQ(value("call", "10 96 01"), "150");
  EXPECT_EQ(value("call", "0a 01 41"), "0");
  EXPECT_EQ(value("inner.depth", "1a 02 10 03"), "-2");
  EXPECT_EQ(value("inner.more.name", "1a 05 1a 03 0a 01 43"), "C");
  EXPECT_EQ(value("inner.name", "1a 03 0a 01 43 1a 02 10 03"), "C");  // merged
  EXPECT_EQ(value("yes", "30 01"), "true");
  EXPECT_EQ(value("colour", "38 01"), "1");
  EXPECT_EQ(value("wide", "49 000000000000f83f"), "1.5");
  EXPECT_EQ(value("narrow", "55 07000000"), "7");
  EXPECT_EQ(value("call", "12 01 41"), "0");     // another wire type
  EXPECT_EQ(value("call", "0b 10 05 0c"), "0");  // of a group
  for (const char* names : {"", "none", "many", "counts", "inner", "client.x", "inner.", "inner.none"}) {
    EXPECT_FALSE(find_field(type, names)) << names;
  }
}

TEST(Schema, OfAOneofTheLastMemberCounts) {
  const Schema schema = written(R"(syntax = "proto2";
message Inner { optional string name = 1; optional int32 i = 2; }
message M { oneof x { int32 i = 1 [default = 4]; string s = 2; Inner m = 3; Inner n = 4; group G = 5 { } } optional int32 j = 6; }
service S { rpc Do(M) returns (M); })");
  const Type type = schema.method("/S/Do")->request;
  const auto value = [&](std::string_view names, std::string_view hex) {
    return value_of(*find_field(type, names), from_hex(hex));
  };
  EXPECT_EQ(value("i", "08 07 30 09"), "7");
  EXPECT_EQ(value("i", "08 07 12 01 41"), "4");
  EXPECT_EQ(value("i", "08 07 2b 2c"), "4");
  EXPECT_EQ(value("i", "08 07 10 01"), "7") << "of another wire type it is no member";
  EXPECT_EQ(value("i", "08 07 12 01 41 08 09"), "9");
  EXPECT_EQ(value("m.name", "1a 03 0a 01 43 1a 02 10 01"), "C");
  EXPECT_EQ(value("m.name", "1a 03 0a 01 43 22 00"), "");
  EXPECT_EQ(value("m.i", "1a 04 10 03 10 05 22 00 1a 03 0a 01 43"), "0");
}

TEST(Schema, ImportsAreFoundBelowTheImportPaths) {
  const Folder folder;
  folder.write("a/one.proto", R"(syntax = "proto3"; import "two.proto"; service S { rpc M(Two) returns (Two); })");
  folder.write("b/two.proto", R"(syntax = "proto3"; message Two { string name = 1; })");
  const Files files{.protosets = {}, .protos = {"one.proto"}, .import_paths = {folder.path() / "a", folder.path() / "b"}};
  EXPECT_NE(Schema::load(files).method("/S/M"), nullptr);
  const Files by_path{.protosets = {}, .protos = {(folder.path() / "a/one.proto").string()}, .import_paths = files.import_paths};
  EXPECT_NE(Schema::load(by_path).method("/S/M"), nullptr);
  EXPECT_THAT(refusal({.protosets = {}, .protos = {"one.proto"}, .import_paths = {folder.path() / "a"}}),
              AllOf(HasSubstr("two.proto"), HasSubstr("--import-path says")));
}

TEST(Schema, WhatCannotBeUsedIsNamed) {
  const Folder folder;
  const std::string none = (folder.path() / "none").string();
  EXPECT_THAT(refusal({.protosets = {none}, .protos = {}, .import_paths = {}}), HasSubstr(none));
  EXPECT_THAT(refusal({.protosets = {}, .protos = {none}, .import_paths = {}}), AllOf(HasSubstr("there is no"), HasSubstr(none)));
  for (const char* content : {"", "hello", "\x0a\x05"}) {
    EXPECT_THAT(refusal({.protosets = {folder.write("set", content)}, .protos = {}, .import_paths = {}}),
                HasSubstr("is no protoset"));
  }
  const std::string broken = folder.write("broken.proto", "syntax = \"proto3\";\nmessage {").string();
  EXPECT_THAT(refusal({.protosets = {}, .protos = {broken}, .import_paths = {}}), HasSubstr("broken.proto:2:9: "));
  const std::string other = folder.write("other.proto", "syntax = \"proto3\";\nmessage A { B b = 1; }").string();
  EXPECT_THAT(refusal({.protosets = {}, .protos = {other}, .import_paths = {}}), HasSubstr("\"B\" is not defined"));
}

// A FileDescriptorSet of one file that imports another one.
TEST(Schema, AProtosetWithoutImports) {
  const Folder folder;
  const std::string file = std::string("\x0a\x07") + "a.proto" + "\x1a\x07" + "b.proto";
  const auto set = folder.write("set", std::string("\x0a") + static_cast<char>(file.size()) + file);
  EXPECT_THAT(refusal({.protosets = {set}, .protos = {}, .import_paths = {}}),
              AllOf(HasSubstr("b.proto"), HasSubstr("--include_imports")));
}

}  // namespace
}  // namespace testigo::schema
