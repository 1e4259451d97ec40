#include "server.h"

#include <algorithm>
#include <array>
#include <optional>

#include "text.h"

namespace pixgraph::replicate {
namespace {

constexpr std::string_view kOfficial = "https://api.replicate.com/v1";

bool in_sandbox(Host& host) {
  return host.environment("PIXGRAPH_SANDBOX") == "1";
}

struct Parts {
  std::string origin, host;
};

/// nullopt where `base` is no http(s) URL of scheme, host, port and path alone.
std::optional<Parts> parse_base(std::string_view base) {
  for (unsigned char c : base)
    if (c <= ' ' || c >= 0x7f || c == '?' || c == '#' || c == '@' || c == '\\' || c == '"' || c == '<' || c == '>')
      return {};
  const auto colon = base.find("://");
  if (colon == base.npos) return {};
  const std::string scheme = lower(base.substr(0, colon));
  if (scheme != "http" && scheme != "https") return {};
  std::string_view authority = base.substr(colon + 3);
  authority = authority.substr(0, authority.find('/'));
  std::string_view host = authority, port;
  const auto bracket = authority.rfind(']');
  if (const auto at = authority.rfind(':'); at != authority.npos && (bracket == authority.npos || at > bracket)) {
    host = authority.substr(0, at);
    port = authority.substr(at + 1);
    if (port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) return {};
    const int number = std::stoi(std::string(port));
    if (number < 1 || number > 65535) return {};
  }
  if (host.empty() || (host.front() == '[') != (host.back() == ']')) return {};
  if (host.front() != '[' && host.find(':') != host.npos) return {};
  return Parts{scheme + "://" + lower(authority), lower(authority)};
}

[[noreturn]] void refuse_base(std::string message, std::string hint) {
  throw Error("E402", std::move(message), std::move(hint)).stopping_run();
}

std::string read_token(Host& host) {
  // Whatever runs behind --sandbox has no use for a real token, so it does not get one.
  if (in_sandbox(host)) return "sandbox";
  const std::string raw = host.environment("REPLICATE_API_TOKEN");
  const std::string token(trim(raw));
  if (token.empty())
    throw Error("E401", "REPLICATE_API_TOKEN is not set, and ReplicatePredict calls hosted models",
                "set it, or add --sandbox to try with stand-in models")
        .stopping_run();
  if (std::any_of(token.begin(), token.end(),
                  [](unsigned char c) { return c <= ' ' || c >= 0x7f || c == '"' || c == '\''; }))
    throw Error("E401", "REPLICATE_API_TOKEN has a blank, a quote or another character that no token has",
                "set it to the token alone, without `Bearer`, quotes or line breaks")
        .stopping_run();
  return token;
}

[[noreturn]] void refuse_header(std::string message) {
  throw Error("E403", std::move(message),
              "REPLICATE_EXTRA_HEADERS holds `Name: value` pairs, parted by `;` on one line or written one per line")
      .stopping_run();
}

void add_header(std::string_view entry, int number, std::vector<std::pair<std::string, std::string>>& headers) {
  // An entry is named by its number: its text may be a secret.
  const std::string which = "entry " + std::to_string(number) + " of REPLICATE_EXTRA_HEADERS";
  const auto colon = entry.find(':');
  if (colon == entry.npos) refuse_header(which + " has no colon");
  const std::string name(trim(entry.substr(0, colon)));
  const std::string value(trim(entry.substr(colon + 1)));
  if (name.empty() || !std::all_of(name.begin(), name.end(),
                                   [](unsigned char c) { return is_digit(c) || is_letter(c) || c == '-' || c == '_'; }))
    refuse_header(which + " has no header name before its colon");
  if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; }))
    refuse_header(which + " has a control character");
  // Ours to say: a second copy would contradict the request, and Prefer would hide the id until the end.
  static constexpr std::array kOurs = {"authorization",     "host",       "content-length", "content-type",
                                       "transfer-encoding", "connection", "prefer",         "cancel-after",
                                       "cache-control",     "accept"};
  if (std::find(kOurs.begin(), kOurs.end(), lower(name)) != kOurs.end())
    refuse_header("REPLICATE_EXTRA_HEADERS may not set `" + name + "`: pixgraph sets it itself");
  headers.emplace_back(name, value);
}

std::vector<std::pair<std::string, std::string>> read_headers(Host& host) {
  std::vector<std::pair<std::string, std::string>> headers;
  const std::string text = host.environment("REPLICATE_EXTRA_HEADERS");
  const char separator = text.find('\n') != text.npos ? '\n' : ';';
  int number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find(separator), rest.size());
    const std::string_view entry = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!entry.empty()) add_header(entry, ++number, headers);
  }
  return headers;
}

}  // namespace

HttpRequest Server::request(std::string method, const std::string& path) const {
  HttpRequest request;
  request.method = std::move(method);
  request.url = base + path;
  request.headers = headers;
  request.headers.emplace_back("Accept", "application/json");
  request.authorization = authorization;
  request.secret_origin = origin;
  request.max_redirects = 0;
  return request;
}

std::string Server::without_secret(std::string text) const {
  const auto remove = [&text](std::string_view secret, std::size_t shortest) {
    if (secret.size() < shortest) return;
    for (auto at = text.find(secret); at != text.npos; at = text.find(secret, at + 8))
      text.replace(at, secret.size(), "[secret]");
  };
  remove(std::string_view(authorization).substr(std::min<std::size_t>(7, authorization.size())), 4);
  for (const auto& [name, value] : headers) {
    remove(value, 8);
    remove(std::string_view(value).substr(value.rfind(' ') + 1), 8);  // "Bearer xyz": also the last word alone
  }
  return text;
}

std::string read_base(Host& host) {
  const std::string raw = host.environment("REPLICATE_BASE_URL");
  std::string base(trim(raw));
  if (base.empty()) base = kOfficial;
  while (base.ends_with('/')) base.pop_back();
  if (!parse_base(base)) {
    // A base with a user name in it may hold a password: it is not shown.
    const std::string shown = base.find('@') == base.npos ? ": `" + shorten(one_line(base), 200) + "`" : "";
    refuse_base("REPLICATE_BASE_URL is not a base URL" + shown,
                "write http(s)://host/path without query, user name or blanks, such as https://api.replicate.com/v1");
  }
  if (lower(base) == "https://api.replicate.com")
    refuse_base("REPLICATE_BASE_URL lacks the version: `" + base + "`",
                "it is used as it stands: write https://api.replicate.com/v1");
  if (base.ends_with("/predictions"))
    refuse_base("REPLICATE_BASE_URL ends with /predictions: `" + base + "`",
                "leave that off: /predictions is appended to it");
  return base;
}

Server read_server(Host& host) {
  Server server;
  server.base = read_base(host);
  const Parts parts = *parse_base(server.base);
  server.origin = parts.origin;
  server.host = parts.host;
  server.authorization = "Bearer " + read_token(host);
  server.headers = read_headers(host);
  server.official = server.base == kOfficial || in_sandbox(host);
  return server;
}

Server read_server(Host& host, const std::string& base) {
  Server server = read_server(host);
  if (server.base != base)
    throw Error("E402", "the prediction was created at " + base + ", and REPLICATE_BASE_URL is now " + server.base,
                "set REPLICATE_BASE_URL back to go on with it: a token is never sent to another server than its own")
        .stopping_run();
  return server;
}

}  // namespace pixgraph::replicate
