// HD: what holds for the header section of any request or response (RFC 9113 sections 8.1 to 8.3).
#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "call/fields.h"
#include "check/all_checks.h"
#include "check/extended_connect.h"
#include "check/gate.h"
#include "check/masked.h"
#include "check/true_binary.h"

namespace testigo::check {
namespace {

using call::BlockRole;
using call::Fields;
using http2::bit;
using http2::FieldName;
using http2::FieldNames;
using http2::HeaderField;
using http2::Known;

constexpr std::string_view kConnect = "CONNECT";
constexpr std::array<std::string_view, 6> kPseudo = {":method", ":scheme", ":path", ":authority", ":protocol", ":status"};

bool is_request(BlockRole role) { return role == BlockRole::Request; }
bool is_response(BlockRole role) { return role == BlockRole::Response || role == BlockRole::Informational; }
bool is_trailers(BlockRole role) { return role == BlockRole::Trailers || role == BlockRole::RequestTrailers; }
bool is_pseudo(const HeaderField& field) { return field.name.starts_with(':'); }
bool is_request_pseudo(std::string_view name) { return name != ":status" && std::ranges::find(kPseudo, name) != kPseudo.end(); }

std::size_t count(Fields fields, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count(fields, name, &HeaderField::name));
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// host, without the port that the scheme implies (RFC 9110 section 4.2.3).
std::string normalised(std::string_view authority, std::string_view scheme) {
  std::string text = lower(authority);
  const std::string_view port = scheme == "https" ? ":443" : ":80";
  if (text.ends_with(port)) text.resize(text.size() - port.size());
  return text;
}

// What reg-name, IP literals and a port are made of (RFC 3986 section 3.2), percent-encoding included.
constexpr auto kHostAndPort = [] {
  std::array<bool, 256> may{};
  for (unsigned c = 0; c < may.size(); ++c) may[c] = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  for (const unsigned char c : std::string_view("-._~%!$&'()*+,;=:[]")) may[c] = true;
  return may;
}();

bool is_host_and_port(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return kHostAndPort[c]; });
}

// The pseudo-headers that a block of that role has when it is as it usually is; each once.
FieldNames usual_pseudo_headers(BlockRole role) {
  if (is_request(role)) return bit(FieldName::Method) | bit(FieldName::Scheme) | bit(FieldName::Path) | bit(FieldName::Authority);
  return is_response(role) ? bit(FieldName::Status) : 0;
}

// Nothing in the block is out of the ordinary, so that every row below passes: an ordinary block needs no more than this one walk
// over its fields, and the rows look only at what it stumbles over. It may say no of a block that is right, never yes of one that
// is not.
bool is_ordinary(const call::BlockSeen& seen) {
  if (!seen.outcome.complete) return false;
  FieldNames pseudo = 0;
  bool regular = false;
  for (const HeaderField& field : seen.fields) {
    if (!field.exact() || !field.valid_name || !field.plain_value) return false;
    switch (field.id) {
      case FieldName::Authority:
        if (!is_host_and_port(field.value)) return false;
        [[fallthrough]];
      case FieldName::Method:
      case FieldName::Path:
      case FieldName::Scheme:
      case FieldName::Status:
        if (regular || (pseudo & bit(field.id)) != 0 || field.value.empty()) return false;
        if (field.id == FieldName::Path && field.value.front() != '/') return false;
        if (field.id == FieldName::Method && field.value == kConnect) return false;
        pseudo |= bit(field.id);
        break;
      case FieldName::Protocol:
      case FieldName::Host:
      case FieldName::ConnectionSpecific:
        return false;
      case FieldName::Te:
        if (field.value != "trailers") return false;
        regular = true;
        break;
      case FieldName::Other:
        if (is_pseudo(field)) return false;
        [[fallthrough]];
      case FieldName::ContentLength:
      case FieldName::ContentType:
      case FieldName::GrpcAcceptEncoding:
      case FieldName::GrpcEncoding:
      case FieldName::GrpcMessage:
      case FieldName::GrpcPreviousRpcAttempts:
      case FieldName::GrpcRetryPushbackMs:
      case FieldName::GrpcStatus:
      case FieldName::GrpcStatusDetailsBin:
      case FieldName::GrpcTimeout:
      case FieldName::OfGrpc:
      case FieldName::Binary:
      case FieldName::Secret:
      case FieldName::UserAgent:
        regular = true;
    }
  }
  return pseudo == usual_pseudo_headers(seen.role);
}

