// Which secrets were masked, told without telling them: how often each name stood there, and for each distinct value the beginning
// of its HMAC-SHA-256 under a key that is made for the run and kept nowhere. Equal values can be told from different ones in the
// reports of one run, and that is all.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"

namespace testigo::capture {

// One name. `values` are 16 hexadecimal digits each, in the order of their first appearance.
struct MaskedField {
  std::string name;  // as the wire said it; "unknown" for values whose name was not seen
  std::uint64_t times = 0;
  std::vector<std::string> values;
  bool more_values = false;  // than are kept
  friend bool operator==(const MaskedField&, const MaskedField&) = default;
};

class SecretTally {
 public:
  explicit SecretTally(const Limits& limits = {});
  ~SecretTally();
  SecretTally(const SecretTally&) = delete;
  SecretTally& operator=(const SecretTally&) = delete;

  // A value was masked.
  void add(std::string_view name, std::string_view value);
  // A field whose value had been masked before was named again by its index.
  void add_reference(std::string_view name);

  // In the order of the names.
  std::vector<MaskedField> fields() const;

 private:
  struct Mac;
  MaskedField& field(std::string_view name);

  std::unique_ptr<Mac> mac_;  // made with the first value
  std::map<std::string, MaskedField, std::less<>> fields_;
  std::set<std::pair<const MaskedField*, std::size_t>> known_;  // values that are told, by their hashes
  std::size_t distinct_max_;
};

}  // namespace testigo::capture
