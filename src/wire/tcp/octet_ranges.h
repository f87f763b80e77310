// Ranges of octets of one direction or of one packet, apart from each other and in order; ranges that touch are one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace testigo::tcp {

struct OctetRange {
  std::uint64_t from = 0;
  std::uint64_t to = 0;  // the first octet behind it
  friend bool operator==(const OctetRange&, const OctetRange&) = default;
};

class OctetRanges {
 public:
  void add(OctetRange range);
  // The first octets of the range that they hold: what of it lies inside.
  std::optional<OctetRange> first_in(OctetRange range) const;
  // Forgets what lies before.
  void drop_before(std::uint64_t at);

  bool empty() const { return ranges_.empty(); }
  std::size_t size() const { return ranges_.size(); }  // how many ranges
  std::uint64_t end() const { return ranges_.empty() ? 0 : ranges_.rbegin()->second; }

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;
};

}  // namespace testigo::tcp
