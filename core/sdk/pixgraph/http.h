// Http: the one way to the network. Implemented in core/http.cc.
//
// Safe from many threads; every call blocks its thread until the answer is whole or the deadline has passed. Byte
// counts are checked: a body shorter than its Content-Length or without its last chunk is an HttpError, never a
// success.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <pixgraph/error.h>
#include <pixgraph/value.h>

namespace pixgraph {

/// A call that got no whole answer. An answer with an error status is no HttpError.
class __attribute__((visibility("default"))) HttpError : public Error {
 public:
  enum class Sent : std::uint8_t {
    no,     // provably not: DNS, connect, TLS, refused before sending, or not all of the request was written
    maybe,  // the whole request may have reached the server
  };
  HttpError(std::string code, std::string message, Sent sent, std::string hint = {})
      : Error(std::move(code), std::move(message), std::move(hint)), sent_(sent) {}
  Sent sent() const { return sent_; }

 private:
  Sent sent_;
};

/// Which addresses a call may reach. Link-local ones (169.254/16, fe80::/10) are always refused.
enum class Reach : std::uint8_t {
  anywhere,     // the user wrote the URL, or the server's own base is loopback or private; until a public address
                // redirects: where that leads, the user did not write
  public_only,  // loopback and private networks are refused (E207), on every hop of a redirect
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http or https; download() takes data: too
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // sent with its Content-Length when not empty or the method is POST/PUT
  /// Value of the Authorization header. Sent only to `secret_origin` (scheme://host:port of a URL), whatever `url` or a
  /// redirect says, and never shown in any error.
  std::string authorization;
  std::string secret_origin;
  std::chrono::milliseconds deadline{60'000};  // for the whole call, DNS and redirects included
  std::chrono::milliseconds connect_timeout{10'000};
  std::uint64_t max_bytes = 64ull << 20;  // of the answer's body; more is an HttpError (E205)
  int max_redirects = 0;                  // 0: a 3xx is the answer
  bool fresh_connection = false;  // a new connection, or one used less than 2 s ago and not readable (creates: MONEY)
  Reach reach = Reach::anywhere;
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string final_url;  // after redirects

  /// First header of that name, case-insensitive; empty where there is none.
  std::string_view header(std::string_view name) const;
};

/// A URL as errors and logs may show it: without user:password, with "..." for the values of query parameters that are
/// keys (signature, token, X-Amz-...), and cut after 300 bytes.
std::string shown_url(std::string_view url);

class Http {
 public:
  virtual ~Http() = default;
  /// Throws HttpError where no whole answer came. Where the answer repeats the secret of `authorization`, it stands as
  /// "[secret]" in it, so that no error, log or ledger made of the answer can hold it.
  virtual HttpResponse send(const HttpRequest& request) = 0;
  /// Streams the body into the store (max_bytes then defaults to 10 GB by the caller) and names it after the URL or
  /// Content-Disposition. A data: URI is decoded into the store without any request (E209 where it cannot be). A status
  /// other than 2xx is returned with up to 64 kB of body and no file.
  struct Download {
    HttpResponse response;  // body empty on success
    FilePtr file;           // null unless the status is 2xx
  };
  virtual Download download(const HttpRequest& request) = 0;
};

inline std::string shown_url(std::string_view url) {
  std::string out;
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos && url.substr(0, 5) != "data:") {
    const std::size_t end = std::min(url.find_first_of("/?#", scheme + 3), url.size());
    const std::size_t at = url.substr(0, end).rfind('@');
    const std::size_t host = at == std::string_view::npos || at < scheme + 3 ? scheme + 3 : at + 1;
    const std::size_t query = std::min(url.find('?'), url.size());
    out = std::string(url.substr(0, scheme + 3)) + std::string(url.substr(host, query - std::min(host, query)));
    url.remove_prefix(std::max(host, query));
  } else {
    out = url.substr(0, 301);
    url = {};
  }
  while (!url.empty()) {  // "?name=value", "&name=value" or "#fragment"
    const std::string_view part = url.substr(0, url.find_first_of("&#", 1));
    std::string name;
    for (const char c : part.substr(0, part.find('='))) name += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    bool secret = false;
    for (const char* word :
         {"sig", "token", "key", "secret", "passw", "credential", "auth", "policy", "x-amz-", "x-goog-"})
      secret = secret || name.find(word) != std::string::npos;
    out += secret && name.size() < part.size() ? std::string(part.substr(0, name.size())) + "=..." : std::string(part);
    url.remove_prefix(part.size());
  }
  if (out.size() <= 300) return out;
  std::size_t kept = 297;
  while (kept > 0 && (static_cast<unsigned char>(out[kept]) & 0xc0) == 0x80) --kept;  // no half of a character
  return out.substr(0, kept) + "...";
}

inline std::string_view HttpResponse::header(std::string_view name) const {
  auto same = [](std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
      if ((a[i] | 0x20) != (b[i] | 0x20)) return false;
    return true;
  };
  for (const auto& [key, value] : headers)
    if (same(key, name)) return value;
  return {};
}

}  // namespace pixgraph
