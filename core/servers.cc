#include "servers.h"

#include <utility>

namespace pixgraph {

using std::chrono::milliseconds;

Governor& Servers::governor(const std::string& server) {
  std::lock_guard lock(mutex_);
  auto& governor = governors_[server];
  if (!governor) {
    ServerLimits limits = setup_.limits(server);
    limits.time_scale = time_scale(server);
    governor = std::make_unique<Governor>(setup_.executor, std::move(limits));
  }
  return *governor;
}

std::string Servers::name(const std::string& server) const {
  return !setup_.sandbox.empty() && server == setup_.sandbox ? "sandbox" : server;
}

double Servers::time_scale(const std::string& server) const {
  return server.starts_with("http://127.0.0.1:") ? setup_.time_scale : 1;  // money is safe at real speed only
}

milliseconds Servers::real(const std::string& server, milliseconds wait) const {
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(wait.count()) / time_scale(server)));
}

void Servers::close() {
  std::lock_guard lock(mutex_);
  for (auto& [server, governor] : governors_) governor->close();
}

}  // namespace pixgraph
