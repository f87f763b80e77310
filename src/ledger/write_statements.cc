#include "ledger/writer_open.h"

namespace testigo::ledger {

// Nothing where its witness cannot have written it: of another's call, of the other kind of witness, behind an end record.
std::optional<Part> Writer::Open::part(const StatementPlace& place, const statement::CallId& id, Part of_client, Part of_server) {
  const statement::Start& start = writers.at(static_cast<std::size_t>(place.writer - 1));
  if (place.out_of_place) return std::nullopt;
  if (start.witness == statement::Witness::Server) {
    if (of_server == Part::ClientStarted) return std::nullopt;
    return of_server;
  }
  if (of_client == Part::ServerReceived || id.process != start.process || id.client != start.name) return std::nullopt;
  return of_client;
}

void Writer::Open::place(Insert& insert, const StatementPlace& place, const statement::Statement& statement, const char* type) {
  begin_row();
  note(statement.time);
  insert.put(place.writer).put(place.seq).put(place.file).put(place.line).put(type).put(statement.time).put(statement.monotonic);
}

void Writer::Open::add_call(Insert& insert, const StatementPlace& at, const statement::Statement& statement,
                            const statement::CallId& id, const char* type, Part of_client, Part of_server) {
  const std::int64_t number = caller(id).id;
  const std::optional<Part> which = part(at, id, of_client, of_server);
  place(insert, at, statement, type);
  insert.put(!which).put(number).put(id.number);
  if (which) {
    insert.put(static_cast<int>(*which));
  } else {
    insert.null();
  }
}

WitnessId Writer::add(const statement::Start& start) {
  return adding(*open_, [&] {
    open_->begin_row();
    open_->witnesses.put(kWitnesses.of(start.witness))
        .put(start.name)
        .put(start.process)
        .put(start.host)
        .put(start.pid)
        .put(start.address)
        .put(start.period)
        .put(start.deadline)
        .put(start.tls)
        .put(start.continues)
        .run();
    open_->writers.push_back(start);
    return static_cast<WitnessId>(open_->writers.size());
  });
}

void Writer::add(const StatementPlace& place, const statement::Statement& statement) {
  struct Visitor {
    Open& open;
    const StatementPlace& place;
    const statement::Statement& statement;

    void operator()(const statement::Start&) const {
      open.place(open.starts, place, statement, "start");
      open.starts.put(place.out_of_place).run();
    }
    void operator()(const statement::Started& started) const {
      begun(started.id, "started", Part::ClientStarted, Part::ClientStarted);
      open.begun.put(open.methods.id(started.method)).put(kKinds.of(started.kind)).null().run();
    }
    void operator()(const statement::Received& received) const {
      begun(received.id, "received", Part::ServerReceived, Part::ServerReceived);
      open.begun.put(open.methods.id(received.method)).put(kKinds.of(received.kind)).put(received.peer).run();
    }
    void operator()(const statement::Ended& ended) const {
      open.add_call(open.ended, place, statement, ended.id, "ended", Part::ClientEnded, Part::ServerEnded);
      open.ended.put(ended.status)
          .put(ended.message)
          .put(ended.latency)
          .put(ended.requests)
          .put(ended.replies)
          .put(ended.reply)
          .run();
    }
    void operator()(const statement::End& end) const {
      open.place(open.ends, place, statement, "end");
      open.ends.put(place.out_of_place).put(end.calls).run();
    }
    void begun(const statement::CallId& id, const char* type, Part of_client, Part of_server) const {
      open.add_call(open.begun, place, statement, id, type, of_client, of_server);
    }
  };
  adding(*open_, [&] { std::visit(Visitor{*open_, place, statement}, statement.body); });
}

void Writer::add(const statement::Reading& reading, const std::filesystem::path& folder) {
  std::vector<FileId> files;
  files.reserve(reading.files.size());
  for (const std::string& name : reading.files) files.push_back(file(relative_to(folder, name)));
  for (const statement::Testimony& testimony : reading.testimonies) {
    StatementPlace place;
    place.writer = add(testimony.start);
    const auto add_line = [&](const statement::Line& line, bool out_of_place) {
      ++place.seq;
      place.file = files.at(line.file);
      place.line = line.number;
      place.out_of_place = out_of_place;
      add(place, line.statement);
    };
    add_line(testimony.first, false);
    for (const statement::Line& line : testimony.lines) add_line(line, false);
    if (testimony.end) add_line(*testimony.end, false);
    for (const statement::Line& line : testimony.behind) add_line(line, true);
  }
}

}  // namespace testigo::ledger
