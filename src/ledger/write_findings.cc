#include "ledger/writer_open.h"

namespace testigo::ledger {

void Writer::add(const check::Finding& finding) {
  if (open_->findings_kept == open_->limits.ledger_findings_max) {
    ++open_->findings_left_out;
    return;
  }
  adding(*open_, [&] {
    const std::string check(finding.check);
    const std::string clause(finding.clause);
    open_->begin_row();
    Insert& insert = open_->findings;
    insert.put(check).put(kSeverities.of(finding.severity)).put(finding.text).put(clause);
    insert.put(finding.spot.place.packet).put(finding.spot.place.connection).put(finding.spot.place.stream);
    insert.put(kDirections.of(finding.spot.direction)).put(finding.spot.offset).put(finding.spot.time).run();
    ++open_->findings_kept;
  });
}

void Writer::add(const statement::CallId& call, const verdict::Difference& difference) {
  adding(*open_, [&] {
    open_->begin_row();
    open_->differences.put(open_->caller(call).id).put(call.number).put(difference.field).put(difference.text).run();
  });
}

void Writer::add_out_of_scope(const statement::CallId& call) {
  adding(*open_, [&] {
    open_->begin_row();
    open_->out_of_scope.put(open_->caller(call).id).put(call.number).run();
  });
}

}  // namespace testigo::ledger
