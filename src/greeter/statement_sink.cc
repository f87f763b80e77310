#include "greeter/statement_sink.h"

#include <unistd.h>

#include <array>
#include <utility>

#include "base/random_id.h"

namespace testigo::greeter {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace

StatementSink::StatementSink(const StatementOptions& options, statement::Start start, const Clock& clock,
                             std::function<void(const std::string&)> complain)
    : file_(options.file.string()), complain_(std::move(complain)) {
  if (file_.empty()) return;
  const statement::Rotation rotation{.bytes_max = options.rotate_bytes};
  writer_ = std::make_unique<statement::StatementWriter>(options.file, std::move(start), clock, rotation);
}

void StatementSink::state(statement::Body body) {
  if (writer_) written(writer_->write(std::move(body)));
}

void StatementSink::end(std::uint64_t calls) {
  if (writer_) written(writer_->end(calls));
}

void StatementSink::written(bool good) {
  const bool was_refused = refused_.exchange(!good);
  if (!good && !was_refused) complain_("statements are refused by the disk: make room for " + file_);
}

statement::Start start_of_this_process(statement::Witness witness, std::string name, std::string address) {
  statement::Start start;
  start.witness = witness;
  start.name = std::move(name);
  start.process = random_id();
  start.host = host_name();
  start.pid = ::getpid();
  start.address = std::move(address);
  return start;
}

}  // namespace testigo::greeter
