#include "run/verify_run.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/environment_error.h"
#include "base/inert.h"
#include "base/usage_error.h"
#include "run/child_process.h"
#include "run/evidence_folder.h"
#include "run/index_evidence.h"
#include "run/judge_again.h"
#include "run/judge_evidence.h"
#include "run/kept_memory.h"
#include "run/live_ledger.h"
#include "run/live_view.h"
#include "run/masked.h"
#include "run/repeated_judge.h"
#include "run/run_lock.h"
#include "run/run_record.h"
#include "run/showing.h"
#include "run/shutdown.h"
#include "run/strictness.h"
#include "run/tell_verdict.h"
#include "run/terminal.h"
#include "run/test_certificates.h"
#include "run/wire_post.h"
#include "statement/statement_reader.h"
#include "wire/tcp/endpoint.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

constexpr Duration kServerPatience = 15s;  // to start, and to drain
constexpr Duration kDrawEvery = 100ms;

// Beside this program, else by PATH.
std::filesystem::path find_greeter() {
  constexpr std::string_view kName = "testigo-greeter";
  std::error_code error;
  auto beside = std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / kName;
  if (!error && std::filesystem::exists(beside)) return beside;
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    auto candidate = std::filesystem::path(rest.substr(0, colon)) / kName;
    if (std::filesystem::exists(candidate, error)) return candidate;
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  throw EnvironmentError("testigo-greeter is neither beside this program nor in PATH; build it (make) or use --target");
}

std::string exact(Duration duration) { return fmt::format("{}ns", duration.count()); }

std::string with_port(const std::string& host, int port) {
  return host.find(':') != std::string::npos && host.front() != '[' ? fmt::format("[{}]:{}", host, port)
                                                                    : fmt::format("{}:{}", host, port);
}

// The host of "host:port" or "[v6]:port".
void check_target(const std::string& target) {
  const auto endpoint = tcp::parse_endpoint(target);
  if (endpoint && !endpoint->address.empty() && endpoint->port != 0) return;
  throw UsageError(fmt::format("--target: \"{}\" is no host:port; write localhost:50051 or [::1]:50051", inert(target, 80)));
}

std::string host_of(const std::string& target) {
  if (target.starts_with('[')) return target.substr(1, target.find(']') - 1);
  return target.substr(0, target.rfind(':'));
}

// What goes on beside the processes of a run.
struct Beside {
  Beside(const EvidenceFolder& folder, const Clock& clock)
      : ledger(folder, clock, [this](const std::string& line) { view.say(line); }) {}

  LiveView view{stderr};
  LiveLedger ledger;
};

// The processes of one run and what they leave behind.
class Play {
 public:
  Play(const VerifyOptions& options, const EvidenceFolder& folder, const Clock& clock, Beside& beside)
      : options_(options), folder_(folder), clock_(clock), greeter_(find_greeter()), beside_(beside) {
    if (options.tls && !options.target) certificates_.emplace();
    record_.command = "verify";
    record_.clients_started = static_cast<std::uint64_t>(options.clients);
    record_.shared_server = options.shared_server || options.target.has_value();
    record_.tolerance = options.tolerance;
    record_.since = options.since;
  }

  void perform();
  const RunRecord& record() const { return record_; }
  const std::vector<capture::MaskedField>& masked() const { return masked_; }
  std::unique_ptr<Showing> showing() { return std::move(showing_); }

 private:
  std::string start_server();
  void start_clients(const std::string& address);
  std::vector<int> inherited() const { return certificates_ ? certificates_->descriptors() : std::vector<int>(); }
  std::vector<std::string> client_command(const std::string& name, const std::string& address) const;
  void wait_for_clients();
  bool clients_running();
  void poll_clients();
  void end_server();
  bool drained();
  void keep_server_statements();

  const VerifyOptions& options_;
  const EvidenceFolder& folder_;
  const Clock& clock_;
  std::filesystem::path greeter_;
  std::optional<TestCertificates> certificates_;
  std::optional<ChildProcess> server_;
  std::vector<ChildProcess> clients_;
  std::vector<std::pair<std::string, StatementTail>> tails_;
  Beside& beside_;
  RunRecord record_;
  std::vector<capture::MaskedField> masked_;
  std::unique_ptr<Showing> showing_;    // null: nobody asked for it
  std::optional<Following> following_;  // for the ledger alone
};

