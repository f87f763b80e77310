// Masks one direction of HTTP/1.1, in place, where bodies are written: the values of secret fields become as many `*`, line by line
// (RFC 9112 section 5). Where bodies end is not asked, so a line of a body that looks like such a field is masked as well. A
// reader may be more lenient than the RFC: blanks may stand around a name, a lone CR may end a line, and of a head what is no field
// at all is masked as a whole. Cutting the input elsewhere never changes the output.
//
// Behind a switch to another protocol (101, a 2xx to CONNECT, or the preface of HTTP/2) it cannot read on: `switched` says so.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"
#include "capture/secret_names.h"
#include "capture/secret_tally.h"

namespace testigo::capture {

class Http1Redaction {
 public:
  // `names` and `tally` must outlive it.
  Http1Redaction(const SecretNames& names, SecretTally& tally, const Limits& limits)
      : names_(names), tally_(tally), name_bytes_max_(limits.text_bytes_kept), value_bytes_max_(limits.string_bytes_max) {}

  // `octets` are all that are not decided: what the last call left, and new ones behind. Returns how many of them, from the first
  // one, are now as they shall be written: all but the beginning of a line of which it is not known yet what it is.
  std::size_t redact(std::span<std::byte> octets);

  // What follows the octets that are decided is no HTTP/1.1.
  bool switched() const { return switched_; }

  // A CONNECT (RFC 9110 section 9.3.6) is among them; and the other direction has one, so that a 2xx is a switch.
  bool asks_for_tunnel() const { return asks_for_tunnel_; }
  void expect_tunnel() { tunnel_expected_ = true; }

 private:
  enum class Line : std::uint8_t { Start, Plain, Secret, SecretEnded };
  enum class Head : std::uint8_t { StartLine, Fields, Passed };

  std::size_t begin_line(std::string_view text);
  bool is_switch(std::string_view status_line) const;
  std::size_t end_head(std::string_view text);
  std::size_t name_of(std::string_view text);
  std::size_t pass_line(std::string_view text);
  std::size_t mask(std::span<std::byte> octets);
  void end_value();

  const SecretNames& names_;
  SecretTally& tally_;
  std::size_t name_bytes_max_;
  std::size_t value_bytes_max_;
  Line line_ = Line::Start;
  Head head_ = Head::StartLine;
  bool switching_ = false;  // by the status line at hand
  bool switched_ = false;
  bool asks_for_tunnel_ = false;
  bool tunnel_expected_ = false;
  std::string name_;  // empty: of a line that is no field
  std::string value_;
};

}  // namespace testigo::capture
