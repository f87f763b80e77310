// Statements that a ledger takes a second of wall and of processor time, from values in memory, through its public interface, into
// a file in the journal mode that others may read beside it. Prints a JSON line.
//
//   ledger_bench [STATEMENTS [ROUNDS [FOLDER]]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "base/random_id.h"
#include "ledger/writer.h"

namespace testigo::ledger {
namespace {

constexpr std::uint64_t kClients = 4;
constexpr std::uint64_t kBatch = 10'000;  // statements of a transaction, as a run beside which it is written commits them

struct Said {
  StatementPlace place;
  statement::Statement statement;
};

// Each call as its client and its server state it, in the order of their time.
std::vector<Said> conversation(std::uint64_t statements, const std::vector<WitnessId>& clients, WitnessId server, FileId file) {
  std::vector<Said> all;
  std::vector<std::uint64_t> seq(kClients + 2);
  Time time = Time(std::chrono::seconds(1'800'000'000));
  const auto say = [&](WitnessId writer, statement::Body body) {
    time += std::chrono::microseconds(5);
    Said said;
    const std::uint64_t number = ++seq[static_cast<std::size_t>(writer)];
    said.place = {writer, number, file, number, false};
    said.statement = {time, Duration(time.time_since_epoch().count() - 1'000'000'000), std::move(body)};
    all.push_back(std::move(said));
  };
  for (std::uint64_t call = 0; all.size() < statements; ++call) {
    const std::size_t client = call % kClients;
    const std::uint64_t number = call / kClients + 1;
    const statement::CallId id{"client" + std::to_string(client + 1), "5f0c2a7be1940d3" + std::to_string(client), number};
    const statement::Reply reply{id.client, number, "server"};
    const std::string method = "/testigo.greeter.v1.Greeter/Greet";
    say(clients[client], statement::Started{id, method, statement::Kind::Unary});
    say(server, statement::Received{id, method, statement::Kind::Unary, "ipv4:127.0.0.1:40022"});
    say(server, statement::Ended{id, 0, "", std::chrono::microseconds(120), 1, 1, reply});
    say(clients[client], statement::Ended{id, 0, "", std::chrono::microseconds(450), 1, 1, reply});
  }
  return all;
}

struct Rate {
  double of_wall = 0;  // a second
  double of_processor = 0;
};

Rate rate(const std::filesystem::path& file, std::uint64_t statements) {
  Writer writer(file, Journal::Wal);
  std::vector<WitnessId> clients;
  for (std::uint64_t i = 0; i < kClients; ++i) {
    statement::Start start;
    start.name = "client" + std::to_string(i + 1);
    start.process = "5f0c2a7be1940d3" + std::to_string(i);
    clients.push_back(writer.add(start));
  }
  statement::Start start;
  start.witness = statement::Witness::Server;
  start.name = "server";
  start.process = "0123456789abcdef";
  const WitnessId server = writer.add(start);
  const std::vector<Said> all = conversation(statements, clients, server, writer.file("statements/all.jsonl"));
  const auto begun = std::chrono::steady_clock::now();
  const std::clock_t used = std::clock();
  std::uint64_t added = 0;
  for (const Said& said : all) {
    writer.add(said.place, said.statement);
    if (++added % kBatch == 0) writer.commit();
  }
  writer.commit();
  const double processor = static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  writer.close();
  return {static_cast<double>(all.size()) / took.count(), static_cast<double>(all.size()) / processor};
}

}  // namespace
}  // namespace testigo::ledger

int main(int argc, char** argv) {
  const std::uint64_t statements = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  const std::filesystem::path parent = argc > 3 ? argv[3] : std::filesystem::temp_directory_path();
  const std::filesystem::path folder = parent / ("testigo-ledger-" + testigo::random_id());
  std::filesystem::create_directory(folder);
  std::vector<double> of_wall, of_processor;
  std::uintmax_t bytes = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::filesystem::path file = folder / "ledger.db";
    const testigo::ledger::Rate rate = testigo::ledger::rate(file, statements);
    of_wall.push_back(rate.of_wall);
    of_processor.push_back(rate.of_processor);
    bytes = std::filesystem::file_size(file);
    std::filesystem::remove(file);
  }
  std::filesystem::remove_all(folder);
  std::ranges::sort(of_wall);
  std::ranges::sort(of_processor);
  std::printf("{\"statements\": %llu, \"per_second\": %.0f, \"per_second_of_processor\": %.0f, \"bytes_each\": %.1f}\n",
              static_cast<unsigned long long>(statements), of_wall[of_wall.size() / 2], of_processor[of_processor.size() / 2],
              static_cast<double>(bytes) / static_cast<double>(statements));
  return 0;
}
