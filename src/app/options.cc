#include "app/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <system_error>

#include <fmt/format.h>

#include "wire/rpc/media_type.h"

namespace testigo::app {
namespace {

// Of a time that somebody waits for; far below what clocks count.
constexpr Duration kDurationMax = std::chrono::days(366);
constexpr std::uint64_t kCountMax = std::numeric_limits<std::int64_t>::max();

template <typename Value>
CLI::Option* add(CLI::App& command, const std::string& name, Value& value, const std::string& help) {
  return command
      .add_option_function<std::string>(
          name,
          [&value, name](const std::string& text) {
            const auto duration = parse_duration(text);
            if (!duration || *duration == Duration::zero())
              throw CLI::ValidationError(name, fmt::format("\"{}\" is no duration of this kind; write 250ms, 10s or 5m", text));
            if (*duration > kDurationMax)
              throw CLI::ValidationError(name, fmt::format("\"{}\" is longer than 366 days, the most that it may be", text));
            value = *duration;
          },
          help)
      ->type_name("DURATION");
}

// A token (RFC 9110 5.1, 5.6.2), in letters of either case, or one of a pseudo-header field (RFC 9113 8.3).
bool is_field_name(std::string_view name) {
  if (name.starts_with(':')) name.remove_prefix(1);
  constexpr std::string_view kOfTokens = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return !name.empty() && name.find_first_not_of(kOfTokens) == std::string_view::npos;
}

// Calls and findings tell the values of these, and checks need them.
bool tells_of_calls(std::string_view name) {
  constexpr std::array<std::string_view, 12> kNames = {"host",
                                                       "te",
                                                       "content-type",
                                                       "content-length",
                                                       "user-agent",
                                                       "grpc-status",
                                                       "grpc-message",
                                                       "grpc-timeout",
                                                       "grpc-encoding",
                                                       "grpc-accept-encoding",
                                                       "grpc-previous-rpc-attempts",
                                                       "grpc-retry-pushback-ms"};
  return name.starts_with(':') ||
         std::ranges::any_of(kNames, [&](std::string_view told) { return rpc::equals_in_any_case(name, told); });
}

std::string wrong_with_secret(const std::string& name) {
  if (!is_field_name(name)) return fmt::format("\"{}\" is no name of a header field; write x-api-key, without a value", name);
  return tells_of_calls(name) ? fmt::format("what \"{}\" says is what calls are told and judged by; it cannot be kept secret", name)
                              : "";
}

void add_selection(CLI::App& command, run::CallSelection& calls) {
  const std::string group = "Which calls are shown and summed up";
  command.add_option("--method", calls.method, "those whose method contains this")->type_name("TEXT")->group(group);
  command.add_option("--status", calls.statuses, "those with this status: OK, UNAVAILABLE, 14; failed: not OK; may be repeated")
      ->allow_extra_args(false)
      ->type_name("STATUS")
      ->group(group);
  command.add_option("--peer", calls.peer, "those of this client or server: an address, or an address and a port")
      ->type_name("ADDRESS")
      ->group(group);
  add_duration(command, "--min-latency", calls.min_latency, "those that took this long, or longer")->group(group);
  command.add_option("--finding", calls.findings, "those of which this check found something: RQ04; may be repeated")
      ->allow_extra_args(false)
      ->type_name("ID")
      ->group(group);
}

// The names are grpcurl's.
void add_descriptors(CLI::App& command, run::Shown& shown) {
  const std::string group = "What messages are";
  auto* protoset = command
                       .add_option("--protoset", shown.descriptors.protosets,
                                   "descriptors, as protoc --include_imports --descriptor_set_out writes them; may be repeated")
                       ->allow_extra_args(false)
                       ->type_name("FILE")
                       ->group(group);
  auto* proto = command.add_option("--proto", shown.descriptors.protos, "a .proto file that declares the service; may be repeated")
                    ->allow_extra_args(false)
                    ->type_name("FILE")
                    ->excludes(protoset)
                    ->group(group);
  command.add_option("--import-path", shown.descriptors.import_paths, "a folder below which imports lie; may be repeated [.]")
      ->allow_extra_args(false)
      ->needs(proto)
      ->type_name("DIR")
      ->group(group);
  command
      .add_option_function<std::vector<std::string>>(
          "--relation",
          [&shown](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              const auto relation = schema::parse_relation(text);
              if (!relation)
                throw CLI::ValidationError("--relation",
                                           fmt::format("\"{}\" is no relation; write reply.client=request.client", text));
              shown.relations.push_back(*relation);
            }
          },
          "a reply must have the value of a request of its call, else EX01: reply.FIELD=request.FIELD; findings quote both; may be "
          "repeated")
      ->allow_extra_args(false)
      ->type_name("RELATION")
      ->group(group);
}

}  // namespace

