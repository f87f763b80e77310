#include "report/page_columns.h"

#include <bit>
#include <cstring>
#include <new>
#include <type_traits>

#include <openssl/evp.h>
#include <zlib.h>

#include "wire/rpc/status.h"

namespace testigo::report {
namespace {

using Json = nlohmann::ordered_json;

template <typename Value>
constexpr std::string_view type_name() {
  if constexpr (std::is_same_v<Value, double>) return "f64";
  if constexpr (sizeof(Value) == 4) return "u32";
  return sizeof(Value) == 2 ? "u16" : "u8";
}

// Column behind column, each value with its least octet first.
class Columns {
 public:
  explicit Columns(const std::vector<PageCall>& calls) : calls_(calls) {}

  template <typename Value>
  void add(std::string_view name, Value PageCall::*member) {
    static_assert(std::endian::native == std::endian::little);
    columns_.push_back({{"name", name}, {"type", type_name<Value>()}});
    const std::size_t begin = octets_.size();
    octets_.resize(begin + calls_.size() * sizeof(Value));
    char* at = octets_.data() + begin;
    for (const PageCall& call : calls_) {
      std::memcpy(at, &(call.*member), sizeof(Value));
      at += sizeof(Value);
    }
  }

  // Indices; `to`, which may be empty, says what they are in the document.
  void add(std::string_view name, std::uint16_t PageCall::*member, const std::vector<std::uint16_t>& to) {
    const std::size_t begin = octets_.size();
    add(name, member);
    for (std::size_t i = 0; i < calls_.size() && !to.empty(); ++i) {
      const std::uint16_t index = calls_[i].*member;
      if (index != PageCall::kNobody) std::memcpy(octets_.data() + begin + i * sizeof index, &to[index], sizeof index);
    }
  }

  const Json& columns() const { return columns_; }
  const std::string& octets() const { return octets_; }

 private:
  const std::vector<PageCall>& calls_;
  Json columns_ = Json::array();
  std::string octets_;
};

std::string deflated(const std::string& octets) {
  uLongf size = compressBound(octets.size());
  std::string out(size, '\0');
  const int done = compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(octets.data()),
                             octets.size(), Z_DEFAULT_COMPRESSION);
  if (done != Z_OK) throw std::bad_alloc();  // the room is enough: nothing else can be wrong
  out.resize(size);
  return out;
}

std::string base64(const std::string& octets) {
  std::string out(4 * ((octets.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(octets.data()), static_cast<int>(octets.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace

std::uint16_t flag_of(check::Severity severity) {
  switch (severity) {
    case check::Severity::Error:
      return PageCall::kError;
    case check::Severity::Warning:
      return PageCall::kWarning;
    case check::Severity::Info:
      return PageCall::kInfo;
  }
  return 0;
}

std::uint8_t status_code(int status) {
  constexpr std::uint8_t kNoCode = 253;
  return status >= 0 && status <= rpc::kUnauthenticated ? static_cast<std::uint8_t>(status) : kNoCode;
}

nlohmann::ordered_json page_columns(const std::vector<PageCall>& calls, const NameIndices* names) {
  const NameIndices all;
  const NameIndices& to = names == nullptr ? all : *names;
  Columns columns(calls);
  columns.add("start_ns", &PageCall::start_ns);
  columns.add("client", &PageCall::client, to.clients);
  columns.add("server", &PageCall::server, to.servers);
  columns.add("method", &PageCall::method, to.methods);
  columns.add("kind", &PageCall::kind);
  columns.add("process", &PageCall::process, to.processes);
  columns.add("number", &PageCall::number);
  columns.add("connection", &PageCall::connection);
  columns.add("stream", &PageCall::stream);
  columns.add("packet", &PageCall::packet);
  columns.add("end_packet", &PageCall::end_packet);
  columns.add("ending", &PageCall::ending);
  columns.add("client_status", &PageCall::client_status);
  columns.add("wire_status", &PageCall::wire_status);
  columns.add("server_status", &PageCall::server_status);
  columns.add("client_latency_ns", &PageCall::client_latency_ns);
  columns.add("wire_latency_ns", &PageCall::wire_latency_ns);
  columns.add("server_latency_ns", &PageCall::server_latency_ns);
  columns.add("requests", &PageCall::requests);
  columns.add("replies", &PageCall::replies);
  columns.add("request_bytes", &PageCall::request_bytes);
  columns.add("reply_bytes", &PageCall::reply_bytes);
  columns.add("flags", &PageCall::flags);
  return {{"kept", calls.size()}, {"columns", columns.columns()}, {"data", base64(deflated(columns.octets()))}};
}

}  // namespace testigo::report
