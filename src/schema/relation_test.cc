#include "schema/relation.h"

#include <gtest/gtest.h>

namespace testigo::schema {
namespace {

TEST(Relation, AsTheUserWritesIt) {
  EXPECT_EQ(parse_relation("reply.client=request.client"), (Relation{"client", "client"}));
  EXPECT_EQ(parse_relation(" reply.inner.name = request.a_1.B "), (Relation{"inner.name", "a_1.B"}));
  EXPECT_EQ(parse_relation("reply.a=request.b")->text(), "reply.a = request.b");
}

TEST(Relation, WhatIsNone) {
  for (const char* text :
       {"", "=", "reply.client", "client=client", "request.a=reply.a", "reply.=request.a", "reply.a=request.",
        "reply.a..b=request.a", "reply.a=request.a=b", "reply.1=request.a", "reply.a b=request.a", "reply.a=request.a."}) {
    EXPECT_FALSE(parse_relation(text)) << text;
  }
}

}  // namespace
}  // namespace testigo::schema
