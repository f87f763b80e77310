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
