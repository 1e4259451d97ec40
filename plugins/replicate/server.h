// Server: where requests go and what every one of them carries. All of it comes from the environment:
//
//   REPLICATE_API_TOKEN      the key; sent as `Authorization: Bearer ...` to the base's origin and nowhere else
//   REPLICATE_BASE_URL       used verbatim but for a slash at its end; default https://api.replicate.com/v1
//   REPLICATE_EXTRA_HEADERS  headers that a gateway wants besides: `Name: value`, several of them parted by `;` on one
//                            line, or one per line (a `;` then belongs to the value)
//   PIXGRAPH_SANDBOX=1       set by pixgraph for --sandbox: stand-in models, any token will do, /files exists
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <pixgraph/http.h>
#include <pixgraph/node.h>

namespace pixgraph::replicate {

struct Server {
  std::string base;           // "https://api.replicate.com/v1"
  std::string origin;         // "https://api.replicate.com": the only place that the token may go to
  std::string host;           // "api.replicate.com": for messages
  std::string authorization;  // "Bearer ..."
  std::vector<std::pair<std::string, std::string>> headers;  // the extra ones
  bool official = false;  // the official server or a sandbox: what its documentation says holds

  /// A call to base + path with all that belongs to every call. Never follows a redirect.
  HttpRequest request(std::string method, const std::string& path) const;
  /// `text` with "[secret]" for the token and for the values of extra headers, for texts that a server wrote.
  std::string without_secret(std::string text) const;
};

/// The base alone, checked: enough to name a purchase. Throws Error E402 (stops the run).
std::string read_base(Host& host);
/// Throws Error E401 (token), E402 (base), E403 (extra headers), all stopping the run.
Server read_server(Host& host);
/// The same for a prediction that was created at `base` earlier: E402 where the environment names another base now,
/// because the token must not go there.
Server read_server(Host& host, const std::string& base);

}  // namespace pixgraph::replicate
