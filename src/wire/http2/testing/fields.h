// Header fields that own their texts, to compare blocks with.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "wire/http2/header_field.h"

namespace testigo::http2::testing {

struct Field {
  std::string name;
  std::string value;
  bool never_indexed = false;
  friend bool operator==(const Field&, const Field&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Field& field) { return out << field.name << ": " << field.value; }
};

inline std::vector<Field> own(const std::vector<HeaderField>& fields) {
  std::vector<Field> owned;
  owned.reserve(fields.size());
  for (const HeaderField& field : fields) {
    owned.push_back({std::string(field.name), std::string(field.value), field.representation == Representation::NeverIndexed});
  }
  return owned;
}

}  // namespace testigo::http2::testing
