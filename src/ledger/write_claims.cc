#include "ledger/writer_open.h"

namespace testigo::ledger {

void Writer::Open::add_places(Insert& insert, std::int64_t of, std::optional<std::int64_t> exhibit,
                              const std::vector<call::Place>& places) {
  std::int64_t number = 0;
  for (const call::Place& place : places) {
    begin_row();
    insert.put(of);
    if (exhibit) insert.put(*exhibit);
    insert.put(++number).put(place.packet).put(place.connection).put(place.stream).run();
  }
}

void Writer::add(const verdict::Claim& claim, const std::filesystem::path& folder) {
  adding(*open_, [&] {
    open_->begin_row();
    open_->claims.put(claim.number).put(claim.sentence).put(kOutcomes.of(claim.outcome)).put(claim.because);
    open_->claims.put(claim.exhibits_total).run();
    std::int64_t number = 0;
    for (const verdict::Exhibit& exhibit : claim.exhibits) {
      const auto call = statement::parse_call_id(exhibit.call);
      const CallerId caller = call ? open_->caller(*call).id : 0;
      open_->begin_row();
      open_->exhibits.put(claim.number).put(++number).put(exhibit.text).put(exhibit.octets);
      if (call) {
        open_->exhibits.put(caller).put(call->number).run();
      } else {
        open_->exhibits.null().null().run();
      }
      open_->add_places(open_->exhibit_wire, claim.number, number, exhibit.wire);
      std::int64_t at = 0;
      for (const statement::Place& place : exhibit.statements) {
        const FileId file = open_->files.id(relative_to(folder, place.file));
        open_->exhibit_statements.put(claim.number).put(number).put(++at).put(file).put(place.line).run();
      }
    }
  });
}

void Writer::add(const diagnose::Cause& cause) {
  adding(*open_, [&] {
    open_->begin_row();
    open_->causes.put(cause.id).put(cause.title).put(cause.explanation).put(cause.fix).put(cause.suspected).put(cause.times).run();
    open_->add_places(open_->cause_wire, open_->database.getLastInsertRowid(), std::nullopt, cause.places);
  });
}

}  // namespace testigo::ledger
