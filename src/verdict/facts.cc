#include "verdict/facts.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include <fmt/format.h>

#include "base/inert.h"

namespace testigo::verdict {
namespace {

constexpr std::size_t kStraysKept = 20;

struct CallKey {
  std::uint32_t process;
  std::uint64_t number;
  friend bool operator==(const CallKey&, const CallKey&) = default;
};

struct CallKeyHash {
  std::size_t operator()(const CallKey& key) const {
    return std::hash<std::uint64_t>{}((key.number ^ std::uint64_t{key.process} << 40) * 0x9e3779b97f4a7c15ULL);
  }
};

// Times when nobody listened to the wire.
class Unheard {
 public:
  explicit Unheard(std::vector<UnheardTime> times) : times_(std::move(times)) {
    std::ranges::sort(times_, {}, &UnheardTime::from);
    for (std::size_t i = 1; i < times_.size(); ++i) times_[i].to = std::max(times_[i].to, times_[i - 1].to);
  }

  // Whether one of them begins before `behind` and ends after `before`.
  bool between(Time before, Time behind) const {
    const auto end = std::ranges::lower_bound(times_, behind, {}, &UnheardTime::from);
    return end != times_.begin() && std::prev(end)->to > before;
  }

 private:
  std::vector<UnheardTime> times_;  // by their beginnings; each ends where the last of those up to it does
};

class Gatherer {
 public:
  explicit Gatherer(const Evidence& evidence) {
    facts_.evidence = &evidence;
    for (const auto* readings : {&evidence.clients, &evidence.servers}) {
      for (const statement::Reading& reading : *readings) introduce(reading);
    }
    for (const auto* readings : {&evidence.clients, &evidence.servers}) {
      for (const statement::Reading& reading : *readings) hear(reading);
    }
    if (evidence.wire) look(*evidence.wire);
  }

  Facts finish() {
    std::ranges::sort(facts_.calls, [](const CallFacts& a, const CallFacts& b) {
      return std::pair(a.process, a.number) < std::pair(b.process, b.number);
    });
    for (const CallFacts& call : facts_.calls) note_border(call);
    if (const auto& wire = facts_.evidence->wire; wire && !wire->unheard.empty()) note_unheard(*wire);
    return std::move(facts_);
  }

 private:
  // First every client process that has a file, so that its index is there before any other witness names it.
  void introduce(const statement::Reading& reading) {
    for (const statement::Testimony& testimony : reading.testimonies) {
      if (testimony.start.witness != statement::Witness::Client) continue;
      ClientProcess& client = facts_.clients[process_of(testimony.start.name, testimony.start.process)];
      client.reading = &reading;
      client.testimony = &testimony;
      client.deadline = testimony.start.deadline.value_or(kDefaultDeadline);
    }
  }

  void hear(const statement::Reading& reading) {
    std::uint32_t file = kNone;
    for (const statement::Testimony& testimony : reading.testimonies) {
      for (const statement::Line& line : testimony.behind) {
        stray({&reading, &line}, fmt::format("the file of {} goes on behind its end record", inert(testimony.start.name)));
      }
      if (testimony.start.witness == statement::Witness::Client) {
        hear_client(reading, testimony);
      } else {
        hear_server(reading, testimony, file);
      }
    }
  }

  void hear_client(const statement::Reading& reading, const statement::Testimony& testimony) {
    const std::uint32_t process = process_of(testimony.start.name, testimony.start.process);
    for (const statement::Line& line : testimony.lines) {
      const Cited cited{&reading, &line};
      ClientProcess& client = facts_.clients[process];
      client.last = std::max(client.last, line.statement.monotonic);
      if (const auto* started = std::get_if<statement::Started>(&line.statement.body)) {
        if (of_other(started->id, client, cited)) continue;
        client.first_number = client.first_number == 0 ? started->id.number : std::min(client.first_number, started->id.number);
        client.last_number = std::max(client.last_number, started->id.number);
        CallFacts& call = call_of(process, started->id.number);
        if (call.started_times++ == 0) call.started = cited;
      } else if (const auto* ended = std::get_if<statement::Ended>(&line.statement.body)) {
        if (of_other(ended->id, client, cited)) continue;
        client.last_number = std::max(client.last_number, ended->id.number);
        CallFacts& call = call_of(process, ended->id.number);
        if (call.ended_times++ == 0) call.ended = cited;
      } else {
        stray(cited, fmt::format("the file of client {} holds a line that only a server writes", inert(client.name)));
      }
    }
  }

  bool of_other(const statement::CallId& id, const ClientProcess& client, const Cited& line) {
    if (id.client == client.name && id.process == client.process) return false;
    stray(line, fmt::format("the file of client {} states call {}, which is not its own", inert(client.name), inert(to_text(id))));
    return true;
  }

  void hear_server(const statement::Reading& reading, const statement::Testimony& testimony, std::uint32_t& file) {
    if (file == kNone) {
      file = static_cast<std::uint32_t>(facts_.server_files.size());
      facts_.server_files.emplace_back().reading = &reading;
    } else {
      facts_.servers.back().followed = true;
    }
    const auto index = static_cast<std::uint32_t>(facts_.servers.size());
    ServerProcess& server = facts_.servers.emplace_back();
    server.testimony = &testimony;
    server.file = file;
    facts_.server_files[file].whole = testimony.end.has_value();
    facts_.server_files[file].beginning_lost |= testimony.beginning_lost;
    for (const statement::Line& line : testimony.lines) hear_server_line({&reading, &line}, server, index);
  }

