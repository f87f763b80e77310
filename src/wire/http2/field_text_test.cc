#include "wire/http2/field_text.h"

#include <gtest/gtest.h>

#include "wire/http2/header_field.h"

namespace testigo::http2 {
namespace {

TEST(FieldText, NamesThatAreAskedFor) {
  EXPECT_EQ(field_name("grpc-status-details-bin"), FieldName::GrpcStatusDetailsBin);
  EXPECT_EQ(field_name("grpc-retry-pushback-ms"), FieldName::GrpcRetryPushbackMs);
  EXPECT_EQ(field_name("grpc-previous-rpc-attempts"), FieldName::GrpcPreviousRpcAttempts);
  EXPECT_EQ(field_name("grpc-accept-encoding"), FieldName::GrpcAcceptEncoding);
  for (const char* name : {"grpc-", "grpc-statuz", "grpc-trace-bin", "grpc-encodings"})
    EXPECT_EQ(field_name(name), FieldName::OfGrpc) << name;
  for (const char* name : {"x-bin", "-bin"}) EXPECT_EQ(field_name(name), FieldName::Binary) << name;
  for (const char* name : {"cookie", "authorization"}) EXPECT_EQ(field_name(name), FieldName::Secret) << name;
  for (const char* name : {"", "grpc", "bin", "x-binary", "content-lengths"}) EXPECT_EQ(field_name(name), FieldName::Other) << name;
}

TEST(FieldText, OctetsOfValues) {
  EXPECT_EQ(value_octets("a b~"), 0);
  EXPECT_EQ(value_octets("a\tb"), kNotAscii);
  EXPECT_EQ(value_octets("\x7f\xff"), kNotAscii);
  EXPECT_EQ(value_octets("a\n"), kNotAscii | kForbidden);
}

// Whatever the length is, and wherever the octet stands.
TEST(FieldText, OctetsOfValuesOneByOne) {
  for (std::size_t size = 1; size <= 26; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (unsigned octet = 0; octet < 256; ++octet) {
        for (const char others : {' ', '~', 'a'}) {
          std::string value(size, others);
          value[at] = static_cast<char>(octet);
          ASSERT_EQ(value_octets(value), kValueOctets[octet]) << size << " " << at << " " << octet;
        }
      }
    }
  }
  EXPECT_EQ(value_octets(""), 0);
}

TEST(FieldText, WhatAFieldTells) {
  HeaderField field;
  field.name = "x-name_0.9";
  field.value = " v";
  field.tell_name();
  field.tell_value();
  EXPECT_TRUE(field.valid_name && field.metadata_name && field.ascii_value);
  EXPECT_FALSE(field.plain_value);
  field.name = "x!";
  field.tell_name();
  EXPECT_TRUE(field.valid_name);
  EXPECT_FALSE(field.metadata_name);
}

}  // namespace
}  // namespace testigo::http2
