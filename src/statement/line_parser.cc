#include "statement/line_parser.h"

#include <charconv>
#include <concepts>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/inert.h"

namespace testigo::statement {
namespace {

using Json = nlohmann::json;

// Reads members one after another; the first that is absent or absurd is remembered, and what is read after it does not count.
class Members {
 public:
  explicit Members(const Json& object) : object_(object) {}

  bool good() const { return trouble_.empty(); }
  const std::string& trouble() const { return trouble_; }

  std::string text(const char* name) {
    const Json* value = find(name);
    if (value == nullptr || !value->is_string()) return refuse<std::string>(name, "a text");
    return value->get<std::string>();
  }

  bool flag(const char* name) {
    const Json* value = find(name);
    if (value == nullptr || !value->is_boolean()) return refuse<bool>(name, "true or false");
    return value->get<bool>();
  }

  // Numbers of statements are never negative.
  template <std::integral Number>
  Number number(const char* name) {
    const Json* value = find(name);
    if (value == nullptr || !value->is_number_unsigned()) return refuse<Number>(name, "a whole number from 0");
    const auto whole = value->get<std::uint64_t>();
    if (!std::in_range<Number>(whole)) return refuse<Number>(name, "a number in its range");
    return static_cast<Number>(whole);
  }

  Duration duration(const char* name) { return Duration(number<std::int64_t>(name)); }

  std::optional<Duration> optional_duration(const char* name) {
    if (find(name) == nullptr) return std::nullopt;
    return duration(name);
  }

  Time time(const char* name) {
    constexpr Time kFirst{};
    constexpr Time kLast = std::chrono::sys_days(std::chrono::year(2200) / 1 / 1);
    const std::string value = text(name);
    const auto parsed = parse_rfc3339(value);
    if (good() && (!parsed || !value.ends_with('Z') || *parsed < kFirst || *parsed >= kLast))
      return refuse<Time>(name, "a time in UTC");
    return parsed.value_or(kFirst);
  }

  std::string name(const char* member) {
    std::string value = text(member);
    if (good() && !is_name(value)) return refuse<std::string>(member, "a name");
    return value;
  }

  CallId id(const char* name) {
    const auto parsed = parse_call_id(text(name));
    if (!parsed) return refuse<CallId>(name, "the id of a call");
    return *parsed;
  }

  Kind kind(const char* name) {
    const auto parsed = parse_kind(text(name));
    if (!parsed) return refuse<Kind>(name, "a kind of call");
    return *parsed;
  }

  Witness witness(const char* name) {
    const std::string value = text(name);
    if (value != "client" && value != "server") return refuse<Witness>(name, "client or server");
    return value == "client" ? Witness::Client : Witness::Server;
  }

  std::optional<Reply> reply(const char* name) {
    const Json* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_object()) return refuse<std::optional<Reply>>(name, "an object");
    Members members(*value);
    Reply reply{members.text("client"), members.number<std::uint64_t>("call"), members.text("server")};
    if (!members.good()) return refuse<std::optional<Reply>>(name, "a reply");
    return reply;
  }

 private:
  const Json* find(const char* name) const {
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }

  template <typename T>
  T refuse(const char* name, const char* wanted) {
    if (good()) trouble_ = std::string("its member \"") + name + "\" is not " + wanted;
    return T{};
  }

  const Json& object_;
  std::string trouble_;
};

Body start(Members& members) {
  Start start;
  start.witness = members.witness("witness");
  start.name = members.name("name");
  start.process = members.name("process");
  start.host = members.text("host");
  start.pid = members.number<std::int64_t>("pid");
  start.address = members.text("address");
  start.period = members.optional_duration("period_ns");
  start.deadline = members.optional_duration("deadline_ns");
  start.tls = members.flag("tls");
  start.continues = members.flag("continues");
  return start;
}

Body started(Members& members) { return Started{members.id("id"), members.text("method"), members.kind("kind")}; }

Body received(Members& members) {
  return Received{members.id("id"), members.text("method"), members.kind("kind"), members.text("peer")};
}

Body ended(Members& members) {
  Ended ended;
  ended.id = members.id("id");
  ended.status = members.number<int>("status");
  ended.message = members.text("message");
  ended.latency = members.duration("latency_ns");
  ended.requests = members.number<std::uint64_t>("requests");
  ended.replies = members.number<std::uint64_t>("replies");
  ended.reply = members.reply("reply");
  return ended;
}

Body end(Members& members) { return End{members.number<std::uint64_t>("calls")}; }

using Parse = Body (*)(Members&);

Parse parse_of(std::string_view type) {
  if (type == "start") return start;
  if (type == "started") return started;
  if (type == "received") return received;
  if (type == "ended") return ended;
  if (type == "end") return end;
  return nullptr;
}

// "MAJOR.MINOR": the major number; nothing when it is something else.
std::optional<int> major_version(std::string_view text) {
  int major = 0;
  int minor = 0;
  const char* last = text.data() + text.size();
  const auto [dot, error] = std::from_chars(text.data(), last, major);
  if (error != std::errc() || dot == last || *dot != '.' || major < 0) return std::nullopt;
  const auto [end, minor_error] = std::from_chars(dot + 1, last, minor);
  if (minor_error != std::errc() || end != last || minor < 0) return std::nullopt;
  return major;
}

// Whether the line opens a file of a format that we read; `out` says why not.
bool known_version(Members& members, ParsedLine& out) {
  const std::string format = members.text("format");
  const std::string version = members.text("version");
  const auto major = major_version(version);
  if (members.good() && format == kFormatName && major && *major == kVersionMajor) return true;
  if (format != kFormatName || !major) {
    out.what = "a start record of another format, or of none";
  } else {
    out.unknown_version = inert(version, 32);
    out.what = "format version " + out.unknown_version + " is not known";
  }
  return false;
}

std::string lost_statements(Members& members) {
  const auto statements = members.number<std::uint64_t>("statements");
  return (members.good() ? std::to_string(statements) : "some") + " statements before this line were refused by the disk";
}

ParsedLine parse_object(const Json& object) {
  ParsedLine out;
  Members members(object);
  const std::string type = members.text("type");
  if (!members.good()) {
    out.what = members.trouble();
    return out;
  }
  out.is_start = type == "start";
  if (type == "lost") out.what = lost_statements(members);
  const Parse parse_body = parse_of(type);
  if (parse_body == nullptr || (out.is_start && !known_version(members, out))) return out;
  Statement statement;
  statement.time = members.time("time");
  statement.monotonic = members.duration("monotonic_ns");
  statement.body = parse_body(members);
  if (members.good()) {
    out.statement = std::move(statement);
  } else {
    out.what = members.trouble();
  }
  return out;
}

}  // namespace

ParsedLine parse(std::string_view line) {
  const Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (object.is_object()) return parse_object(object);
  ParsedLine out;
  out.what = "not a JSON object";
  return out;
}

}  // namespace testigo::statement
