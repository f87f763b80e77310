#include "check/credit_drift.h"

#include <fmt/format.h>

namespace testigo::check {

void CreditDrift::on_connection_closed(Findings& findings) const {
  if (updates_ == 0) return;
  const std::int64_t now = std::max(before_, recent_);
  findings.judge(Id::FC06, updates_ <= 2 * kUpdates || now >= greatest_ / 2, spot_, [&] {
    return fmt::format("the window of the connection once rose to {} octets, and at last only to {}: the {} does not give all back",
                       greatest_, now, spot_.direction == Direction::ToServer ? "client" : "server");
  });
}

}  // namespace testigo::check
