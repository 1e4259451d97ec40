// read_json: a server's answer as JSON, however it was written.
//
// An answer may hold the id of a prediction that was just paid for, so as little as possible makes it unreadable:
// invalid UTF-8 and lone surrogates become U+FFFD, raw control characters in strings are taken as they are, NaN,
// infinities and numbers too large become null, and the last of duplicate keys wins. nullopt where it is no JSON even
// so, or nests deeper than 200 (reading it would be recursion without bound).
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace pixgraph::replicate {

std::optional<nlohmann::json> read_json(std::string_view text);

/// Whether a text is whole UTF-8, as JSON needs it.
bool is_utf8(std::string_view text);

/// The text under a key of an object; empty where it is missing, null or no text.
std::string text_at(const nlohmann::json& object, std::string_view key);
/// The value under a key; null where it is missing or `object` is none.
const nlohmann::json& value_at(const nlohmann::json& object, std::string_view key);

}  // namespace pixgraph::replicate