void Play::perform() {
  // First of all: it opens what needs privileges, and gives those up.
  const auto wire = make_wire_post(options_.wire, options_.host, options_.target.value_or(""), folder_.capture(), clock_);
  record_.wire = wire->name();
  showing_ = show_if_asked(options_.page, folder_, clock_, &beside_.ledger);
  if (!showing_) following_.emplace(folder_, clock_, std::vector<EvidenceHearer*>{&beside_.ledger}, Following::Haste::Yielding);
  const std::string server = options_.target ? *options_.target : start_server();
  const std::string address = wire->begin(server);
  put(stderr, fmt::format("  {} client{} ──▶ {}server {}{}, {} s; wire: {}\n\n", options_.clients, options_.clients == 1 ? "" : "s",
                          address == server ? "" : fmt::format("tap {} ──▶ ", address), server, options_.tls ? " (TLS)" : "",
                          static_cast<double>(options_.run_time.count()) / 1e9, wire->name()));
  write_run_record(folder_.record(), record_);
  start_clients(address);
  wait_for_clients();
  end_server();
  std::ranges::move(wire->end(), std::back_inserter(record_.notes));
  record_.packets_dropped = wire->dropped();
  masked_ = wire->masked();
  beside_.ledger.close();
  following_.reset();
  keep_server_statements();
  record_.finished = true;
}

// Its start record, written as soon as it listens, says where.
std::string Play::start_server() {
  const auto statements = folder_.statements() / "server.jsonl";
  std::vector<std::string> command = {greeter_, "server", "--listen",     with_port(options_.host, 0),
                                      "--name", "server", "--statements", statements};
  if (options_.misbehave) command.insert(command.end(), {"--misbehave", *options_.misbehave});
  if (certificates_) command.insert(command.end(), {"--tls-cert", certificates_->certificate(), "--tls-key", certificates_->key()});
  server_.emplace("server", command, folder_.logs() / "server.log", inherited());
  StatementTail tail(statements);
  const Duration until = clock_.monotonic() + kServerPatience;
  while (!tail.start()) {
    tail.poll();
    if (!server_->running()) throw EnvironmentError("the server did not start:" + last_lines(server_->log(), 5));
    if (clock_.monotonic() > until) {
      throw EnvironmentError(
          fmt::format("the server does not listen after {}:{}", to_human(kServerPatience), last_lines(server_->log(), 5)));
    }
    if (shutdown_requests() != 0) throw EnvironmentError("ended by a signal before the server was up");
    std::this_thread::sleep_for(5ms);
  }
  if (certificates_) certificates_->forget_key();
  return tail.start()->address;
}

std::vector<std::string> Play::client_command(const std::string& name, const std::string& address) const {
  std::vector<std::string> command = {greeter_,          "client",
                                      "--target",        address,
                                      "--name",          name,
                                      "--every",         exact(options_.every),
                                      "--for",           exact(options_.run_time),
                                      "--kind",          options_.kind,
                                      "--deadline",      exact(options_.deadline),
                                      "--payload-bytes", std::to_string(options_.payload_bytes),
                                      "--statements",    folder_.statements() / (name + ".jsonl")};
  if (certificates_) {
    command.insert(command.end(), {"--tls-ca", certificates_->authority()});
  } else if (options_.tls) {
    if (options_.cacert) command.insert(command.end(), {"--tls-ca", *options_.cacert});
    command.insert(command.end(), {"--tls-name", host_of(*options_.target)});
  }
  return command;
}

void Play::start_clients(const std::string& address) {
  for (int i = 1; i <= options_.clients; ++i) {
    const std::string name = fmt::format("client{}", i);
    clients_.emplace_back(name, client_command(name, address), folder_.logs() / (name + ".log"), inherited());
    tails_.emplace_back(name, StatementTail(folder_.statements() / (name + ".jsonl")));
  }
}

bool Play::clients_running() {
  return std::ranges::any_of(clients_, [](ChildProcess& client) { return client.running(); });
}

void Play::poll_clients() {
  if (!beside_.view.is_seen()) return;
  for (auto& [name, tail] : tails_) tail.poll();
}

// They end by themselves when their time is over. A first signal asks them to; a second one, or their silence, kills them.
void Play::wait_for_clients() {
  const Duration begun = clock_.monotonic();
  const Duration patience = options_.run_time + options_.deadline + 10s;
  bool asked = false;
  while (clients_running()) {
    const Duration elapsed = clock_.monotonic() - begun;
    poll_clients();
    beside_.view.draw(tails_, elapsed, options_.run_time);
    if (shutdown_requests() != 0 && !asked) {
      asked = true;
      record_.notes.emplace_back("a signal ended the run early");
      for (ChildProcess& client : clients_) client.signal(SIGTERM);
    }
    if (shutdown_requests() > 1 || elapsed > patience) {
      for (ChildProcess& client : clients_) client.signal(SIGKILL);
    }
    std::this_thread::sleep_for(kDrawEvery);
  }
  poll_clients();
  beside_.view.draw(tails_, options_.run_time, options_.run_time);
  beside_.view.end();
  for (ChildProcess& client : clients_) {
    const int code = client.exit_code().value_or(0);
    if (code > 1)
      record_.notes.push_back(fmt::format("{} ended with exit code {}:{}", client.name(), code, last_lines(client.log(), 3)));
  }
}