class HeaderChecks final : public Check {
 public:
  explicit HeaderChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override {
    return {.frames = true, .blocks = true, .messages = false, .side_ends = false, .calls = false};
  }
  bool speaks_for_alike(const call::BlockSeen&) const override { return true; }
  FrameTypes frame_types() const override { return {http2::FrameType::Settings}; }
  void on_frame(const call::FrameSeen& seen) override {
    true_binary_.on_frame(seen);
    extended_connect_.on_settings(seen);
  }
  void on_block(const call::BlockSeen& seen) override;

 private:
  void pseudo_headers(const call::BlockSeen& seen);
  void protocol(const call::BlockSeen& seen);
  void request_line(const call::BlockSeen& seen);
  void authority(const call::BlockSeen& seen);
  void octets(const call::BlockSeen& seen);
  void connection_specific(const call::BlockSeen& seen);
  void response_line(const call::BlockSeen& seen);
  void pass_all(BlockRole role);
  void not_judgeable(const call::BlockSeen& seen, std::string_view reason);

  Findings& findings_;
  TrueBinary true_binary_;
  ExtendedConnect extended_connect_;
};

void HeaderChecks::pass_all(BlockRole role) {
  for (const Id id : {Id::HD01, Id::HD04, Id::HD05}) findings_.pass(id);
  if (is_request(role)) {
    for (const Id id : {Id::HD02, Id::HD03}) findings_.pass(id);
  }
  if (is_response(role)) findings_.pass(Id::HD07);
}

void HeaderChecks::not_judgeable(const call::BlockSeen& seen, std::string_view reason) {
  for (const Id id : {Id::HD01, Id::HD04, Id::HD05}) findings_.not_judgeable(id, reason);
  if (is_request(seen.role)) {
    for (const Id id : {Id::HD02, Id::HD03}) findings_.not_judgeable(id, reason);
  }
  if (is_response(seen.role)) findings_.not_judgeable(Id::HD07, reason);
}

void HeaderChecks::on_block(const call::BlockSeen& seen) {
  if (seen.role == BlockRole::Unknown) return;
  if (is_ordinary(seen)) {
    pass_all(seen.role);
    return;
  }
  if (!seen.outcome.complete) {
    not_judgeable(seen, "a header block could not be decoded");
    return;
  }
  if (call::any_name_unknown(seen.fields)) {
    not_judgeable(seen, "names of header fields are not known");
    return;
  }
  pseudo_headers(seen);
  octets(seen);
  connection_specific(seen);
  if (is_request(seen.role)) {
    request_line(seen);
    authority(seen);
  }
  if (is_response(seen.role)) response_line(seen);
}

// HD01. That a request's pseudo-header stands in a response is left to HD07.
void HeaderChecks::pseudo_headers(const call::BlockSeen& seen) {
  bool regular = false;
  std::array<bool, kPseudo.size()> met{};
  std::string wrong;
  for (const HeaderField& field : seen.fields) {
    if (!is_pseudo(field)) {
      regular = true;
      continue;
    }
    const auto known = std::ranges::find(kPseudo, field.name);
    const bool defined = known != kPseudo.end() && (is_response(seen.role) || *known != ":status");
    if (is_trailers(seen.role)) {
      wrong = fmt::format("{} stands in trailers", field.name);
    } else if (!defined) {
      wrong = fmt::format("{} is not defined", field.name);
    } else if (regular) {
      wrong = fmt::format("{} stands behind a regular field", field.name);
    } else if (std::exchange(met[static_cast<std::size_t>(known - kPseudo.begin())], true)) {
      wrong = fmt::format("{} is repeated", field.name);
    }
    if (!wrong.empty()) break;
  }
  if (wrong.empty() && is_request(seen.role) && seen.outcome.has(FieldName::Protocol)) return protocol(seen);
  findings_.judge(Id::HD01, wrong.empty(), seen.spot, [&] { return wrong; });
}

