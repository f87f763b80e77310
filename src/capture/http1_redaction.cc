#include "capture/http1_redaction.h"

#include <algorithm>

namespace testigo::capture {
namespace {

constexpr std::string_view kVersion = "HTTP/1.";
constexpr std::size_t kToStatus = 12;  // octets up to the end of the status code
constexpr std::string_view kPreface = "PRI * HTTP/2";

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool ends_line(char c) { return c == '\r' || c == '\n'; }

// What some readers take for blanks.
bool passed_over(char c) { return is_blank(c) || c == '\v' || c == '\f' || c == '\0'; }

// RFC 9110 section 5.6.2.
bool is_token(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
}

// It may become a text that begins with that one.
bool may_become(std::string_view text, std::string_view wanted) { return text.size() < wanted.size() && wanted.starts_with(text); }

// How many octets at the end may be the beginning of that.
std::size_t begun_at_end(std::string_view text, std::string_view wanted) {
  std::size_t size = std::min(text.size(), wanted.size() - 1);
  while (size > 0 && !text.ends_with(wanted.substr(0, size))) --size;
  return size;
}

bool may_become_status(std::string_view text) {
  if (may_become(text, kVersion)) return true;
  return text.starts_with(kVersion) && text.size() < kToStatus && std::ranges::none_of(text, ends_line);
}

}  // namespace

std::size_t Http1Redaction::redact(std::span<std::byte> octets) {
  std::size_t decided = 0;
  while (decided < octets.size() && !switched_) {
    const std::span<std::byte> rest = octets.subspan(decided);
    const Line before = line_;
    std::size_t size = 0;
    if (line_ == Line::Secret) {
      size = mask(rest);
    } else {
      size = line_ == Line::Plain ? pass_line(as_text(rest)) : begin_line(as_text(rest));
      if (size == 0 && line_ == before) break;
    }
    decided += size;
  }
  return decided;
}

// How many octets of it are decided; none, and the line still at its start: more of them are needed.
std::size_t Http1Redaction::begin_line(std::string_view text) {
  if (line_ == Line::SecretEnded) {
    if (is_blank(text.front())) return line_ = Line::Secret, 0;  // folded (RFC 9112 section 5.2): the value goes on
    end_value();
  }
  if (passed_over(text.front())) return static_cast<std::size_t>(std::ranges::find_if_not(text, passed_over) - text.begin());
  if (text == "\r" || may_become_status(text) || may_become(text, kPreface)) return 0;
  if (text.starts_with(kPreface)) return switched_ = true, 0;
  if (text.starts_with(kVersion)) {
    head_ = Head::StartLine;
    switching_ = switching_ || is_switch(text);
  }
  return ends_line(text.front()) ? end_head(text) : name_of(text);
}

bool Http1Redaction::is_switch(std::string_view status_line) const {
  const std::string_view status = status_line.substr(std::min(status_line.size(), kVersion.size() + 1));
  return status.starts_with(" 101") || (tunnel_expected_ && status.starts_with(" 2"));
}

// At an empty line; one before the start line is ignored (RFC 9112 section 2.2).
std::size_t Http1Redaction::end_head(std::string_view text) {
  if (head_ == Head::Fields) head_ = Head::Passed;
  switched_ = switching_;
  return text.starts_with("\r\n") ? 2 : 1;
}

std::size_t Http1Redaction::name_of(std::string_view text) {
  const auto end = static_cast<std::size_t>(std::ranges::find_if_not(text, is_token) - text.begin());
  if (end == text.size() && end < name_bytes_max_) return 0;
  const bool secret = end < text.size() && names_.contains(text.substr(0, end));
  const bool field = end != 0 && end < text.size() && text[end] == ':';
  const bool faulty = head_ == Head::Fields && !field;
  if (head_ == Head::StartLine) head_ = Head::Fields;
  if (text.starts_with("CONNECT ")) asks_for_tunnel_ = true;
  line_ = secret || faulty ? Line::Secret : Line::Plain;
  name_ = secret ? text.substr(0, end) : std::string_view();
  if (faulty && !secret) return 0;
  return secret || text.starts_with(kVersion) ? end : pass_line(text);
}

// A body may end without a line end, and the next head follows it at once.
std::size_t Http1Redaction::pass_line(std::string_view text) {
  const auto end = static_cast<std::size_t>(std::ranges::find_if(text, ends_line) - text.begin());
  if (const std::size_t version = text.substr(0, end).find(kVersion); version != std::string_view::npos) {
    return line_ = Line::Start, version;
  }
  if (end == text.size()) return end - begun_at_end(text, kVersion);
  const std::string_view rest = text.substr(end);
  if (rest == "\r") return end;
  line_ = Line::Start;
  return end + (rest.starts_with("\r\n") ? 2 : 1);
}

std::size_t Http1Redaction::mask(std::span<std::byte> octets) {
  const std::string_view text = as_text(octets);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::size_t value_from = value_.empty() ? std::min(text.substr(0, end).find_first_not_of(" \t:"), end) : 0;
  for (std::size_t i = value_from; i < end; ++i) {
    if (text[i] == '\r') continue;
    if (value_.size() < value_bytes_max_) value_ += text[i];
    octets[i] = std::byte{'*'};
  }
  if (end == text.size()) return end;
  line_ = Line::SecretEnded;
  return end + 1;
}

void Http1Redaction::end_value() {
  if (!value_.empty() && !name_.empty()) tally_.add(name_, value_);
  value_.clear();
  line_ = Line::Start;
}

}  // namespace testigo::capture
