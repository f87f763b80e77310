#include "report/page_names.h"

#include "report/page_columns.h"

namespace testigo::report {
namespace {

using Json = nlohmann::ordered_json;

bool is_short(const std::string& text) { return text.size() <= PageNames::kTextBytesMax; }

// What has no place in the list is not kept in the map either.
template <typename Key, typename Make>
std::uint16_t found_or_added(std::map<Key, std::uint16_t>& map, const Key& key, const Make& make) {
  const auto it = map.find(key);
  if (it != map.end()) return it->second;
  const std::uint16_t index = make();
  if (index != PageCall::kNobody) map.emplace(key, index);
  return index;
}

template <typename Item>
std::uint16_t added(std::vector<Item>& list, Item item, std::size_t& changes) {
  if (list.size() >= PageNames::kListMax) return PageCall::kNobody;
  ++changes;
  list.push_back(std::move(item));
  return static_cast<std::uint16_t>(list.size() - 1);
}

}  // namespace

std::uint16_t PageNames::witness(const statement::Start& start) {
  if (start.witness == statement::Witness::Server) {
    if (!is_short(start.name) || !is_short(start.address)) return PageCall::kNobody;
    const std::uint16_t index = found_or_added(server_by_name_, start.name, [&] {
      return added(servers_, Server{start.name, start.address, true}, changes_);
    });
    server_seen_at(index, start.address);
    return index;
  }
  const std::uint16_t index = client(start.name);
  if (index == PageCall::kNobody) return index;
  Client& of = clients_[index];
  of.witness = true;
  of.period = start.period;
  of.tls = start.tls;
  ++changes_;
  return index;
}

std::uint16_t PageNames::client(const std::string& name) {
  if (!is_short(name)) return PageCall::kNobody;
  return found_or_added(client_by_name_, name, [&] { return added(clients_, Client{name, {}, false, {}, false}, changes_); });
}

std::uint16_t PageNames::client_at(const std::string& address) {
  if (!is_short(address)) return PageCall::kNobody;
  return found_or_added(client_by_address_, address, [&] {
    return added(clients_, Client{address, address, false, {}, false}, changes_);
  });
}

std::uint16_t PageNames::server_at(const std::string& address) {
  if (!is_short(address)) return PageCall::kNobody;
  return found_or_added(server_by_address_, address, [&] { return added(servers_, Server{address, address, false}, changes_); });
}

std::uint16_t PageNames::process(const std::string& client_name, const std::string& process) {
  const std::uint16_t index = client(client_name);
  if (index == PageCall::kNobody || !is_short(process)) return PageCall::kNobody;
  return found_or_added(process_by_name_, std::pair(index, process),
                        [&] { return added(processes_, std::pair(index, process), changes_); });
}

std::uint16_t PageNames::method(const std::string& name) {
  if (!is_short(name)) return PageCall::kNobody;
  return found_or_added(method_by_name_, name, [&] { return added(methods_, name, changes_); });
}

void PageNames::client_seen_at(std::uint16_t client, const std::string& address) {
  if (client == PageCall::kNobody || !clients_[client].address.empty() || !is_short(address)) return;
  clients_[client].address = address;
  ++changes_;
}

void PageNames::server_seen_at(std::uint16_t server, const std::string& address) {
  if (server == PageCall::kNobody || !is_short(address) || server_by_address_.size() >= 2 * kListMax) return;
  server_by_address_.emplace(address, server);
}

std::pair<std::string, std::string> PageNames::caller(std::uint16_t process) const {
  const auto& [client, name] = processes_[process];
  return {clients_[client].name, name};
}

void PageNames::add_to(nlohmann::ordered_json& document) const {
  Json& clients = document["clients"] = Json::array();
  for (const Client& client : clients_) {
    Json json = {{"name", client.name}, {"address", client.address}, {"witness", client.witness}};
    if (client.period) json["period_ns"] = client.period->count();
    json["tls"] = client.tls;
    clients.push_back(std::move(json));
  }
  Json& servers = document["servers"] = Json::array();
  for (const Server& server : servers_) {
    servers.push_back({{"name", server.name}, {"address", server.address}, {"witness", server.witness}});
  }
  Json& processes = document["processes"] = Json::array();
  for (const auto& [client, process] : processes_) processes.push_back({{"client", client}, {"process", process}});
  document["methods"] = methods_;
}

}  // namespace testigo::report