// HD01. :protocol is defined of CONNECT alone, and where the server takes it (RFC 8441 sections 3 and 4).
void HeaderChecks::protocol(const call::BlockSeen& seen) {
  const HeaderField* method = call::find(seen.fields, FieldName::Method);
  if (method != nullptr && !method->exact()) return findings_.not_judgeable(Id::HD01, "the value of :method is not known");
  if (method != nullptr && method->value != kConnect) {
    return findings_.fail(Id::HD01, seen.spot, fmt::format(":protocol stands in a request of {}", method->value));
  }
  switch (extended_connect_.taken(seen.connection, seen.spot)) {
    case ExtendedConnect::Taken::Yes:
      return findings_.pass(Id::HD01);
    case ExtendedConnect::Taken::Unknown:
      return findings_.not_judgeable(Id::HD01, "whether the server takes :protocol is not known");
    case ExtendedConnect::Taken::No:
      return findings_.fail(Id::HD01, seen.spot, ":protocol, although the server's ENABLE_CONNECT_PROTOCOL was not 1");
  }
}

// Section 8.3.1: of http and https an absolute path, or "*" of OPTIONS. Of other schemes it says nothing.
bool is_path(std::string_view path, std::string_view method, std::string_view scheme) {
  if (path.starts_with('/') || (path == "*" && method == "OPTIONS")) return true;
  const std::string name = lower(scheme);
  return name != "http" && name != "https";
}

// HD02. CONNECT has neither :scheme nor :path (section 8.5), unless it is extended (RFC 8441).
void HeaderChecks::request_line(const call::BlockSeen& seen) {
  constexpr std::array<std::string_view, 3> kNames = {":method", ":scheme", ":path"};
  std::array<std::string_view, 3> values;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const HeaderField* field = call::find(seen.fields, kNames[i]);
    if (field == nullptr) continue;
    if (!field->exact()) return findings_.not_judgeable(Id::HD02, "the value of :method, :scheme or :path is not known");
    values[i] = field->value;
  }
  const auto [method, scheme, path] = values;
  const bool plain_connect = method == kConnect && count(seen.fields, ":protocol") == 0;
  std::string wrong;
  for (const std::string_view name : kNames) {
    const std::size_t times = count(seen.fields, name);
    if (plain_connect && name != ":method") {
      if (times != 0) wrong = fmt::format("{} stands in a CONNECT", name);
    } else if (times != 1) {
      wrong = times == 0 ? fmt::format("{} is missing", name) : fmt::format("{} stands {} times", name, times);
    }
  }
  if (wrong.empty() && !plain_connect && !is_path(path, method, scheme)) {
    wrong = path.empty() ? ":path is empty" : fmt::format(":path \"{}\" does not begin with a slash", path);
  }
  findings_.judge(Id::HD02, wrong.empty(), seen.spot, [&] { return wrong; });
}

