#include "report/page_names.h"

#include "base/utf8.h"
#include "report/exact.h"

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

NameIndices PageNames::used_by(std::span<const PageCall> calls) const {
  constexpr std::uint16_t kUsed = 0;
  const auto none = [](const auto& list) { return std::vector<std::uint16_t>(list.size(), PageCall::kNobody); };
  NameIndices used{none(clients_), none(servers_), none(processes_), none(methods_)};
  const auto use = [](std::vector<std::uint16_t>& list, std::uint16_t index) {
    if (index != PageCall::kNobody) list[index] = kUsed;
  };
  for (const PageCall& call : calls) {
    use(used.clients, call.client);
    use(used.servers, call.server);
    use(used.processes, call.process);
    use(used.methods, call.method);
  }
  for (std::size_t i = 0; i < clients_.size(); ++i) used.clients[i] = clients_[i].witness ? kUsed : used.clients[i];
  for (std::size_t i = 0; i < servers_.size(); ++i) used.servers[i] = servers_[i].witness ? kUsed : used.servers[i];
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    if (used.processes[i] == kUsed) use(used.clients, processes_[i].first);
  }
  for (auto* list : {&used.clients, &used.servers, &used.processes, &used.methods}) {
    std::uint16_t next = 0;
    for (std::uint16_t& index : *list) index = index == kUsed ? next++ : index;
  }
  return used;
}

void PageNames::add_to(nlohmann::ordered_json& document, const NameIndices* only, std::size_t text_bytes_max) const {
  const auto text = [&](const std::string& whole) { return shortened(whole, text_bytes_max); };
  const auto is_there = [&](const std::vector<std::uint16_t> NameIndices::*list, std::size_t index) {
    return only == nullptr || (only->*list)[index] != PageCall::kNobody;
  };
  Json& clients = document["clients"] = Json::array();
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (!is_there(&NameIndices::clients, i)) continue;
    const Client& client = clients_[i];
    Json json = {{"name", text(client.name)}, {"address", text(client.address)}, {"witness", client.witness}};
    if (client.period) json["period_ns"] = exact(client.period->count());
    json["tls"] = client.tls;
    clients.push_back(std::move(json));
  }
  Json& servers = document["servers"] = Json::array();
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    if (!is_there(&NameIndices::servers, i)) continue;
    const Server& server = servers_[i];
    servers.push_back({{"name", text(server.name)}, {"address", text(server.address)}, {"witness", server.witness}});
  }
  Json& processes = document["processes"] = Json::array();
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    if (!is_there(&NameIndices::processes, i)) continue;
    const auto& [client, process] = processes_[i];
    processes.push_back({{"client", only == nullptr ? client : only->clients[client]}, {"process", text(process)}});
  }
  Json& methods = document["methods"] = Json::array();
  for (std::size_t i = 0; i < methods_.size(); ++i) {
    if (is_there(&NameIndices::methods, i)) methods.push_back(text(methods_[i]));
  }
}

}  // namespace testigo::report
