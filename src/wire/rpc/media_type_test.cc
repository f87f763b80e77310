#include "wire/rpc/media_type.h"

#include <gtest/gtest.h>

namespace testigo::rpc {
namespace {

TEST(MediaType, OfGrpcHasAnySubtypeAndParametersInAnyCase) {
  for (const char* good : {"application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8", "Application/gRPC",
                           "APPLICATION/GRPC+JSON", "application/grpc \t;charset=utf-8"}) {
    EXPECT_TRUE(names_grpc(good)) << good;
  }
  for (const char* bad : {"", "application/grp", "application/json", "application/grpcx", "application/grpc x", "application/grpc ",
                          "application/grpc-web", "Application/gRPC-Web+proto"}) {
    EXPECT_FALSE(names_grpc(bad)) << bad;
  }
}

TEST(MediaType, OfGrpcWebIsAnother) {
  for (const char* good : {"application/grpc-web", "Application/gRPC-Web+proto"}) EXPECT_TRUE(names_grpc_web(good)) << good;
  for (const char* bad : {"application/grpc", "application/grpc+web"}) EXPECT_FALSE(names_grpc_web(bad)) << bad;
}

}  // namespace
}  // namespace testigo::rpc
