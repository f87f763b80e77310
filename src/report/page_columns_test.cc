#include "report/page_columns.h"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <zlib.h>

namespace testigo::report {
namespace {

std::string inflated(const std::string& base64, std::size_t size) {
  std::string packed(base64.size(), '\0');
  const int decoded = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(packed.data()),
                                      reinterpret_cast<const unsigned char*>(base64.data()), static_cast<int>(base64.size()));
  std::string out(size, '\0');
  uLongf length = size;
  EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(out.data()), &length, reinterpret_cast<const Bytef*>(packed.data()),
                       static_cast<uLong>(decoded)),
            Z_OK);
  EXPECT_EQ(length, size);
  return out;
}

std::size_t size_of(const std::string& type) { return type == "f64" ? 8 : type == "u32" ? 4 : type == "u16" ? 2 : 1; }

double value_at(const std::string& octets, std::size_t at, const std::string& type) {
  if (type == "f64") {
    double value = 0;
    std::memcpy(&value, octets.data() + at, 8);
    return value;
  }
  double value = 0;
  for (std::size_t i = size_of(type); i-- > 0;) value = value * 256 + static_cast<unsigned char>(octets[at + i]);
  return value;
}

TEST(PageColumns, StandOneBehindTheOther) {
  std::vector<PageCall> calls(3);
  calls[1].start_ns = 1.5e9;
  calls[1].client = 7;
  calls[1].number = 0x01020304;
  calls[1].wire_status = 14;
  calls[1].wire_latency_ns = 123456;
  calls[1].flags = PageCall::kError | PageCall::kBreaksClaim;
  const auto json = page_columns(calls);
  EXPECT_EQ(json["kept"], 3);
  std::size_t size = 0;
  for (const auto& column : json["columns"]) size += 3 * size_of(column["type"]);
  const std::string octets = inflated(json["data"], size);
  std::map<std::string, double> second;
  std::size_t at = 0;
  for (const auto& column : json["columns"]) {
    const std::string type = column["type"];
    second[column["name"]] = value_at(octets, at + size_of(type), type);
    at += 3 * size_of(type);
  }
  EXPECT_EQ(second["start_ns"], 1.5e9);
  EXPECT_EQ(second["client"], 7);
  EXPECT_EQ(second["server"], PageCall::kNobody);
  EXPECT_EQ(second["number"], 0x01020304);
  EXPECT_EQ(second["wire_status"], 14);
  EXPECT_EQ(second["client_status"], PageCall::kSaysNothing);
  EXPECT_EQ(second["wire_latency_ns"], 123456);
  EXPECT_TRUE(std::isnan(second["client_latency_ns"]));
  EXPECT_EQ(second["flags"], 129);
  EXPECT_EQ(second.size(), 23u);
}

TEST(PageColumns, AreThereWithoutCalls) {
  const auto json = page_columns({});
  EXPECT_EQ(json["kept"], 0);
  EXPECT_EQ(json["columns"].size(), 23u);
  EXPECT_EQ(inflated(json["data"], 0), "");
}

TEST(PageColumns, KnowGrpcsCodes) {
  EXPECT_EQ(status_code(0), 0);
  EXPECT_EQ(status_code(16), 16);
  for (const int none : {-1, 17, 255, 1000}) EXPECT_EQ(status_code(none), 253);
}

TEST(PageColumns, IndicesAreThoseOfTheDocument) {
  std::vector<PageCall> calls(2);
  calls[0].method = 1;
  const NameIndices names{{}, {}, {}, {PageCall::kNobody, 0}};
  std::vector<PageCall> same = calls;
  same[0].method = 0;
  EXPECT_EQ(page_columns(calls, &names), page_columns(same));
  EXPECT_NE(page_columns(calls), page_columns(same));
}

}  // namespace
}  // namespace testigo::report
