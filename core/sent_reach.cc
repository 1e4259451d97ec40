#include "sent_reach.h"

#include <algorithm>

#include "http_errors.h"
#include "http_url.h"

namespace pixgraph {

void SentReach::asked(const std::string& server) {
  std::lock_guard lock(mutex_);
  asked_.insert(server);
}

Reach SentReach::of(const std::string& server) {
  {
    std::lock_guard lock(mutex_);
    if (const auto known = known_.find(server); known != known_.end()) return known->second;
  }
  Reach reach = Reach::public_only;
  try {
    const auto addresses =
        resolve(Url::parse(server).host, resolver_, std::chrono::steady_clock::now() + std::chrono::seconds(5));
    const bool own = std::all_of(addresses.begin(), addresses.end(), [](const std::string& address) {
      const AddressKind kind = address_kind(address);
      return kind == AddressKind::loopback || kind == AddressKind::private_network;
    });
    if (own) reach = Reach::anywhere;
  } catch (const HttpError&) {  // behind many proxies there is no DNS
  } catch (const DeadlinePassed&) {
  }
  std::lock_guard lock(mutex_);
  return known_[server] = reach;
}

Reach SentReach::of_all() {
  std::set<std::string> servers;
  {
    std::lock_guard lock(mutex_);
    servers = asked_;
  }
  const bool own = !servers.empty() && std::all_of(servers.begin(), servers.end(), [this](const std::string& server) {
    return of(server) == Reach::anywhere;
  });
  return own ? Reach::anywhere : Reach::public_only;
}

}  // namespace pixgraph
