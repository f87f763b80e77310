// From events to causes: what explains the failures that the wire shows.
//
// Causes that are met again are counted, not repeated: one for each id and what it is about (a server, or a method of it). Their
// number is bounded, and that of each id, so that one kind of trouble never hides another.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "call/event.h"
#include "diagnose/cause.h"

namespace testigo::diagnose {

constexpr std::size_t kCausesOfOneIdMax = 8;
constexpr std::size_t kPlacesKept = 5;

class Diagnosis final : public call::Sink {
 public:
  call::Interest hears() const override {
    return {.frames = false, .blocks = false, .messages = false, .side_ends = false, .calls = true};
  }
  void on_tls(const call::TlsSeen& seen) override;
  void on_call(const call::CallClosed& closed) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

  const std::vector<Cause>& causes() const { return causes_; }

 private:
  void add(const std::string& about, Cause cause);
  void refused(const call::ConnectionClosed& closed);

  std::vector<Cause> causes_;
  std::map<std::string, std::map<std::string, std::size_t>> known_;  // id → what it is about → its place in `causes_`
};

}  // namespace testigo::diagnose
