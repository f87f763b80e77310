#include "verdict/facts.h"

#include <algorithm>
#include <functional>

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
    for (const UnheardTime& unheard : wire.unheard) note_unheard(wire, unheard);
  }

  // By the numbers of the calls on both sides of it: so the clocks of clients and witness need not agree.
  void note_unheard(const WireTestimony& wire, const UnheardTime& unheard) {
    for (ClientProcess& client : facts_.clients) client.unheard.emplace_back(0, 0);
    for (const WireStream& stream : wire.streams) {
      auto& [before, after] = facts_.clients[process_of(stream.id.client, stream.id.process)].unheard.back();
      if (stream.call.started <= unheard.from) before = std::max(before, stream.id.number);
      if (stream.call.started >= unheard.to) after = after == 0 ? stream.id.number : std::min(after, stream.id.number);
    }
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
