#include "run/tls_lines.h"

#include "report/tls_line.h"
#include "run/terminal.h"

namespace testigo::run {

void TlsLines::on_tls(const call::TlsSeen& seen) {
  if (seen.step == tls::Step::Secured) tell(seen.connection);
}

void TlsLines::on_connection_closed(const call::ConnectionClosed& closed) {
  if (closed.connection.tls != nullptr && !closed.connection.tls->secured) tell(closed.connection);
}

void TlsLines::tell(const call::ConnectionView& connection) const {
  if (!connection.tls->client || !fits_unseen(selection_, connection)) return;
  put(out_, (json_ ? report::tls_json(connection) : report::tls_text(connection, paint_)) + "\n");
}

}  // namespace testigo::run
