#include "servers.h"

#include <algorithm>
#include <cctype>
#include <string_view>
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
  return !setup_.sandbox.empty() && server == setup_.sandbox ? "sandbox" : canonical_base(server);
}

std::string canonical_base(const std::string& server) {
  const std::size_t scheme_end = server.find("://");
  if (scheme_end == std::string::npos) return server;
  const std::size_t host = scheme_end + 3, path = std::min(server.find('/', host), server.size());
  std::string made = server.substr(0, path), rest;
  for (char& c : made) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const auto& [scheme, port] : {std::pair("https://", ":443"), std::pair("http://", ":80")})
    if (made.starts_with(scheme) && made.ends_with(port)) made.resize(made.size() - std::string_view(port).size());
  for (const char c : server.substr(path))
    if (c != '/' || rest.empty() || rest.back() != '/') rest += c;
  while (rest.ends_with('/')) rest.pop_back();
  return made + rest;
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
