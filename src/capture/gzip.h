// Octets compressed by gzip (RFC 1952), of one member or several → what they were. Untrusted input, cut anywhere.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"

namespace testigo::capture {

class Gunzip {
 public:
  Gunzip();
  ~Gunzip();
  Gunzip(Gunzip&&) noexcept;
  Gunzip& operator=(Gunzip&&) noexcept;

  // True when a file that begins so is one; two octets tell.
  static bool begins(Bytes octets);

  // Takes the next octets, copied; `read` must have used up what was fed before.
  void feed(Bytes octets);

  // Fills `out` as far as what was fed goes; returns how many octets it wrote, 0 when it wants more or is damaged.
  std::size_t read(std::span<std::byte> out);

  // What is damaged, in zlib's words; empty while all is well.
  const std::string& trouble() const;
  // Inside a member: an end here is a cut.
  bool inside() const;

 private:
  void skip_zeros();

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace testigo::capture
