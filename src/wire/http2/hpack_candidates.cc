#include "wire/http2/hpack_candidates.h"

#include <algorithm>
#include <bit>

#include "wire/http2/frame.h"
#include "wire/http2/hpack_insertions.h"

namespace testigo::http2 {
namespace {

constexpr unsigned kConfirmations = 2;
constexpr std::size_t kNamesFollowed = 16;  // from entry to entry, for a name that each took from the one before

bool is_pseudo(std::string_view name) { return name.starts_with(':'); }

// A field that a block may have to have, and how few octets can insert it: an index, a length, and a value that is not empty, or is
// that of a gRPC call, which no static entry holds.
struct Mandatory {
  FieldName name;
  bool pseudo;
  std::uint64_t octets;
};
constexpr std::uint64_t kTrailersBytes = 6;          // "trailers", Huffman-coded
constexpr std::uint64_t kApplicationGrpcBytes = 11;  // "application/grpc"
constexpr std::uint64_t kTwoSegmentsBytes = 3;       // "/a/b"
constexpr Mandatory kMandatory[] = {{FieldName::ContentType, false, kInsertionBytes + kApplicationGrpcBytes},
                                    {FieldName::Te, false, kInsertionBytes + kTrailersBytes},
                                    {FieldName::Method, true, kInsertionBytes + 1},
                                    {FieldName::Scheme, true, kInsertionBytes + 1},
                                    {FieldName::Path, true, kInsertionBytes + 1},
                                    {FieldName::Status, true, kInsertionBytes + 1},
                                    {FieldName::GrpcStatus, false, kInsertionBytes + 1}};

const Mandatory& mandatory(FieldName name) { return *std::ranges::find(kMandatory, name, &Mandatory::name); }

unsigned mandatory_fields(BlockKind kind, bool connect, const GrpcAxioms& axioms) {
  switch (kind) {
    case BlockKind::Request:
      if (connect) return bit(FieldName::Method);  // neither :scheme nor :path (RFC 9113 section 8.5)
      return bit(FieldName::Method) | bit(FieldName::Scheme) | bit(FieldName::Path) |
             (axioms.request ? bit(FieldName::ContentType) | bit(FieldName::Te) : 0);
    case BlockKind::Response:
      return bit(FieldName::Status);
    case BlockKind::Trailers:
      return axioms.trailers ? bit(FieldName::GrpcStatus) : 0;
  }
  return 0;
}

// HD01, HD07: the pseudo-headers that a block of that kind may have.
unsigned allowed_pseudo_headers(BlockKind kind) {
  switch (kind) {
    case BlockKind::Request:
      return bit(FieldName::Method) | bit(FieldName::Scheme) | bit(FieldName::Path) | bit(FieldName::Authority) |
             bit(FieldName::Protocol);
    case BlockKind::Response:
      return bit(FieldName::Status);
    case BlockKind::Trailers:
      return 0;
  }
  return 0;
}

}  // namespace

// What a block is under one candidate.
struct HpackCandidates::Reading {
  unsigned met = 0;                    // names, as bits
  bool regular = false;                // a regular field has come
  bool other_method = false;           // one that is not CONNECT
  std::size_t open = 0;                // fields that may be anything
  std::uint64_t anything = 0;          // of them, those that were not lost in this gap
  std::size_t open_leading = 0;        // of them, before the first regular field: they may be pseudo-headers
  std::optional<std::uint64_t> joker;  // the last open one that is an entry
  std::optional<std::uint64_t> joker_leading;
  std::optional<std::uint64_t> joker_first;  // the first open field, where that is a lost entry before any regular field
};

HpackCandidates::HpackCandidates(const HpackHistory& history, const Before& before, std::vector<Lost> ways, const Limits& limits)
    : history_(history),
      taints_(history.taints()),
      before_(before),
      ways_(std::move(ways)),
      steps_left_(limits.recovery_steps_max) {
  std::uint64_t most = 0;
  for (const Lost& each : ways_) most = std::max(most, each.insertions);
  given_up_ = ways_.empty() || most > limits.insertions_lost_max;
  if (given_up_) return;
  for (std::uint64_t k = 0; k <= most; ++k) candidates_.push_back({k, {}, {}});
}

BlockInDoubt HpackCandidates::look_at(std::span<const HeaderField> fields) const {
  BlockInDoubt block{history_.taints(), {}};
  for (const HeaderField& each : fields) {
    FieldInDoubt& field = block.fields.emplace_back();
    if (each.name_known == Known::Exact) {
      field.id = each.id;
      field.pseudo = is_pseudo(each.name);
      field.connect = each.id == FieldName::Method && (each.value_known != Known::Exact || each.value == "CONNECT");
      continue;
    }
    std::uint64_t number = each.unknown_entry;
    bool name_only = each.value_known == Known::Exact;
    for (std::size_t i = 0; i < kNamesFollowed && HpackHistory::is_seen_number(number); ++i) {
      const HpackHistory::Entry* const entry = history_.at_seen_number(number);
      number = entry == nullptr ? 0 : entry->name_entry;
      name_only = true;
    }
    const auto index = history_.unseen_index(number);
    field.is = !index ? FieldInDoubt::Is::Anything : name_only ? FieldInDoubt::Is::NameOf : FieldInDoubt::Is::Entry;
    field.index = index.value_or(0);
  }
  return block;
}

// Null: a joker, or an entry that nobody saw or remembers. `beyond`: there is no such entry.
const HeaderField* HpackCandidates::field(const Candidate& candidate, std::uint64_t index, bool& beyond) const {
  if (index < candidate.lost) return nullptr;
  const std::uint64_t of_before = index - candidate.lost;
  if (of_before >= before_.entries) {
    beyond = before_.complete;
    return nullptr;
  }
  const HpackHistory::Entry* const entry = history_.at(history_.since_taint() + of_before);
  return entry == nullptr || !entry->field.exact() ? nullptr : &entry->field;
}

void HpackCandidates::read(const BlockInDoubt& block, BlockKind kind, const GrpcAxioms& axioms) {
  const auto in_doubt = [](const FieldInDoubt& field) { return field.is != FieldInDoubt::Is::Known; };
  if (over() || std::ranges::none_of(block.fields, in_doubt)) return;
  if (!spend(candidates_.size() * block.fields.size())) return;
  bool any_joker = false;
  const std::size_t refuted =
      std::erase_if(candidates_, [&](Candidate& each) { return !holds(each, block, kind, axioms, any_joker); });
  if (refuted != 0) {
    confirmed_ = 0;
  } else if (!any_joker) {
    ++confirmed_;
  }
}

void HpackCandidates::nothing_was_lost() {
  std::erase_if(candidates_, [](const Candidate& each) { return each.lost != 0; });
}

// Where it costs too much, what is unknown stays so.
bool HpackCandidates::spend(std::size_t steps) {
  given_up_ = given_up_ || steps > steps_left_;
  if (given_up_) {
    candidates_.clear();
    return false;
  }
  steps_left_ -= steps;
  return true;
}

bool HpackCandidates::holds(Candidate& candidate, const BlockInDoubt& block, BlockKind kind, const GrpcAxioms& axioms,
                            bool& any_joker) const {
  Reading reading;
  for (const FieldInDoubt& each : block.fields) {
    if (!read_field(candidate, each, kind, reading)) return false;
  }
  any_joker = any_joker || reading.open != 0;
  const unsigned missing = mandatory_fields(kind, !reading.other_method, axioms) & ~reading.met;
  for (const Mandatory& each : kMandatory) {
    if ((missing & bit(each.name)) != 0 && !find_room(candidate, each.name, reading)) return false;
  }
  note_leading(candidate, reading, missing);
  return fits(candidate, reading, missing, axioms);
}

// Where only :path and perhaps :authority are missing, the first open field is one of them: nothing else stands before :path.
void HpackCandidates::note_leading(Candidate& candidate, const Reading& reading, unsigned missing) const {
  const unsigned others = bit(FieldName::Method) | bit(FieldName::Scheme);
  if ((missing & bit(FieldName::Path)) == 0 || (reading.met & others) != others || !reading.joker_first) return;
  if (std::ranges::find(candidate.leading, *reading.joker_first) == candidate.leading.end()) {
    candidate.leading.push_back(*reading.joker_first);
  }
}

// 7a, HD01.
bool HpackCandidates::read_field(const Candidate& candidate, const FieldInDoubt& each, BlockKind kind, Reading& reading) const {
  FieldName id = each.id;
  bool pseudo = each.pseudo;
  if (each.is != FieldInDoubt::Is::Known) {
    bool beyond = false;
    const bool entry = each.is != FieldInDoubt::Is::Anything;
    const HeaderField* const found = entry ? field(candidate, each.index, beyond) : nullptr;
    if (beyond) return false;
    const auto forced = std::ranges::find(candidate.jokers, each.index, &Joker::first);
    const bool is_forced = entry && found == nullptr && forced != candidate.jokers.end();
    if (found == nullptr && !is_forced) {
      ++reading.open;
      const bool joker = entry && each.index < candidate.lost;
      if (!joker) ++reading.anything;
      reading.joker = joker ? std::optional(each.index) : std::nullopt;
      if (reading.regular) return true;
      if (++reading.open_leading == 1) reading.joker_first = reading.joker;
      reading.joker_leading = reading.joker;
      return true;
    }
    id = is_forced ? forced->second : found->id;
    pseudo = is_forced ? mandatory(id).pseudo : is_pseudo(found->name);
    if (id == FieldName::Method && !is_forced && each.is == FieldInDoubt::Is::Entry) {
      reading.other_method = found->value != "CONNECT";
    }
  } else if (id == FieldName::Method) {
    reading.other_method = !each.connect;
  }
  if (!pseudo) {
    reading.regular = true;
    reading.met |= bit(id);
    return true;
  }
  const bool defined = id != FieldName::Other && (allowed_pseudo_headers(kind) & bit(id)) != 0;
  if (!defined || reading.regular || (reading.met & bit(id)) != 0) return false;
  reading.met |= bit(id);
  return true;
}

// HD02, HD07 and the axioms of gRPC: the field is missing, so that an open one must be it. When there is one only, that says what
// it is.
bool HpackCandidates::find_room(Candidate& candidate, FieldName name, const Reading& reading) const {
  const bool leading = mandatory(name).pseudo;
  const std::size_t open = leading ? reading.open_leading : reading.open;
  const std::optional<std::uint64_t>& joker = leading ? reading.joker_leading : reading.joker;
  if (open == 0) return false;
  if (open > 1 || !joker) return true;
  const auto known = std::ranges::find(candidate.jokers, *joker, &Joker::first);
  if (known != candidate.jokers.end()) return known->second == name;
  candidate.jokers.emplace_back(*joker, name);
  return true;
}

// 7c. Each of the `missing` fields is an open one of this block; those that are no lost entry take no octets of the gap.
bool HpackCandidates::fits(const Candidate& candidate, const Reading& reading, unsigned missing, const GrpcAxioms& axioms) const {
  std::uint64_t entries = 0, octets = 0, elsewhere = reading.anything;
  bool te = false;
  const auto take = [&](FieldName name) {
    ++entries;
    octets += name == FieldName::Path && axioms.path ? kInsertionBytes + kTwoSegmentsBytes : mandatory(name).octets;
    te |= name == FieldName::Te;
  };
  for (const auto& [index, name] : candidate.jokers) {
    missing &= ~bit(name);
    take(name);
  }
  for (const Mandatory& each : kMandatory) {  // those that take most come first
    if ((missing & bit(each.name)) != 0 && (elsewhere == 0 || elsewhere-- == 0)) take(each.name);
  }
  if (entries > candidate.lost) return false;
  octets += (candidate.lost - entries) * kInsertionBytes + (te && names_te_anew() ? 1 : 0);
  return std::ranges::any_of(ways_, [&](const Lost& lost) {
    if (candidate.lost > lost.insertions) return false;
    return octets + octets_of_blocks(candidate, lost, entries, axioms.request) <= lost.octets;
  });
}

// The static table has no te, and an index takes one octet only where it names the newest entry.
bool HpackCandidates::names_te_anew() const {
  if (before_.entries == 0) return false;
  const HpackHistory::Entry* const newest = history_.at(history_.since_taint());
  return newest != nullptr && newest->field.name_known == Known::Exact && newest->field.id != FieldName::Te;
}

// Beside the entries that were inserted. HD01: no request has two of :path or :authority, so that there were so many requests; each
// has :method and :scheme, te, content-type and :path, too: an octet at least for each that is not among the `entries`, be it
// because it is not inserted, or because its value is not empty.
std::uint64_t HpackCandidates::octets_of_blocks(const Candidate& candidate, const Lost& lost, std::uint64_t entries, bool grpc) {
  const std::uint64_t inserting = (candidate.leading.size() + 1) / 2;
  std::uint64_t headers = std::max(lost.requests, inserting - std::min(inserting, lost.blocks));
  if (candidate.lost != 0 && lost.blocks == 0) headers = std::max<std::uint64_t>(headers, 1);
  const std::uint64_t whole = std::max(lost.requests, inserting - std::min<std::uint64_t>(inserting, lost.cut ? 1 : 0));
  const std::uint64_t fields = whole * (grpc ? 5 : 2);
  return headers * kFrameHeaderBytes + fields - std::min(fields, entries);
}

std::optional<std::pair<std::string_view, std::string_view>> HpackCandidates::agreed(std::uint64_t index) const {
  std::optional<std::pair<std::string_view, std::string_view>> said;
  for (const Candidate& each : candidates_) {
    bool beyond = false;
    const HeaderField* const found = field(each, index, beyond);
    if (found == nullptr) return std::nullopt;
    const std::pair says(found->name, found->value);
    if (said && *said != says) return std::nullopt;
    said = says;
  }
  return said;
}

std::optional<std::string_view> HpackCandidates::path(const BlockInDoubt& request) {
  if (confirmed_ < kConfirmations || over() || request.taints != taints_) return std::nullopt;
  if (!spend(candidates_.size() * request.fields.size())) return std::nullopt;
  std::optional<std::string_view> said;
  for (const Candidate& each : candidates_) {
    const auto says = path(each, request);
    if (!says || (said && *said != *says)) return std::nullopt;
    said = says;
  }
  return said;
}

std::optional<std::string_view> HpackCandidates::path(const Candidate& candidate, const BlockInDoubt& request) const {
  for (const FieldInDoubt& each : request.fields) {
    if (each.is != FieldInDoubt::Is::Entry) continue;
    bool beyond = false;
    const HeaderField* const found = field(candidate, each.index, beyond);
    if (found != nullptr && found->id == FieldName::Path) return found->value;
  }
  return std::nullopt;
}

}  // namespace testigo::http2
