// HTML: text as it may stand in a page, whatever it is: names of files are not to be trusted.
//
// Pure functions.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace pixgraph {

/// For text and attributes of HTML and SVG; what cannot be shown, but for line ends and tabs, becomes U+FFFD.
std::string escaped_html(std::string_view text);
/// JSON for within a <script>, which no text in it can end.
std::string script_json(const nlohmann::json& value);
/// As a URL's part has it: letters, digits and `kept` stay.
std::string percent_encoded(std::string_view text, std::string_view kept = "-_.~");
/// The relative URL that leads from a folder to a file; both are absolute paths.
std::string relative_url(const std::string& folder, const std::string& path);
/// A word as a shell reads it, quoted where it has to be.
std::string shell_word(const std::string& word);
/// 14,872
std::string with_commas(long long number);

}  // namespace pixgraph
