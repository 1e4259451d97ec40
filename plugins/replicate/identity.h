// Identity: which model a node buys from, told by one of its params version, model and deployment.
//
// Several spellings name the same purchase ("<64 hex>" and "owner/name:<64 hex>"; `version: owner/name` and
// `model: owner/name`), so what is bought (lane) is kept apart from how it is asked for (endpoint, version).
#pragma once

#include <string>
#include <string_view>

namespace pixgraph::replicate {

struct Identity {
  std::string lane;      // "<64 hex>" in lower case, "owner/name" or "deployment owner/name"
  std::string name;      // "owner/name" where it was given, else empty
  std::string version;   // `version` of the request's body; empty where the path says it all
  std::string endpoint;  // below the base: "/predictions", "/models/owner/name/predictions", ...

  /// For messages: "owner/name", "version fb8af171", "deployment owner/name".
  std::string display() const;
};

/// Exactly one text may be non-empty; blanks around it are ignored. Throws Error E404.
Identity read_identity(std::string_view version, std::string_view model, std::string_view deployment);

/// 64 hex digits of either case.
bool is_version_hex(std::string_view text);
/// "owner/name" of letters, digits, '.', '_' and '-'; neither part starts with a dot (so no path can climb).
bool is_owner_name(std::string_view text);

}  // namespace pixgraph::replicate
