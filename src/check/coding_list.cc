#include "check/coding_list.h"

#include <algorithm>

#include "check/gate.h"
#include "wire/http2/field_text.h"

namespace testigo::check {
namespace {

using http2::FieldName;

constexpr std::size_t kTextBytesMax = 1024;

bool unknown(const call::BlockSeen& seen, FieldName name) {
  if (seen.outcome.complete && seen.outcome.exact) return false;
  return !names_known(seen) ||
         std::ranges::any_of(seen.fields, [&](const auto& field) { return field.id == name && !field.exact(); });
}

}  // namespace

Coding coding_of(const call::BlockSeen& seen) {
  if (unknown(seen, FieldName::GrpcEncoding)) return {Coding::Is::Unknown, {}};
  if (!seen.outcome.has(FieldName::GrpcEncoding)) return {};
  const std::string_view name = call::find(seen.fields, FieldName::GrpcEncoding)->value;
  return name.size() <= kTextBytesMax ? Coding{Coding::Is::Known, std::string(name)} : Coding{Coding::Is::Unknown, {}};
}

void CodingList::read(const call::BlockSeen& seen) {
  text.clear();
  known = Is::Absent;
  if (unknown(seen, FieldName::GrpcAcceptEncoding)) {
    known = Is::Unknown;
  } else if (seen.outcome.has(FieldName::GrpcAcceptEncoding)) {
    known = Is::Known;
    for (const http2::HeaderField& field : seen.fields) {
      if (field.id != FieldName::GrpcAcceptEncoding) continue;
      if (!text.empty()) text += ',';
      text += field.value;
    }
    if (text.size() > kTextBytesMax) known = Is::Unknown;
  }
}

// One field that is the same, or none as before; else it may say no.
bool CodingList::agrees(const call::BlockSeen& seen) const {
  if (!seen.outcome.complete || !seen.outcome.exact || known == Is::Unknown) return false;
  const bool absent = !seen.outcome.has(FieldName::GrpcAcceptEncoding);
  if (absent || known == Is::Absent) return absent && known == Is::Absent;
  std::size_t met = 0;
  for (const http2::HeaderField& field : seen.fields) {
    if (field.id == FieldName::GrpcAcceptEncoding && (++met > 1 || field.value != text)) return false;
  }
  return true;
}

bool CodingList::has(std::string_view name) const {
  std::string_view rest = text;
  while (true) {
    const auto comma = rest.find(',');
    if (http2::without_edge_space(rest.substr(0, comma)) == name) return true;
    if (comma == std::string_view::npos) return false;
    rest.remove_prefix(comma + 1);
  }
}

bool ListsByStream::add(call::StreamId stream, const call::BlockSeen& seen) {
  if (!changes_.empty() && changes_.back().list.agrees(seen)) return false;
  const bool first = changes_.empty();
  if (changes_.size() >= changes_max_) changes_.pop_front();
  changes_.push_back({stream, {}});
  changes_.back().list.read(seen);
  return !first;
}

const CodingList* ListsByStream::of(call::StreamId stream) const {
  const auto behind = std::ranges::upper_bound(changes_, stream, {}, [](const Change& change) { return change.since; });
  return behind == changes_.begin() ? nullptr : &std::prev(behind)->list;
}

}  // namespace testigo::check