  void hear_server_line(const Cited& cited, ServerProcess& server, std::uint32_t index) {
    server.last = std::max(server.last, cited->monotonic);
    if (const auto* received = std::get_if<statement::Received>(&cited->body)) {
      ++server.received;
      const std::uint32_t process = process_of(received->id.client, received->id.process);
      const auto [range, added] = facts_.server_files[server.file].received.try_emplace(process);
      if (added) range->second.border = received->id.number;
      range->second.last = std::max(range->second.last, received->id.number);
      CallFacts& call = call_of(process, received->id.number);
      if (++call.received_times == 1) {
        call.received = cited;
        call.server = index;
      } else if (!call.received_again) {
        call.received_again = cited;
      }
    } else if (const auto* ended = std::get_if<statement::Ended>(&cited->body)) {
      CallFacts& call = call_of(process_of(ended->id.client, ended->id.process), ended->id.number);
      if (call.server_ended_times++ > 0) return;
      call.server_ended = cited;
      call.server_of_end = index;
    } else {
      stray(cited,
            fmt::format("the file of server {} holds a line that only a client writes", inert(server.testimony->start.name)));
    }
  }

  void look(const WireTestimony& wire) {
    facts_.next_stream.assign(wire.streams.size(), kNone);
    for (std::uint32_t i = 0; i < wire.streams.size(); ++i) {
      const statement::CallId& id = wire.streams[i].id;
      const std::uint32_t process = process_of(id.client, id.process);
      ClientProcess& client = facts_.clients[process];
      client.wire_from = client.wire_from == 0 ? id.number : std::min(client.wire_from, id.number);
      client.wire_last = std::max(client.wire_last, id.number);
      CallFacts& call = call_of(process, id.number);
      facts_.next_stream[i] = call.stream;
      call.stream = i;
    }
  }

  // Calls that have no stream, in a time when nobody listened, as those of their clients with lower and with higher numbers bound
  // it: so the clocks of clients and witness need not agree. One pass from each end over the calls, which are in order.
  void note_unheard(const WireTestimony& wire) {
    const Unheard unheard(wire.unheard);
    std::vector<CallFacts>& calls = facts_.calls;
    std::vector<Time> before(calls.size(), Time::min());  // the latest start of those with lower numbers
    for (std::size_t i = 1; i < calls.size(); ++i) {
      if (calls[i].process == calls[i - 1].process) before[i] = std::max(before[i - 1], starts(wire, calls[i - 1]).second);
    }
    Time behind = Time::max();  // the earliest start of those with higher numbers
    for (std::size_t i = calls.size(); i-- > 0;) {
      const bool last = i + 1 == calls.size() || calls[i].process != calls[i + 1].process;
      behind = last ? Time::max() : std::min(behind, starts(wire, calls[i + 1]).first);
      calls[i].unheard = calls[i].stream == kNone && unheard.between(before[i], behind);
    }
  }

  // The first and the last of its streams'.
  std::pair<Time, Time> starts(const WireTestimony& wire, const CallFacts& call) const {
    std::pair<Time, Time> found(Time::max(), Time::min());
    for (std::uint32_t i = call.stream; i != kNone; i = facts_.next_stream[i]) {
      found.first = std::min(found.first, wire.streams[i].call.started);
      found.second = std::max(found.second, wire.streams[i].call.started);
    }
    return found;
  }

  void note_border(const CallFacts& call) {
    if (!call.server_ended || call.received) return;
    ServerFile& file = facts_.server_files[facts_.servers[call.server_of_end].file];
    if (!file.beginning_lost) return;
    std::uint64_t& border = file.received[call.process].border;
    border = std::max(border, call.number);
  }

  std::uint32_t process_of(const std::string& name, const std::string& process) {
    if (last_process_ != kNone && facts_.clients[last_process_].process == process && facts_.clients[last_process_].name == name) {
      return last_process_;
    }
    const auto [it, added] = processes_.try_emplace(name + '/' + process, static_cast<std::uint32_t>(facts_.clients.size()));
    if (added) {
      ClientProcess& client = facts_.clients.emplace_back();
      client.name = name;
      client.process = process;
    }
    return last_process_ = it->second;
  }

  CallFacts& call_of(std::uint32_t process, std::uint64_t number) {
    const auto [it, added] = calls_.try_emplace(CallKey{process, number}, facts_.calls.size());
    if (added) {
      CallFacts& call = facts_.calls.emplace_back();
      call.process = process;
      call.number = number;
    }
    return facts_.calls[it->second];
  }

  void stray(const Cited& line, std::string text) {
    if (++facts_.strays_total <= kStraysKept) facts_.strays.push_back({line, std::move(text)});
  }

  Facts facts_;
  std::unordered_map<std::string, std::uint32_t> processes_;
  std::unordered_map<CallKey, std::size_t, CallKeyHash> calls_;
  std::uint32_t last_process_ = kNone;
};

}  // namespace

Facts gather(const Evidence& evidence) { return Gatherer(evidence).finish(); }

}  // namespace testigo::verdict
