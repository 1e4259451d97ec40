#include "http_url.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>
#include <pixgraph/http.h>

namespace pixgraph {

namespace {

[[noreturn]] void refuse(std::string_view text, std::string hint) {
  throw HttpError("E208", fmt::format("`{}` is not an http or https URL", shown_url(text)), HttpError::Sent::no,
                  std::move(hint));
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Encodes what may not stand in a request line; leaves escapes and everything else alone.
std::string sendable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos)
      out += fmt::format("%{:02X}", byte);
    else
      out += c;
  }
  return out;
}

std::string_view without_fragment(std::string_view text) {
  return text.substr(0, text.find('#'));
}

/// RFC 3986, 5.2.4. `path` starts with "/".
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool ends_in_folder = false;
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    const bool last = end == path.size();
    ends_in_folder = last && (segment == "." || segment == ".." || segment.empty());
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (segment != "." && !(last && segment.empty())) {
      kept.push_back(segment);
    }
    at = end + 1;
  }
  std::string out;
  for (const std::string_view segment : kept) out.append("/").append(segment);
  if (ends_in_folder || out.empty()) out += '/';
  return out;
}

bool good_host(std::string_view host, bool bracketed) {
  if (host.empty() || host.size() > 255) return false;
  for (const char c : host) {
    const bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (bracketed ? hex_digit(c) < 0 && c != ':' && c != '.' : !letter_or_digit && c != '-' && c != '.' && c != '_')
      return false;
  }
  return true;
}

}  // namespace

std::string scheme_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  const std::string scheme = lower(text.substr(0, colon));
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = scheme[i];
    const bool letter = c >= 'a' && c <= 'z';
    if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))) return {};
  }
  return scheme;
}

Url Url::parse(std::string_view text) {
  Url url;
  const std::string scheme = scheme_of(text);
  if (scheme != "http" && scheme != "https") refuse(text, "start it with https:// or http://");
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) refuse(text, "it holds a line break or a control character");
  url.https = scheme == "https";
  std::string_view rest = text.substr(scheme.size() + 1);
  if (!rest.starts_with("//")) refuse(text, fmt::format("write {}://host/path", scheme));
  rest = without_fragment(rest.substr(2));

  const std::size_t slash = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, slash);
  url.target = sendable(rest.substr(slash));
  if (!url.target.starts_with('/')) url.target.insert(0, "/");

  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.userinfo = percent_decoded(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  const bool bracketed = authority.starts_with('[');
  if (bracketed) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) refuse(text, "the address in brackets is not closed");
    url.host = lower(authority.substr(1, close - 1));
    port = authority.substr(close + 1);
    if (!port.empty() && port.front() != ':') refuse(text, "a port is written after a colon");
    if (!port.empty()) port.remove_prefix(1);
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    url.host = lower(authority.substr(0, colon));
    if (colon < authority.size()) port = authority.substr(colon + 1);
  }
  if (!good_host(url.host, bracketed))
    refuse(text, url.host.empty() ? "it names no host" : "the host may have letters, digits, `-`, `_` and `.` only");
  url.port = url.https ? 443 : 80;
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || end != port.data() + port.size() || url.port == 0)
      refuse(text, "a port is a number from 1 to 65535");
  }
  return url;
}

Url Url::resolve(std::string_view location) const {
  if (location.starts_with("//")) return resolve(fmt::format("{}:{}", scheme(), location));
  // "name:rest" is absolute; "path/a:b" and "?x=a:b" are not.
  if (!scheme_of(location).empty()) {
    Url next = parse(location);
    const std::size_t path_end = std::min(next.target.find('?'), next.target.size());
    next.target = without_dots(std::string_view(next.target).substr(0, path_end)) + next.target.substr(path_end);
    next.userinfo = next.origin() == origin() ? userinfo : std::string();
    return next;
  }
  for (const char c : location)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      refuse(location, "it holds a line break or a control character");
  location = without_fragment(location);
  if (location.empty()) return *this;
  Url next = *this;
  const std::string_view path = std::string_view(target).substr(0, target.find('?'));
  if (location.front() == '?') {
    next.target = std::string(path) + sendable(location);
    return next;
  }
  const std::size_t question = std::min(location.find('?'), location.size());
  std::string full(location.substr(0, question));
  if (full.front() != '/') full.insert(0, path.substr(0, path.rfind('/') + 1));
  next.target = sendable(without_dots(full)) + sendable(location.substr(question));
  return next;
}

std::string Url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (https ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

std::string Url::origin() const {
  return fmt::format("{}://{}", scheme(), host_and_port(host, port));
}

std::string Url::text() const {
  return fmt::format("{}://{}{}", scheme(), authority(), target);
}

std::string host_and_port(std::string_view host, std::uint16_t port) {
  return host.find(':') == std::string_view::npos ? fmt::format("{}:{}", host, port)
                                                  : fmt::format("[{}]:{}", host, port);
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string base64(std::string_view bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) -> unsigned {
      return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0u;
    };
    const unsigned group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += kAlphabet[group >> 18];
    out += kAlphabet[group >> 12 & 63];
    out += i + 1 < bytes.size() ? kAlphabet[group >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? kAlphabet[group & 63] : '=';
  }
  return out;
}

}  // namespace pixgraph
