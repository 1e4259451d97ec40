// Url: an http or https address taken apart, and how it may be shown.
//
// Poco::URI is not used: it decodes the path and encodes it anew, so that "%2F" becomes "/", which breaks signed links.
// Here path and query are sent as they were written; only what HTTP forbids (spaces, non-ASCII, quotes) is encoded.
// Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pixgraph {

struct Url {
  bool https = false;
  std::string host;  // lower case, an IPv6 literal without its brackets
  std::uint16_t port = 80;
  std::string target;    // path and query, starts with "/"; never the fragment
  std::string userinfo;  // "user:password", decoded; sent as Basic authorization to this origin only

  /// Throws HttpError E208 (Sent::no): another scheme, no host, a bad port, a control character.
  static Url parse(std::string_view text);
  /// What a Location header leads to from here (RFC 3986, 5.2). user:password stays only within the origin.
  /// Throws HttpError E208.
  Url resolve(std::string_view location) const;

  std::string_view scheme() const { return https ? "https" : "http"; }
  /// "host:port" as in a Host header: the port only where it is not the scheme's own.
  std::string authority() const;
  /// "https://host:443", the port always written: equal for equal origins.
  std::string origin() const;
  /// Without user:password and fragment.
  std::string text() const;

  friend bool operator==(const Url&, const Url&) = default;
};

/// "host:port", with brackets around an IPv6 literal.
std::string host_and_port(std::string_view host, std::uint16_t port);

/// The scheme of `text` in lower case, without the colon; empty where there is none.
std::string scheme_of(std::string_view text);

/// "%41" -> "A"; a "%" that starts no escape stays.
std::string percent_decoded(std::string_view text);
/// Standard alphabet, padded.
std::string base64(std::string_view bytes);

}  // namespace pixgraph
