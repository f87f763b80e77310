// From events to causes: what explains the failures that the wire shows.
//
// Causes that are met again are counted, not repeated: one for each id and explanation, at most `kCausesMax` of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "call/event.h"
#include "diagnose/cause.h"

namespace testigo::diagnose {

constexpr std::size_t kCausesMax = 32;
constexpr std::size_t kPlacesKept = 5;

class Diagnosis final : public call::Sink {
 public:
  void on_call(const call::CallClosed& closed) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  const std::vector<Cause>& causes() const { return causes_; }

 private:
  Cause* add(Cause cause);
  void died(const call::ConnectionClosed& closed);
  void refused(const call::ConnectionClosed& closed);

  std::vector<Cause> causes_;
  std::map<std::string, std::size_t> died_;  // server → its F31, at most kCausesMax of them
};

}  // namespace testigo::diagnose
