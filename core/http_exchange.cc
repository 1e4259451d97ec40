#include "http_exchange.h"

#include <algorithm>

#include <fmt/format.h>

#include "http_errors.h"

namespace pixgraph {

namespace {

using std::chrono::milliseconds;

std::string seconds(milliseconds time) {
  return fmt::format("{:g} s", static_cast<double>(time.count()) / 1000);
}

std::string host_and_port(const Url& url) {
  return pixgraph::host_and_port(url.host, url.port);
}

[[noreturn]] void no_connection(const std::string& message, std::string hint) {
  throw HttpError("E202", message, HttpError::Sent::no, std::move(hint));
}

void open_tunnel(HttpConnection& connection, const Url& url, const Url& proxy, Clock::time_point deadline) {
  std::string head = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", host_and_port(url));
  if (!proxy.userinfo.empty()) head += "Proxy-Authorization: Basic " + base64(proxy.userinfo) + "\r\n";
  head += "\r\n";
  std::uint64_t written = 0;
  const AnswerHead answer = talk(connection, head, {}, deadline, written);
  if (answer.status / 100 != 2)
    no_connection(fmt::format("the proxy {} answered {} when asked for {}", host_and_port(proxy), answer.status,
                              host_and_port(url)),
                  "see HTTPS_PROXY and NO_PROXY");
}

bool token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7f && std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
  });
}

void add_header(std::string& head, std::string_view name, std::string_view value) {
  const auto refuse = [&](const char* why) {
    throw HttpError("E208", fmt::format("the header `{}` cannot be sent: {}", name, why), HttpError::Sent::no);
  };
  if (!token(name)) refuse("its name is not one");
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    refuse("its value holds a line break");
  head.append(name).append(": ").append(value).append("\r\n");
}

bool any_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view one) { return same_name(one, name); });
}

}  // namespace

void check_reach_behind_proxy(const Url& url, Reach reach, const Resolver& resolver, Clock::time_point deadline) {
  std::vector<std::string> addresses;
  if (is_address(url.host)) {
    addresses = {url.host};
  } else if (reach == Reach::public_only) {
    try {
      addresses = resolve(url.host, resolver, deadline);
    } catch (const HttpError&) {  // behind many proxies there is no DNS
    }
  }
  reachable(url.host, addresses, reach);
}

std::unique_ptr<HttpConnection> connect(const Url& url, const std::optional<Url>& proxy, const HttpRequest& request,
                                        Reach reach, const HttpOptions& options, TlsClient& tls,
                                        Clock::time_point deadline) {
  const Clock::time_point connect_deadline = std::min(deadline, Clock::now() + request.connect_timeout);
  const Url& peer = proxy ? *proxy : url;
  const char* hint = proxy ? "it is the proxy of HTTP_PROXY or HTTPS_PROXY" : "is the server up, and the network";
  bool secured = false;
  try {
    std::vector<std::string> addresses = resolve(peer.host, options.resolver, connect_deadline);
    if (!proxy) addresses = reachable(peer.host, addresses, reach);
    auto connection = HttpConnection::open(addresses, peer.port, connect_deadline);
    if (proxy && url.https) open_tunnel(*connection, url, *proxy, connect_deadline);
    if (url.https) {
      secured = true;
      connection->start_tls(tls, url.host, url.port, connect_deadline);
    }
    return connection;
  } catch (const ConnectionLost& lost) {
    if (secured) throw_tls_error(host_and_port(url), lost.why, tls);
    no_connection(fmt::format("cannot connect to {}: {}", host_and_port(peer), lost.why), hint);
  } catch (const MalformedAnswer& answer) {
    no_connection(fmt::format("the answer of the proxy {} is not HTTP: {}", host_and_port(peer), answer.why), hint);
  } catch (const DeadlinePassed&) {
    if (connect_deadline == deadline) throw;
    no_connection(fmt::format("cannot connect to {} within {}", host_and_port(peer), seconds(request.connect_timeout)),
                  hint);
  }
}

std::string request_head(const HttpRequest& request, const Url& url, const std::string& first,
                         const std::optional<Url>& proxy, const HttpOptions& options) {
  const bool absolute = proxy && !url.https;
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, absolute ? url.text() : url.target,
                                 url.authority());
  add_header(head, "User-Agent", options.user_agent);
  if (absolute && !proxy->userinfo.empty()) add_header(head, "Proxy-Authorization", "Basic " + base64(proxy->userinfo));

  const std::string origin = url.origin();
  const bool trusted = !request.secret_origin.empty() && Url::parse(request.secret_origin).origin() == origin;
  if (trusted && !request.authorization.empty())
    add_header(head, "Authorization", request.authorization);
  else if (!url.userinfo.empty())
    add_header(head, "Authorization", "Basic " + base64(url.userinfo));
  if (trusted)
    for (const auto& [name, value] : options.extra_headers) add_header(head, name, value);

  bool accepts = false;
  for (const auto& [name, value] : request.headers) {
    if (any_of(name, {"Authorization", "Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect"}))
      throw HttpError("E208", fmt::format("the header `{}` is set by the client alone", name), HttpError::Sent::no);
    // Any other header may be a key by another name.
    if (origin != first && !any_of(name, {"Accept", "Accept-Language", "Cache-Control", "Range"})) continue;
    accepts = accepts || same_name(name, "Accept");
    add_header(head, name, value);
  }
  if (!accepts) head += "Accept: */*\r\n";
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH")
    head += fmt::format("Content-Length: {}\r\n", request.body.size());
  head += "\r\n";
  return head;
}

AnswerHead talk(HttpConnection& connection, std::string_view head, std::string_view body, Clock::time_point deadline,
                std::uint64_t& written) {
  const auto send_all = [&](std::string_view part) -> std::optional<AnswerHead> {
    while (!part.empty()) {
      const std::size_t sent = connection.write(part, deadline);
      written += sent;
      part.remove_prefix(sent);
      if (part.empty()) break;
      while (!connection.buffered().empty()) {  // the peer speaks before it has heard everything
        std::optional<AnswerHead> early = take_head(connection);
        if (!early) break;
        if (early->status >= 200) return early;
      }
      if (connection.at_end()) throw ConnectionLost{"the connection was closed"};
    }
    return std::nullopt;
  };
  // A small body goes with its head, in one packet.
  if (body.size() <= 16 * 1024) {
    const std::string whole = std::string(head).append(body);
    if (std::optional<AnswerHead> early = send_all(whole)) return *std::move(early);
  } else {
    if (std::optional<AnswerHead> early = send_all(head)) return *std::move(early);
    if (std::optional<AnswerHead> early = send_all(body)) return *std::move(early);
  }
  return read_head(connection, deadline);
}

}  // namespace pixgraph
