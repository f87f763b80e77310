// Who called whom, and what: the lists of the page that its calls point into (docs/formats/page.md).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "report/page_columns.h"
#include "statement/statement.h"

namespace testigo::report {

// Indices are stable; 0xffff stands for nobody, for whoever comes when a list is full, and for whoever's name is too long: what
// strangers call themselves takes no more memory than that.
class PageNames {
 public:
  static constexpr std::size_t kListMax = 10'000;     // entries of each list
  static constexpr std::size_t kTextBytesMax = 1024;  // of a name, an address, a method

  // A client or server that states calls, by its start record.
  std::uint16_t witness(const statement::Start& start);
  std::uint16_t client(const std::string& name);        // that call ids name
  std::uint16_t client_at(const std::string& address);  // that is known by its address alone
  std::uint16_t server_at(const std::string& address);  // with its port
  std::uint16_t process(const std::string& client, const std::string& process);
  std::uint16_t method(const std::string& name);

  // Where one that is known by its name was seen on the wire.
  void client_seen_at(std::uint16_t client, const std::string& address);
  void server_seen_at(std::uint16_t server, const std::string& address);

  // Of a process that is not nobody.
  std::uint16_t client_of(std::uint16_t process) const { return processes_[process].first; }
  // Name and process id, as call ids have them.
  std::pair<std::string, std::string> caller(std::uint16_t process) const;

  // Those that these calls name, and those who state calls.
  NameIndices used_by(std::span<const PageCall> calls) const;
  // The members `clients`, `servers`, `processes` and `methods`: all, or those of `only`; texts are cut behind so many octets.
  void add_to(nlohmann::ordered_json& document, const NameIndices* only = nullptr,
              std::size_t text_bytes_max = kTextBytesMax) const;
  std::size_t changes() const { return changes_; }  // so far

 private:
  struct Client {
    std::string name, address;
    bool witness = false;
    std::optional<Duration> period;
    bool tls = false;
  };
  struct Server {
    std::string name, address;
    bool witness = false;
  };

  std::vector<Client> clients_;
  std::vector<Server> servers_;
  std::vector<std::pair<std::uint16_t, std::string>> processes_;  // the client of each
  std::vector<std::string> methods_;
  std::map<std::string, std::uint16_t> client_by_name_, client_by_address_, server_by_name_, server_by_address_, method_by_name_;
  std::map<std::pair<std::uint16_t, std::string>, std::uint16_t> process_by_name_;
  std::size_t changes_ = 0;
};

}  // namespace testigo::report
