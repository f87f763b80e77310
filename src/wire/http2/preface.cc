#include "wire/http2/preface.h"

#include <algorithm>

#include "wire/http2/frame_decoder.h"

namespace testigo::http2 {
namespace {

// How far octets agree with what they should begin with.
enum class Match : std::uint8_t { No, SoFar, Yes };

Match match(Bytes first, std::string_view wanted) {
  const std::string_view text = as_text(first).substr(0, wanted.size());
  if (!wanted.starts_with(text)) return Match::No;
  return text.size() == wanted.size() ? Match::Yes : Match::SoFar;
}

// A TLS record: handshake or alert, version 3.0 to 3.4.
Match match_tls(Bytes first) {
  constexpr unsigned kAlert = 21, kHandshake = 22;
  const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(first[i]); };
  if (!first.empty() && at(0) != kAlert && at(0) != kHandshake) return Match::No;
  if (first.size() > 1 && at(1) != 3) return Match::No;
  if (first.size() > 2 && at(2) > 4) return Match::No;
  return first.size() > 2 ? Match::Yes : Match::SoFar;
}

// A method may be any token (RFC 9110 section 9.1); those in use are capitals, and the banners of other protocols are not.
bool is_of_method(char c) { return (c >= 'A' && c <= 'Z') || c == '-'; }

// A method, a space and the beginning of a target (RFC 9112 section 3). "PRI" is no method of HTTP/1.1 (RFC 9113 section 11.6).
Match match_request_line(Bytes first) {
  const std::string_view text = as_text(first).substr(0, kPreface.size());
  std::size_t at = 0;
  while (at < text.size() && is_of_method(text[at])) ++at;
  if (text.starts_with("PRI ")) return Match::No;
  if (at == text.size()) return at < kPreface.size() ? Match::SoFar : Match::No;
  if (at == 0 || text[at] != ' ') return Match::No;
  if (at + 1 == text.size()) return at + 1 < kPreface.size() ? Match::SoFar : Match::No;
  return text[at + 1] > ' ' && text[at + 1] < '\x7f' ? Match::Yes : Match::No;
}

// A frame of a known type within the initial SETTINGS_MAX_FRAME_SIZE (RFC 9113 section 6.5.2).
Match match_frame_header(Bytes first) {
  constexpr std::uint64_t kPlausibleBytes = 16'384;
  const std::size_t seen = std::min<std::size_t>(first.size(), 3);
  const std::uint64_t least_length = load_number(first.data(), seen) << (8 * (3 - seen));
  if (least_length > kPlausibleBytes) return Match::No;
  if (first.size() > 3 && std::to_integer<unsigned>(first[3]) > static_cast<unsigned>(FrameType::Continuation)) return Match::No;
  return first.size() >= kFrameHeaderBytes ? Match::Yes : Match::SoFar;
}

// The first kind of opening that the octets are, or `NeedMore` while one of them still may be.
struct Candidate {
  Match match;
  Opening opening;
};

Opening decide(std::initializer_list<Candidate> candidates) {
  bool open = false;
  for (const Candidate& candidate : candidates) {
    if (candidate.match == Match::Yes) return candidate.opening;
    open = open || candidate.match == Match::SoFar;
  }
  return open ? Opening::NeedMore : Opening::Other;
}

}  // namespace

Opening client_opening(Bytes first) {
  return decide(
      {{match(first, kPreface), Opening::Http2}, {match_tls(first), Opening::Tls}, {match_request_line(first), Opening::Http1}});
}

Opening server_opening(Bytes first) {
  return decide(
      {{match(first, "HTTP/1."), Opening::Http1}, {match_tls(first), Opening::Tls}, {match_frame_header(first), Opening::Http2}});
}

std::string_view tellable(std::string_view first) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  constexpr std::size_t kStatusDigits = 3, kRecordHeader = 5;
  const Bytes octets = as_octets(first);
  if (means_http2(first)) return first.substr(0, std::min(first.find_first_of("\r\n"), kPreface.size()));
  if (first.starts_with(kVersion.substr(0, 7))) {
    const std::string_view status = first.substr(std::min(first.size(), kVersion.size())).substr(0, kStatusDigits);
    const bool digits = std::ranges::all_of(status, [](char c) { return c >= '0' && c <= '9'; });
    return first.substr(0, digits ? kVersion.size() + kStatusDigits : kVersion.size() - 2);
  }
  if (match_tls(octets) == Match::Yes) return first.substr(0, kRecordHeader);
  if (match_request_line(octets) == Match::Yes) return first.substr(0, first.find(' '));
  return {};
}

}  // namespace testigo::http2
