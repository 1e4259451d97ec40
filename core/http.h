// HttpClient: the one home of network access; the contract of each call is pixgraph::Http.
//
// HTTP/1.1 over Poco's sockets, with its own framing (http_framing.h), so that a truncated body is an error and a
// deadline holds for the whole call. One client serves all threads of a run; its connections are kept and used again.
//
//     http.cc            calls, redirects, where secrets may go, messages
//     http_exchange      one request and the head of its answer on one connection
//     http_framing       heads and bodies          http_connection   socket, TLS, waiting
//     http_pool          idle connections          http_address      names, and which addresses may be reached
//     http_url, http_proxy, http_tls, http_download
//
// Codes: E201 no such host, E202 no connection, E203 TLS, E204 broken or truncated, E205 too large, E206 deadline,
// E207 address refused, E208 not a URL for us, E209 data: URI, E211 too many redirects, E212 not HTTP, E213 the
// download cannot be written (stops the run).
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <pixgraph/http.h>

#include "http_address.h"
#include "http_proxy.h"
#include "redact.h"

namespace pixgraph {

class HttpPool;
class TlsClient;

/// A body that was received whole.
struct Downloaded {
  std::string hash;  // SHA-256, 64 hex digits
  std::uint64_t size = 0;
  std::string name;        // safe as a file name: no separators, no control characters, at most 200 bytes
  std::string media_type;  // by content where that is known, else as the server says
  std::string url;         // that was asked for, before redirects; empty for a data: URI
};

/// Where downloads go: the store. Safe from many threads.
class DownloadSink {
 public:
  virtual ~DownloadSink() = default;
  /// The path of a file to write to, which is new or may be truncated.
  virtual std::string open_temp() = 0;
  /// Takes the file at `temp` over, complete and closed, and makes it durable. Where this throws, the caller removes
  /// it.
  virtual FilePtr commit(const std::string& temp, const Downloaded& what) = 0;
};

struct HttpOptions {
  DownloadSink* downloads = nullptr;  // not owned; download() REQUIRES it
  std::string user_agent = "pixgraph/" PIXGRAPH_VERSION;
  /// A gateway's own headers. They may hold keys, so they go where `authorization` may go: to secret_origin only.
  std::vector<std::pair<std::string, std::string>> extra_headers;
  std::string ca_file;  // trusted instead of the system's certificates; empty: those, or SSL_CERT_FILE
  ProxySettings proxies = ProxySettings::from_environment();
  Resolver resolver;  // tests; empty: the system's
};

class HttpClient : public Http {
 public:
  explicit HttpClient(HttpOptions options);
  ~HttpClient() override;
  HttpResponse send(const HttpRequest& request) override;
  Download download(const HttpRequest& request) override;

 private:
  struct Answer;
  /// One hop. `first` is the origin of the URL that was asked for.
  Answer exchange(const HttpRequest& request, const Url& url, const std::string& first, Reach reach,
                  Clock::time_point deadline);
  /// Follows redirects and gives the final answer, of which the head is read.
  Answer ask(const HttpRequest& request);

  HttpOptions options_;
  std::unique_ptr<TlsClient> tls_;
  std::unique_ptr<HttpPool> pool_;
  Redactor secrets_;  // of every authorization that was sent
};

}  // namespace pixgraph
