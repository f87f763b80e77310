#include "wire/http2/upgrade.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "wire/http2/field_text.h"

namespace testigo::http2 {
namespace {

constexpr std::size_t kHeadBytesMax = 16'384;
constexpr std::uint64_t kBodyBytesMax = 65'536;
constexpr std::uint64_t kAnswersBytesMax = 65'536;
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::size_t kSettingBytes = 6;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool same_letters(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

// The text before the mark, which is taken off with it.
std::string_view take_to(std::string_view& text, std::string_view mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end + mark.size()));
  return taken;
}

// The value of the first field of that name (RFC 9112 section 5), behind the first line.
std::optional<std::string_view> field(std::string_view head, std::string_view name) {
  take_to(head, "\r\n");
  while (!head.empty()) {
    std::string_view line = take_to(head, "\r\n");
    if (same_letters(take_to(line, ":"), name)) return without_edge_space(line);
  }
  return std::nullopt;
}

// One of the protocols that a list names.
bool names_h2c(std::optional<std::string_view> list) {
  while (list && !list->empty()) {
    if (same_letters(without_edge_space(take_to(*list, ",")), "h2c")) return true;
  }
  return false;
}

int digit_of_base64url(char c) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::size_t at = kDigits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// RFC 7540 section 3.2.1: the payload of a SETTINGS frame in base64url (RFC 4648 section 5), without padding; some pad it.
std::optional<std::vector<Setting>> read_settings(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::vector<std::byte> octets;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const int digit = digit_of_base64url(c);
    if (digit < 0) return std::nullopt;
    held = (held << 6 | static_cast<unsigned>(digit)) & 0xffff;
    bits += 6;
    if (bits >= 8) octets.push_back(static_cast<std::byte>(held >> (bits -= 8) & 0xff));
  }
  if (octets.size() % kSettingBytes != 0) return std::nullopt;
  std::vector<Setting> settings;
  for (std::size_t at = 0; at < octets.size(); at += kSettingBytes) {
    settings.push_back(
        {static_cast<std::uint16_t>(load_number(&octets[at], 2)), static_cast<std::uint32_t>(load_number(&octets[at + 2], 4))});
  }
  return settings;
}

// Takes octets off until `head` ends with an empty line.
Switch take_head(std::string& head, Bytes& octets) {
  const std::size_t before = head.size() < kHeadEnd.size() ? 0 : head.size() - kHeadEnd.size() + 1;
  const std::size_t had = head.size();
  head += as_text(octets.first(std::min(octets.size(), kHeadBytesMax + 1 - had)));
  const std::size_t end = head.find(kHeadEnd, before);
  if (end == std::string::npos) return head.size() > kHeadBytesMax ? Switch::None : Switch::NeedMore;
  head.resize(end + kHeadEnd.size());
  octets = octets.subspan(head.size() - had);
  return Switch::Done;
}

}  // namespace

Switch Upgrade::take_request(Bytes& octets) {
  if (request_ == Request::Head) {
    const Switch head = take_head(head_, octets);
    if (head == Switch::None) request_ = Request::NotAsked;
    if (head == Switch::NeedMore) return head;
    if (head == Switch::Done) request_ = read_request_head() ? Request::Body : Request::NotAsked;
    head_.clear();
  }
  if (request_ == Request::Body) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, octets.size()));
    octets = octets.subspan(size);
    body_left_ -= size;
    if (body_left_ != 0) return Switch::NeedMore;
    request_ = Request::Asked;
  }
  return request_ == Request::NotAsked ? Switch::None : Switch::Done;
}

// False when it asks for nothing, or where it ends is not known.
bool Upgrade::read_request_head() {
  const std::string_view head = head_;
  const auto settings = field(head, "HTTP2-Settings");
  auto read = settings && names_h2c(field(head, "Upgrade")) ? read_settings(*settings) : std::nullopt;
  if (!read || field(head, "Transfer-Encoding")) return false;
  if (const auto length = field(head, "Content-Length")) {
    const auto [end, error] = std::from_chars(length->data(), length->data() + length->size(), body_left_);
    if (error != std::errc() || end != length->data() + length->size() || body_left_ > kBodyBytesMax) return false;
  }
  std::string_view line = head;
  take_to(line, " ");
  target_ = take_to(line, " ");
  settings_ = std::move(*read);
  return true;
}

// Other answers of the kind 1xx may come first.
Switch Upgrade::take_answer(Bytes& octets) {
  if (request_ == Request::Head || request_ == Request::NotAsked) answer_ = Switch::None;
  while (answer_ == Switch::NeedMore) {
    const Switch head = take_head(head_, octets);
    if (head == Switch::NeedMore) return head;
    const std::string answer = std::exchange(head_, {});
    answers_bytes_ += answer.size();
    if (head == Switch::None || answers_bytes_ > kAnswersBytesMax || !answer.starts_with("HTTP/1.1 1")) {
      answer_ = Switch::None;
    } else if (answer.starts_with("HTTP/1.1 101")) {
      answer_ = names_h2c(field(answer, "Upgrade")) ? Switch::Done : Switch::None;
    }
  }
  return answer_;
}

}  // namespace testigo::http2