// HD03.
void HeaderChecks::authority(const call::BlockSeen& seen) {
  const HeaderField* authority = call::find(seen.fields, ":authority");
  const HeaderField* host = call::find(seen.fields, "host");
  const auto [other_host, hosts_known] = call::repeated(seen.fields, FieldName::Host);
  if (other_host != nullptr) {
    findings_.fail(Id::HD03, seen.spot, differing(seen.fields, *other_host));
    return;
  }
  if ((authority != nullptr && !authority->exact()) || !hosts_known || (host != nullptr && is_masked(host->value))) {
    findings_.not_judgeable(Id::HD03, "the value of :authority or host is not known");
    return;
  }
  if (authority == nullptr) {
    findings_.fail(Id::HD03, Severity::Info, seen.spot, "the request has no :authority");
    return;
  }
  const std::string_view scheme = call::exact_value(seen.fields, ":scheme").value_or("");
  if (authority->value.find('@') != std::string_view::npos) {
    findings_.fail(Id::HD03, seen.spot, fmt::format(":authority \"{}\" holds userinfo", authority->value));
  } else if (host != nullptr && normalised(authority->value, scheme) != normalised(host->value, scheme)) {
    findings_.fail(Id::HD03, seen.spot, fmt::format("host is \"{}\", :authority \"{}\"", host->value, authority->value));
  } else if (!is_host_and_port(authority->value)) {
    findings_.fail(Id::HD03, Severity::Warning, seen.spot, fmt::format(":authority \"{}\" is no host and port", authority->value));
  } else {
    findings_.pass(Id::HD03);
  }
}

// HD04. The gravest that is wrong in the block is told, once.
void HeaderChecks::octets(const call::BlockSeen& seen) {
  const bool receiver_seen = seen.connection.whole(opposite(seen.spot.direction));
  bool all_known = true;
  const HeaderField* edge_space = nullptr;
  for (const HeaderField& field : seen.fields) {
    if (!http2::is_valid_name(field.name)) {
      findings_.fail(Id::HD04, seen.spot, fmt::format("the field name \"{}\" holds an octet that names must not hold", field.name));
      return;
    }
    if (field.value_known != Known::Exact || (TrueBinary::resembles(field) && !receiver_seen)) {
      all_known = false;
    } else if (TrueBinary::resembles(field) && true_binary_.taken(seen.spot.direction)) {
      continue;
    } else if (!http2::is_valid_value(field.value)) {
      findings_.fail(Id::HD04, seen.spot, fmt::format("the value of {} holds NUL, CR or LF", field.name));
      return;
    } else if (http2::has_edge_space(field.value) && field.name != "grpc-message") {  // %x20 stays unescaped there
      edge_space = &field;
    }
  }
  if (edge_space != nullptr) {
    findings_.fail(Id::HD04, Severity::Warning, seen.spot,
                   fmt::format("the value of {} begins or ends with white space", edge_space->name));
  } else if (!all_known) {
    findings_.not_judgeable(Id::HD04, "not every value is known, or whether its receiver takes true binary metadata");
  } else {
    findings_.pass(Id::HD04);
  }
}

// HD05. te may hold "trailers" only (section 8.2.2), wherever it stands.
void HeaderChecks::connection_specific(const call::BlockSeen& seen) {
  std::string wrong;
  bool te_known = true;
  for (const HeaderField& field : seen.fields) {
    if (field.id == FieldName::ConnectionSpecific) {
      wrong = fmt::format("{} is specific to a connection of HTTP/1.1", field.name);
    } else if (field.id == FieldName::Te) {
      te_known = te_known && field.exact();
      if (field.exact() && lower(field.value) != "trailers") wrong = fmt::format("te is \"{}\"", field.value);
    }
    if (!wrong.empty()) break;
  }
  if (wrong.empty() && !te_known) {
    findings_.not_judgeable(Id::HD05, "the value of te is not known");
  } else {
    findings_.judge(Id::HD05, wrong.empty(), seen.spot, [&] { return wrong; });
  }
}

// HD07.
void HeaderChecks::response_line(const call::BlockSeen& seen) {
  const std::size_t statuses = count(seen.fields, ":status");
  std::string wrong;
  if (statuses != 1) wrong = statuses == 0 ? ":status is missing" : fmt::format(":status stands {} times", statuses);
  for (const HeaderField& field : seen.fields) {
    if (!is_request_pseudo(field.name)) continue;
    wrong = fmt::format("{} stands in a response", field.name);
    break;
  }
  findings_.judge(Id::HD07, wrong.empty(), seen.spot, [&] { return wrong; });
}

}  // namespace

std::unique_ptr<Check> header_checks(Findings& findings) { return std::make_unique<HeaderChecks>(findings); }

}  // namespace testigo::check
