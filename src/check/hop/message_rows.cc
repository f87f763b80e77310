// PX05, PX09: the messages of one side of a call, as they came and as they went on.
#include <span>

#include "check/hop/rows.h"
#include "wire/rpc/compression.h"
#include "wire/rpc/status.h"

namespace testigo::check::hop {
namespace {

using Messages = std::span<const Message>;

bool same(const Message& from, const Message& to) { return from.content == to.content || from.sent == to.sent; }
bool may_be_same(const Message& from, const Message& to) { return same(from, to) || !from.content_known || !to.content_known; }

std::size_t common_prefix(Messages from, Messages to) {
  std::size_t length = 0;
  while (length < std::min(from.size(), to.size()) && may_be_same(from[length], to[length])) ++length;
  return length;
}

std::size_t common_suffix(Messages from, Messages to) {
  std::size_t length = 0;
  while (length < std::min(from.size(), to.size()) && may_be_same(from[from.size() - 1 - length], to[to.size() - 1 - length]))
    ++length;
  return length;
}

bool same_in_another_order(Messages from, Messages to) {
  const auto sorted = [](Messages messages) {
    std::vector<std::uint64_t> contents;
    for (const Message& message : messages) contents.push_back(message.content);
    std::ranges::sort(contents);
    return contents;
  };
  return from.size() > 1 && sorted(from) == sorted(to);
}

std::string counted(std::size_t count) { return fmt::format("{} message{}", count, count == 1 ? "" : "s"); }

// With a status of its own that is not OK, as after the deadline: "client implementations are entitled to fail calls with
// DEADLINE_EXCEEDED at any point after the deadline expires, even if doing so would throw away messages and trailers"
// (gRPC over HTTP2, Client Cancellation). That its status is another one is PX06.
bool ended_by_hop(const CallOfSide& up, const CallOfSide& down) {
  return down.status_seen && down.status != rpc::kOk && down.status != up.status;
}

class OneWay {
 public:
  OneWay(const CallOfSide& from, const CallOfSide& to, const Passage& passage, Findings& findings)
      : passage_(passage),
        from_(passage.half(from)),
        to_(passage.half(to)),
        ended_by_hop_(passage.direction == Direction::ToClient && ended_by_hop(from, to)),
        findings_(findings) {}

  void judge();

 private:
  bool whole() const { return from_.ended && to_.ended; }
  void judge_cut_off(std::size_t prefix);
  void judge_whole(std::size_t prefix);
  void judge_coding(const Message& from, const Message& to);
  void changed(std::size_t number, std::size_t count);
  void moved(const std::string& what);
  std::string sides() const { return fmt::format("{} ({}) to {}", passage_.from_side(), where(from_.spot), passage_.to_side()); }

  const Passage& passage_;
  const Half& from_;
  const Half& to_;
  const bool ended_by_hop_;
  Findings& findings_;
};

void OneWay::judge() {
  const std::size_t prefix = common_prefix(from_.messages, to_.messages);
  for (std::size_t i = 0; i < prefix; ++i) judge_coding(from_.messages[i], to_.messages[i]);
  whole() ? judge_whole(prefix) : judge_cut_off(prefix);
}

// The same flag or another, but one that says what the octets are.
void OneWay::judge_coding(const Message& from, const Message& to) {
  if (!same(from, to)) {
    findings_.not_judgeable(Id::PX05, "a coding that is not built in, or a compressed message beyond what is kept");
    return;
  }
  const bool same_octets = from.sent.octets == to.sent.octets && from.sent.length == to.sent.length;
  const bool same_coding = from.compressed() == to.compressed() && (!from.compressed() || from_.coding == to_.coding);
  findings_.judge(Id::PX05, same_octets ? same_coding : !to.compressed() || to.content_known, to_.spot, [&] {
    return fmt::format("from {} flag and grpc-encoding of a message are {} \"{}\" and then {} \"{}\", which its octets are not",
                       sides(), from.sent.flag, from_.coding, to.sent.flag, to_.coding);
  });
}

void OneWay::changed(std::size_t number, std::size_t count) {
  findings_.fail(Id::PX05, to_.spot,
                 fmt::format("the octets of {} changed from {}, the first is number {}", counted(count), sides(), number));
}

void OneWay::moved(const std::string& what) { findings_.fail(Id::PX09, to_.spot, fmt::format("{} from {}", what, sides())); }

// Up to where the first side was cut off.
void OneWay::judge_cut_off(std::size_t prefix) {
  const Messages from = Messages(from_.messages).subspan(prefix), to = Messages(to_.messages).subspan(prefix);
  if (from.empty() || to.empty()) {
    findings_.pass(Id::PX09);
  } else if (from.size() > 1 && same(from[1], to[0])) {
    moved("1 message is lost");
  } else if (to.size() > 1 && same(from[0], to[1])) {
    moved("1 message more came");
  } else {
    changed(prefix + 1, 1);
  }
}

void OneWay::judge_whole(std::size_t prefix) {
  Messages from = Messages(from_.messages).subspan(prefix), to = Messages(to_.messages).subspan(prefix);
  if (to.empty() && ended_by_hop_) return findings_.pass(Id::PX09);
  const std::size_t suffix = common_suffix(from, to);
  for (std::size_t i = suffix; i > 0; --i) judge_coding(from[from.size() - i], to[to.size() - i]);
  from = from.first(from.size() - suffix);
  to = to.first(to.size() - suffix);
  if (from.size() > to.size()) return moved(counted(from.size() - to.size()) + " lost");
  if (from.size() < to.size()) return moved(counted(to.size() - from.size()) + " too many");
  if (same_in_another_order(from, to)) return moved(counted(from.size()) + " in another order");
  findings_.pass(Id::PX09);
  if (!from.empty()) changed(prefix + 1, from.size());
}

}  // namespace

void judge_messages(const Group& group, const Passage& passage, Findings& findings) {
  if (!group.trusted) {
    for (const Id id : {Id::PX05, Id::PX09}) findings.not_judgeable(id, kNotToldApart);
    return;
  }
  for (std::size_t i = 0; i < passage.from.size(); ++i) {
    const CallOfSide &from = *passage.from[i], &to = *passage.to[i];
    const bool cut_off = !passage.half(from).ended || !passage.half(to).ended;
    if (!group.alone() && cut_off) continue;  // of which of its equals it is the beginning, nobody knows
    OneWay(from, to, passage, findings).judge();
  }
}

}  // namespace testigo::check::hop
