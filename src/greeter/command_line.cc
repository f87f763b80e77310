#include "greeter/command_line.h"

#include <charconv>
#include <utility>

#include "base/inert.h"
#include "greeter/address.h"

namespace testigo::greeter {
namespace {

constexpr Duration kDurationMax = std::chrono::days(366);

[[noreturn]] void refuse(const std::string& option, const std::string& value, const std::string& wanted) {
  throw CLI::ValidationError(option, "'" + inert(value, 80) + "' is not " + wanted);
}

Duration positive_duration(const std::string& option, const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration || *duration <= Duration::zero()) refuse(option, text, "a duration above zero, such as 250ms, 10s or 5m");
  if (*duration > kDurationMax) refuse(option, text, "a duration of 366 days at most");
  return *duration;
}

}  // namespace

void add_duration(CLI::App& app, const std::string& option, Duration& to, const std::string& help) {
  app.add_option_function<std::string>(
         option, [&to, option](const std::string& text) { to = positive_duration(option, text); }, help)
      ->type_name("DURATION");
}

void add_duration(CLI::App& app, const std::string& option, std::optional<Duration>& to, const std::string& help) {
  app.add_option_function<std::string>(
         option, [&to, option](const std::string& text) { to = positive_duration(option, text); }, help)
      ->type_name("DURATION");
}

CLI::Option* add_number(CLI::App& app, const std::string& option, NumberRange range, std::function<void(std::uint64_t)> set,
                        const std::string& help) {
  const bool bounded = range.most != NumberRange{}.most;
  const std::string wanted =
      "a whole number from " + std::to_string(range.least) + (bounded ? " to " + std::to_string(range.most) : "");
  const auto check = [option, range, wanted, set = std::move(set)](const std::string& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || number < range.least || number > range.most) refuse(option, text, wanted);
    set(number);
  };
  return app.add_option_function<std::string>(option, check, help)->type_name("N");
}

void add_name(CLI::App& app, std::string& to, const std::string& help) {
  const auto check = [&to](const std::string& text) {
    if (!statement::is_name(text)) refuse("--name", text, "a name: 1 to 64 letters, digits, '.', '_' or '-'");
    to = text;
  };
  app.add_option_function<std::string>("--name", check, help + " [" + to + "]")->type_name("NAME");
}

void add_log_format(CLI::App& app, LogFormat& to) {
  const auto check = [&to](const std::string& text) {
    if (text != "text" && text != "json") refuse("--log", text, "text or json");
    to = text == "json" ? LogFormat::Json : LogFormat::Text;
  };
  app.add_option_function<std::string>("--log", check, "How each call is written to stdout: text or json [text]")
      ->type_name("FORMAT");
}

void add_statements(CLI::App& app, StatementOptions& to) {
  auto* file =
      app.add_option("--statements", to.file, "Append what this process saw of each call, as JSON lines")->type_name("FILE");
  const auto set = [&to](std::uint64_t bytes) { to.rotate_bytes = bytes; };
  add_number(app, "--statements-rotate", {}, set,
             "Begin a new file when it would grow beyond this; FILE.1 to FILE.4 are kept [never]")
      ->type_name("BYTES")
      ->needs(file);
}

void add_target(CLI::App& app, std::string& to) {
  const auto check = [&to](const std::string& text) {
    const auto address = parse_address(text);
    if (!address || address->port == 0) refuse("--target", text, "HOST:PORT, such as 127.0.0.1:50051 or [::1]:50051");
    to = text;
  };
  app.add_option_function<std::string>("--target", check, "The server [" + to + "]")->type_name("HOST:PORT");
}

void add_client_tls(CLI::App& app, ClientTls& to) {
  app.add_option("--tls-ca", to.ca, "TLS: trust servers that this authority signed")->type_name("PEM");
  auto* cert = app.add_option("--tls-cert", to.cert, "TLS: our certificate, for servers that ask for one")->type_name("PEM");
  auto* key = app.add_option("--tls-key", to.key, "TLS: the key of our certificate")->type_name("PEM");
  app.add_option("--tls-name", to.server_name, "TLS: the name in the server's certificate, when it is not the target's host")
      ->type_name("NAME");
  cert->needs(key);
  key->needs(cert);
}

}  // namespace testigo::greeter
