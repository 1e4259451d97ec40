#include "identity.h"

#include <algorithm>

#include <pixgraph/error.h>

#include "text.h"

namespace pixgraph::replicate {
namespace {

constexpr std::string_view kForms =
    "a version is written as 64 hex digits, as owner/name:<64 hex digits>, or as owner/name for an official model";

bool is_word(std::string_view text) {
  return !text.empty() && text.front() != '.' && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return is_digit(c) || is_letter(c) || c == '.' || c == '_' || c == '-';
  });
}

[[noreturn]] void refuse(std::string message, std::string_view hint = kForms) {
  throw Error("E404", std::move(message), std::string(hint));
}

Identity read_version(std::string_view text) {
  const std::string shown = "`version: " + shorten(text, 100) + "`";
  if (is_version_hex(text)) {
    const std::string hex = lower(text);
    return {.lane = hex, .version = hex, .endpoint = "/predictions"};
  }
  if (is_owner_name(text))
    return {
        .lane = std::string(text), .name = std::string(text), .version = std::string(text), .endpoint = "/predictions"};
  const auto colon = text.find(':');
  if (colon != text.npos && is_owner_name(text.substr(0, colon))) {
    const std::string name(text.substr(0, colon));
    const std::string_view hex = text.substr(colon + 1);
    if (is_version_hex(hex))
      return {.lane = lower(hex), .name = name, .version = name + ":" + lower(hex), .endpoint = "/predictions"};
    if (std::all_of(hex.begin(), hex.end(), is_hex))
      refuse(shown + " has " + std::to_string(hex.size()) + " hex digits after the colon, and a version has 64");
  } else if (text.size() > 7 && std::all_of(text.begin(), text.end(), is_hex)) {
    refuse(shown + " has " + std::to_string(text.size()) + " hex digits, and a version has 64");
  }
  refuse(shown + " names no version");
}

}  // namespace

bool is_version_hex(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), is_hex);
}

bool is_owner_name(std::string_view text) {
  const auto slash = text.find('/');
  return slash != text.npos && is_word(text.substr(0, slash)) && is_word(text.substr(slash + 1));
}

std::string Identity::display() const {
  if (lane.starts_with("deployment ")) return lane;
  return name.empty() ? "version " + lane.substr(0, 8) : name;
}

Identity read_identity(std::string_view version, std::string_view model, std::string_view deployment) {
  version = trim(version);
  model = trim(model);
  deployment = trim(deployment);
  const int given = !version.empty() + !model.empty() + !deployment.empty();
  if (given == 0)
    refuse("no model is named: `version`, `model` and `deployment` are all empty",
           "give one: `version: owner/name:<64 hex digits>`, `model: owner/name` (official models) or `deployment: "
           "owner/name`");
  if (given > 1) {
    const std::string first = version.empty() ? "`model`" : "`version`";
    const std::string second = !version.empty() && !model.empty() ? "`model`" : "`deployment`";
    refuse((given == 3 ? "`version`, `model`" : first) + " and " + (given == 3 ? "`deployment`" : second) +
               " are given together",
           "keep one of them: each names what is bought");
  }
  if (!version.empty()) return read_version(version);
  const std::string_view name = model.empty() ? deployment : model;
  if (!is_owner_name(name)) {
    const bool pinned = name.find(':') != name.npos && is_owner_name(name.substr(0, name.find(':')));
    refuse(std::string(model.empty() ? "`deployment: " : "`model: ") + shorten(name, 100) +
               "` is not of the form owner/name",
           pinned ? "a name with a version after a colon goes into `version:`"
                  : "it is two words with a slash between, such as black-forest-labs/flux-schnell");
  }
  const std::string text(name);
  if (model.empty())
    return {.lane = "deployment " + text, .name = text, .endpoint = "/deployments/" + text + "/predictions"};
  return {.lane = text, .name = text, .endpoint = "/models/" + text + "/predictions"};
}

}  // namespace pixgraph::replicate
