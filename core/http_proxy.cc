#include "http_proxy.h"

#include <cstdlib>

#include <fmt/format.h>

#include "http_address.h"
#include "http_framing.h"

namespace pixgraph {

namespace {

std::string environment(const char* upper, const char* lower) {
  for (const char* name : {upper, lower})
    if (const char* value = std::getenv(name); value && *value) return value;
  return {};
}

bool excepted(const Url& url, std::string_view list) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view entry = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (!entry.empty() && entry.front() == ' ') entry.remove_prefix(1);
    while (!entry.empty() && entry.back() == ' ') entry.remove_suffix(1);
    if (entry == "*") return true;
    if (entry.ends_with(fmt::format(":{}", url.port))) entry = entry.substr(0, entry.rfind(':'));
    while (entry.starts_with('.') || entry.starts_with("*")) entry.remove_prefix(1);
    if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
    if (entry.empty() || entry.size() > url.host.size()) continue;
    const std::string_view host = url.host;
    if (!same_name(host.substr(host.size() - entry.size()), entry)) continue;
    if (host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.') return true;
  }
  return false;
}

}  // namespace

ProxySettings ProxySettings::from_environment() {
  return {environment("HTTP_PROXY", "http_proxy"), environment("HTTPS_PROXY", "https_proxy"),
          environment("NO_PROXY", "no_proxy")};
}

std::optional<Url> proxy_for(const Url& url, const ProxySettings& settings) {
  const std::string& setting = url.https ? settings.for_https : settings.for_http;
  if (setting.empty() || excepted(url, settings.except)) return std::nullopt;
  if (url.host == "localhost" || url.host.ends_with(".localhost")) return std::nullopt;
  if (is_address(url.host) && address_kind(url.host) == AddressKind::loopback) return std::nullopt;
  const bool bare = setting.find("://") == std::string::npos;
  if (!bare && scheme_of(setting) != "http")
    throw HttpError("E208", fmt::format("the proxy `{}` is not an http:// URL", shown_url(setting)),
                    HttpError::Sent::no, fmt::format("see {}", url.https ? "HTTPS_PROXY" : "HTTP_PROXY"));
  return Url::parse(bare ? "http://" + setting : setting);
}

}  // namespace pixgraph
