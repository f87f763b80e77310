#include "ledger/reader_open.h"

namespace testigo::ledger {

std::vector<verdict::Claim> Reader::claims() {
  std::vector<verdict::Claim> claims;
  open_->each(
      "SELECT number, sentence, outcome, because, exhibits_total FROM claims ORDER BY number",
      [](Values& values) {
        verdict::Claim claim;
        claim.number = values.within<int>(1000);
        claim.sentence = values.text();
        claim.outcome = values.word(kOutcomes);
        claim.because = values.text();
        claim.exhibits_total = values.number();
        return claim;
      },
      [&](const verdict::Claim& claim) { claims.push_back(claim); });
  for (verdict::Claim& claim : claims) {
    std::vector<std::int64_t> numbers;
    open_->each(
        "SELECT e.exhibit, e.text, e.octets, c.client, c.process, e.number FROM exhibits e LEFT JOIN callers c ON c.id = e.caller "
        "WHERE e.claim = ?1 ORDER BY e.exhibit",
        [&](Values& values) {
          verdict::Exhibit exhibit;
          numbers.push_back(values.integer());
          exhibit.text = values.text();
          exhibit.octets = values.text();
          if (!values.null()) exhibit.call = statement::to_text(values.call_id());
          return exhibit;
        },
        [&](const verdict::Exhibit& exhibit) { claim.exhibits.push_back(exhibit); }, claim.number);
    for (std::size_t i = 0; i < claim.exhibits.size(); ++i) {
      verdict::Exhibit& exhibit = claim.exhibits[i];
      open_->each(
          "SELECT packet, connection, stream FROM exhibit_wire WHERE claim = ?1 AND exhibit = ?2 ORDER BY place",
          [](Values& values) { return values.place(); }, [&](const call::Place& place) { exhibit.wire.push_back(place); },
          claim.number, numbers[i]);
      open_->each(
          "SELECT f.file, s.line FROM exhibit_statements s JOIN files f ON f.id = s.file WHERE s.claim = ?1 AND s.exhibit = ?2 "
          "ORDER BY "
          "s.place",
          [](Values& values) {
            statement::Place place;
            place.file = values.text();
            place.line = values.number();
            return place;
          },
          [&](const statement::Place& place) { exhibit.statements.push_back(place); }, claim.number, numbers[i]);
    }
  }
  return claims;
}

std::vector<diagnose::Cause> Reader::causes() {
  std::vector<diagnose::Cause> causes;
  std::vector<std::int64_t> numbers;
  open_->each(
      "SELECT number, id, title, explanation, fix, suspected, times FROM causes ORDER BY number",
      [&](Values& values) {
        diagnose::Cause cause;
        numbers.push_back(values.id());
        cause.id = values.text();
        cause.title = values.text();
        cause.explanation = values.text();
        cause.fix = values.text();
        cause.suspected = values.flag();
        cause.times = values.number();
        return cause;
      },
      [&](const diagnose::Cause& cause) { causes.push_back(cause); });
  for (std::size_t i = 0; i < causes.size(); ++i) {
    open_->each(
        "SELECT packet, connection, stream FROM cause_wire WHERE cause = ?1 ORDER BY place",
        [](Values& values) { return values.place(); }, [&](const call::Place& place) { causes[i].places.push_back(place); },
        numbers[i]);
  }
  return causes;
}

}  // namespace testigo::ledger