CLI::Option* add_duration(CLI::App& command, const std::string& name, Duration& value, const std::string& help) {
  return add(command, name, value, help);
}

CLI::Option* add_duration(CLI::App& command, const std::string& name, std::optional<Duration>& value, const std::string& help) {
  return add(command, name, value, help);
}

CLI::Option* add_count(CLI::App& command, const std::string& name, std::optional<std::uint64_t>& value, const std::string& help) {
  return command
      .add_option_function<std::string>(
          name,
          [&value, name](const std::string& text) {
            std::uint64_t count = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
            if (error != std::errc() || end != text.data() + text.size() || count == 0 || count > kCountMax)
              throw CLI::ValidationError(name, fmt::format("\"{}\" is no count; write a number from 1 to {}", text, kCountMax));
            value = count;
          },
          help)
      ->type_name("N");
}

void add_calls_limit(CLI::App& command, const std::string& name, const std::string& alias, std::optional<std::uint64_t>& value) {
  auto* limit = add_count(command, name, value, "end after this many calls");
  add_count(command, alias, value, "")->excludes(limit)->group("");
}

CLI::Option* add_time(CLI::App& command, const std::string& name, std::optional<Time>& value, const std::string& help) {
  return command
      .add_option_function<std::string>(
          name,
          [&value, name](const std::string& text) {
            value = parse_rfc3339(text);
            if (!value) throw CLI::ValidationError(name, fmt::format("\"{}\" is no time; write 2026-01-02T03:04:05Z", text));
          },
          help)
      ->type_name("TIME");
}

void add_shown(CLI::App& command, run::Shown& shown) {
  command.add_flag("--json", shown.json, "JSON lines: a line a call, a line a finding, and the verdict last");
  command.add_flag("--quiet,-q", shown.quiet, "no line a call, the verdict only");
  command.add_flag("--frames", shown.frames, "every frame, annotated: time, direction, fields, offset");
  command.add_flag("--messages", shown.messages,
                   "what every message says: JSON by --protoset or --proto, else its fields by number");
  command
      .add_option_function<std::string>(
          "--follow",
          [&shown](const std::string& text) {
            shown.follow = run::parse_followed(text);
            if (!shown.follow) throw CLI::ValidationError("--follow", fmt::format("\"{}\" is no stream; write 1/5", text));
          },
          "a sequence diagram of this stream at the end: 1/5 is stream 5 of connection 1")
      ->type_name("CONNECTION/STREAM");
  add_selection(command, shown.calls);
  add_descriptors(command, shown);
  command.parse_complete_callback([&shown] {
    run::check_selection(shown.calls);
    if (shown.json && shown.follow)
      throw CLI::ValidationError("--follow", "its diagram is for people; with --json, --frames tells every frame");
  });
}

void add_secret(CLI::App& command, std::vector<std::string>& secrets) {
  command
      .add_option("--secret", secrets, "values of this header field are secret, too: neither written nor shown; may be repeated")
      ->allow_extra_args(false)
      ->check(wrong_with_secret)
      ->type_name("NAME");
}

show::Listen page_address(const std::string& option, const std::string& text) {
  show::Listen listen;
  const std::size_t colon = text.rfind(':');
  std::string host = colon == std::string::npos ? "" : text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
  if (!digits || std::stoul(port) > 0xffff) {
    throw CLI::ValidationError(option,
                               fmt::format("\"{}\" is no address; write 127.0.0.1:8080, or port 0 for any that is free", text));
  }
  if (!host.empty()) listen.host = host;
  listen.port = static_cast<std::uint16_t>(std::stoul(port));
  return listen;
}

void add_page(CLI::App& command, std::optional<show::Listen>& page) {
  command
      .add_option_function<std::vector<std::string>>(
          "--show",
          [&page](const std::vector<std::string>& words) {
            page = words.empty() || words.front().empty() ? show::Listen() : page_address("--show", words.front());
          },
          "serve the page while the run goes on, and afterwards until Ctrl-C [127.0.0.1, any free port]; its address is printed, "
          "with a random token where that is elsewhere than on loopback")
      ->expected(0, 1)
      ->type_name("[HOST:PORT]");
}

}  // namespace testigo::app
