#include "check/hop/contents.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace testigo::check::hop {
namespace {

constexpr std::uint64_t kNumbersLeast = 3;  // calls that one id name must tell apart before it is taken for one

void add_messages(Digest& digest, const Half& half) {
  for (const Message& message : half.messages) digest.add_number(message.content);
  digest.add_number(half.messages.size());
}

std::uint64_t field_digest(const Field& field) {
  Digest digest;
  digest.add_whole(field.name);
  digest.add_number(field.value);
  return digest.value();
}

template <typename Fits>
std::uint64_t fields_digest(const Section& section, Fits fits) {
  std::vector<std::uint64_t> fields;
  for (const Field& field : section.fields) {
    if (field.is_metadata() && fits(field)) fields.push_back(field_digest(field));
  }
  std::ranges::sort(fields);
  Digest digest;
  for (const std::uint64_t field : fields) digest.add_number(field);
  return digest.value();
}

}  // namespace

std::uint64_t requests_digest(const CallOfSide& call) {
  Digest digest;
  digest.add_whole(call.path);
  add_messages(digest, call.request);
  return digest.value();
}

std::uint64_t answer_digest(const CallOfSide& call) {
  Digest digest;
  add_messages(digest, call.response);
  digest.add_number(static_cast<std::uint64_t>(call.status.value_or(-1)));
  digest.add_number(call.response.ended ? 1 : 0);
  return digest.value();
}

CommonMetadata::ByName CommonMetadata::values_of(const Side& side) {
  ByName names;
  for (const CallOfSide& call : side.calls()) {
    for (const Field& field : call.request.headers.fields) {
      if (!field.is_metadata()) continue;
      Values& values = names[field.name];
      if (++values.times[field.value] > 1) values.repeated = true;
    }
  }
  return names;
}

CommonMetadata::CommonMetadata(const Side& one, const Side& other) : one_(values_of(one)), other_(values_of(other)) {
  for (const auto& [name, values] : one_) {
    const auto it = other_.find(name);
    if (it == other_.end()) continue;
    std::uint64_t shared = 0;
    for (const auto& [value, times] : values.times) shared += it->second.times.contains(value) ? 1 : 0;
    if (shared == 0) continue;
    common_.insert(name);
    const std::uint64_t fewer = std::min(values.times.size(), it->second.times.size());
    if (!values.repeated && !it->second.repeated && shared >= kNumbersLeast && 2 * shared >= fewer) numbers_.insert(name);
  }
}

std::uint64_t CommonMetadata::times(const ByName& side, const Field& field) {
  const auto name = side.find(field.name);
  if (name == side.end()) return 0;
  const auto value = name->second.times.find(field.value);
  return value == name->second.times.end() ? 0 : value->second;
}

Key CommonMetadata::everything() const {
  return [this](const CallOfSide& call) -> std::optional<std::uint64_t> {
    Digest digest;
    digest.add_number(requests_digest(call));
    digest.add_number(fields_digest(call.request.headers, [this](const Field& field) { return common_.contains(field.name); }));
    return digest.value();
  };
}

// The least of them, whatever their order.
Key CommonMetadata::first_of(std::function<bool(const Field&)> fits) const {
  return [fits = std::move(fits)](const CallOfSide& call) -> std::optional<std::uint64_t> {
    std::optional<std::uint64_t> least;
    for (const Field& field : call.request.headers.fields) {
      if (field.is_metadata() && fits(field)) least = std::min(least.value_or(~std::uint64_t{0}), field_digest(field));
    }
    if (!least) return std::nullopt;
    Digest digest;
    digest.add_whole(call.path);
    digest.add_number(*least);
    return digest.value();
  };
}

Key CommonMetadata::number() const {
  return first_of(
      [this](const Field& field) { return numbers_.contains(field.name) && times(one_, field) == 1 && times(other_, field) == 1; });
}

Key CommonMetadata::rare() const {
  return first_of([this](const Field& field) { return times(one_, field) == 1 && times(other_, field) == 1; });
}

}  // namespace testigo::check::hop
