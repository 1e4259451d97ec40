// Which proxy a URL goes through, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY (or their names in lower case). Plain values.
#pragma once

#include <optional>
#include <string>

#include "http_url.h"

namespace pixgraph {

struct ProxySettings {
  std::string for_http, for_https;  // "http://user:password@host:port" or "host:port"; empty: none
  std::string except;  // "*", or hosts: "example.com" and ".example.com" mean it and all below it; ":port" may follow

  static ProxySettings from_environment();
};

/// None for localhost and loopback addresses, whatever the settings are: a proxy cannot reach them.
/// Throws HttpError E208 where the setting is no http URL.
std::optional<Url> proxy_for(const Url& url, const ProxySettings& settings);

}  // namespace pixgraph
