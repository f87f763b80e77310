#include "wire/http2/hpack_static_table.h"

namespace testigo::http2 {

namespace {

struct Entry {
  std::string_view name;
  std::string_view value;
};

constexpr std::array<Entry, kStaticEntries + 1> kEntries = {{
    {"", ""},
    {":authority", ""},
    {":method", "GET"},
    {":method", "POST"},
    {":path", "/"},
    {":path", "/index.html"},
    {":scheme", "http"},
    {":scheme", "https"},
    {":status", "200"},
    {":status", "204"},
    {":status", "206"},
    {":status", "304"},
    {":status", "400"},
    {":status", "404"},
    {":status", "500"},
    {"accept-charset", ""},
    {"accept-encoding", "gzip, deflate"},
    {"accept-language", ""},
    {"accept-ranges", ""},
    {"accept", ""},
    {"access-control-allow-origin", ""},
    {"age", ""},
    {"allow", ""},
    {"authorization", ""},
    {"cache-control", ""},
    {"content-disposition", ""},
    {"content-encoding", ""},
    {"content-language", ""},
    {"content-length", ""},
    {"content-location", ""},
    {"content-range", ""},
    {"content-type", ""},
    {"cookie", ""},
    {"date", ""},
    {"etag", ""},
    {"expect", ""},
    {"expires", ""},
    {"from", ""},
    {"host", ""},
    {"if-match", ""},
    {"if-modified-since", ""},
    {"if-none-match", ""},
    {"if-range", ""},
    {"if-unmodified-since", ""},
    {"last-modified", ""},
    {"link", ""},
    {"location", ""},
    {"max-forwards", ""},
    {"proxy-authenticate", ""},
    {"proxy-authorization", ""},
    {"range", ""},
    {"referer", ""},
    {"refresh", ""},
    {"retry-after", ""},
    {"server", ""},
    {"set-cookie", ""},
    {"strict-transport-security", ""},
    {"transfer-encoding", ""},
    {"user-agent", ""},
    {"vary", ""},
    {"via", ""},
    {"www-authenticate", ""},
}};

constexpr std::array<HeaderField, kStaticEntries + 1> make_fields() {
  std::array<HeaderField, kStaticEntries + 1> fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    fields[i].name = kEntries[i].name;
    fields[i].value = kEntries[i].value;
    fields[i].tell_name();
    fields[i].tell_value();
  }
  return fields;
}

}  // namespace

constexpr std::array<HeaderField, kStaticEntries + 1> kStaticTable = make_fields();

StaticMatch find_static(std::string_view name, std::string_view value) {
  StaticMatch match;
  for (std::uint32_t index = 1; index <= kStaticEntries; ++index) {
    if (kStaticTable[index].name != name) continue;
    if (match.name == 0) match.name = index;
    if (kStaticTable[index].value == value) return {index, match.name};
  }
  return match;
}

}  // namespace testigo::http2
