#include "wire/http2/hpack_static_table.h"

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

namespace testigo::http2 {
namespace {

std::string_view text(const std::uint8_t* octets, std::size_t size) { return {reinterpret_cast<const char*>(octets), size}; }

TEST(StaticTable, IsThatOfNghttp2) {
  nghttp2_hd_inflater* inflater = nullptr;
  ASSERT_EQ(nghttp2_hd_inflate_new(&inflater), 0);
  for (std::uint32_t index = 1; index <= kStaticEntries; ++index) {
    const nghttp2_nv* const entry = nghttp2_hd_inflate_get_table_entry(inflater, index);
    EXPECT_EQ(kStaticTable[index].name, text(entry->name, entry->namelen)) << index;
    EXPECT_EQ(kStaticTable[index].value, text(entry->value, entry->valuelen)) << index;
  }
  nghttp2_hd_inflate_del(inflater);
}

TEST(StaticTable, HasWhatAppendixASays) {
  EXPECT_EQ(kStaticTable[1].name, ":authority");
  EXPECT_EQ(kStaticTable[3].value, "POST");
  EXPECT_EQ(kStaticTable[16].value, "gzip, deflate");
  EXPECT_EQ(kStaticTable[31].name, "content-type");
  EXPECT_EQ(kStaticTable[61].name, "www-authenticate");
}

TEST(FindStatic, FindsFieldsAndNames) {
  EXPECT_EQ(find_static(":method", "POST").field, 3u);
  EXPECT_EQ(find_static(":method", "POST").name, 2u);
  EXPECT_EQ(find_static(":status", "418").field, 0u);
  EXPECT_EQ(find_static(":status", "418").name, 8u);
  EXPECT_EQ(find_static("content-type", "").field, 31u);
  EXPECT_EQ(find_static("te", "trailers").field, 0u);
  EXPECT_EQ(find_static("te", "trailers").name, 0u);
}

}  // namespace
}  // namespace testigo::http2