void Play::end_server() {
  if (!server_) {
    std::this_thread::sleep_for(200ms);  // its last lines; a file without an end record is judged up to its horizon anyway
    return;
  }
  if (!server_->running()) {
    record_.notes.push_back(
        fmt::format("the server ended before it was asked to, with exit code {}", server_->exit_code().value_or(0)));
  }
  server_->signal(SIGTERM);
  if (drained()) return;
  record_.notes.emplace_back("the server did not end when it was asked to, and was killed");
  server_->signal(SIGKILL);
  server_->wait(kServerPatience);
}

// It has a second in all once a second signal has come, be it meanwhile.
bool Play::drained() {
  for (const Duration begun = clock_.monotonic(); !server_->wait(50ms);) {
    if (clock_.monotonic() - begun > (shutdown_requests() > 1 ? Duration(1s) : kServerPatience)) return false;
  }
  return true;
}

// The evidence folder holds all that was judged, also what another server wrote (with the files that rotation renamed).
void Play::keep_server_statements() {
  if (options_.server_statements)
    statement::StatementFile(*options_.server_statements).copy_to(folder_.statements() / "server.jsonl");
}

// What only the run that has just ended knows.
struct Collected {
  std::optional<RunRecord> unwritten;  // what the disk would not take of run.json
  std::vector<capture::MaskedField> masked;
  std::unique_ptr<Showing> showing;
};

// Leaves the evidence on disk, and on the way nothing else.
Collected collect(const VerifyOptions& options, const EvidenceFolder& folder, const Clock& clock, Beside& beside) {
  RunRecord record;
  Collected collected;
  try {
    Play play(options, folder, clock, beside);
    play.perform();
    record = play.record();
    collected.masked = play.masked();
    collected.showing = play.showing();
  } catch (...) {
    folder.discard_if_empty();
    throw;
  }
  try {
    write_run_record(folder.record(), record);
  } catch (const EnvironmentError& error) {
    record.notes.emplace_back(error.what());
    collected.unwritten = record;
  }
  return collected;
}

// An index or a page that cannot be written takes nothing from the verdict.
int tell(const EvidenceFolder& folder, const report::RunReport& report, bool json, EvidenceIndex& index) {
  const Told told = tell_and_index(folder, report, json, index);
  if (!told.trouble.empty()) put(stderr, told.trouble + "\n");
  return told.code;
}

}  // namespace

int run_verify(const VerifyOptions& options) {
  if (options.target) check_target(*options.target);
  const SystemClock clock;
  verdict::JudgeOptions chosen;
  chosen.tolerance = options.tolerance;
  chosen.since = options.since;
  chosen.others_out_of_scope = options.shared_server;
  if (options.evidence) {
    const bool waits = options.repeat || options.after > Duration::zero();
    waits ? take_signals() : ignore_broken_pipes();
    const auto keep = [&](const EvidenceFolder& folder) { keep_strictness(folder, chosen); };
    return judge_repeatedly(*options.evidence, {options.after, options.repeat, keep}, clock, [&](const EvidenceFolder& folder) {
      const verdict::JudgeOptions strictness = strictness_of(folder, chosen);
      EvidenceIndex index(folder, strictness, clock);
      // Who waits does so for statements.
      const report::RunReport report = waits ? judge_evidence(folder, strictness, clock, {}, index.hearers())
                                             : judge_again(folder, strictness, clock, index.hearers());
      return tell(folder, report, options.json, index);
    });
  }
  if (options.server_statements && ::access(options.server_statements->c_str(), R_OK) != 0) {
    throw EnvironmentError(
        fmt::format("cannot read {}; the server's statements are needed for claims 4 and 8", options.server_statements->string()));
  }
  take_signals();
  keep_freed_memory();
  const EvidenceFolder folder = EvidenceFolder::create(options.out, "verify", clock.now());
  const RunLock lock(folder);
  Beside beside(folder, clock);
  const Collected collected = collect(options, folder, clock, beside);
  release_signals();  // the evidence is on disk; judging it may be ended at once
  if (collected.showing) collected.showing->judging();
  EvidenceIndex index(folder, chosen, clock);
  report::RunReport report = judge_evidence(folder, chosen, clock, collected.unwritten, index.hearers());
  report.masked = masked_of(collected.masked);
  const int code = tell(folder, report, options.json, index);
  if (index.trouble().empty()) beside.ledger.replaced();
  stay(collected.showing.get(), report, chosen);
  return code;
}

}  // namespace testigo::run
