#include "binding.h"

#include "unicode.h"

namespace pixgraph {

namespace {

// About a second of comparing words: enough for every message that anyone will read.
constexpr std::size_t kMostCompared = 1'000'000;

}  // namespace

void Binding::declare(const std::string& name, Known known) {
  // Even a name that cannot be one is known from here on: that it is wrong is said once.
  auto [there, fresh] = names.emplace(name, known);
  if (!fresh) {
    Diagnostic taken;
    taken.code = "E031";
    taken.place = known.place;
    taken.message = "the name " + ticked(name) + " is taken already";
    taken.notes.push_back({there->second.place, "first here"});
    taken.help = "inputs, params and nodes share one name space: rename one of them";
    diagnostics.add(std::move(taken));
    return;
  }
  name_list.push_back(name);
  if (!is_name(name)) {
    diagnostics.error("E014", known.place, ticked(name) + " cannot be a name",
                      "names are made of letters, digits, `_` and `-`, and begin with a letter or `_`");
  } else if (name == "each" || name == "index" || name == "env") {
    diagnostics.error("E014", known.place, ticked(name) + " is a word of the file format and cannot be a name",
                      "rename it");
  }
}

bool Binding::expect_map(const DocumentValue& value, std::string_view what, std::string help) {
  if (value.kind == DocumentValue::Kind::map) return true;
  if (value.broken) return false;
  const std::size_t length = value.kind == DocumentValue::Kind::scalar ? value.text.find(':') : std::string::npos;
  if (length != std::string::npos && length + 1 < value.text.size() && !value.quoted &&
      is_name(value.text.substr(0, length)))
    help = "a space is missing after the colon: `" +
           printable(value.text.substr(0, length) + ": " + value.text.substr(length + 1)) + "`";
  diagnostics.error("E011", value.place, std::string(what) + " takes a map, and " + described(value), std::move(help));
  return false;
}

std::string Binding::unknown_key(const DocumentEntry& entry, std::string_view where,
                                 const std::vector<std::string>& keys, Place owner, std::string label) {
  Diagnostic unknown;
  unknown.code = "E012";
  unknown.place = entry.place;
  unknown.message = "unknown key " + ticked(entry.key) + " " + std::string(where);
  unknown.label = std::move(label);
  // The line that says whose key it is, where it stands close by.
  if (owner.line > 0 && owner.line < entry.place.line && entry.place.line - owner.line <= 3)
    unknown.notes.push_back({owner, ""});
  const std::string meant = suggest(entry.key, keys);
  unknown.help = !meant.empty() ? "did you mean " + ticked(meant) + "?" : "the keys are " + listed(keys, 16);
  diagnostics.add(std::move(unknown));
  return meant;
}

void Binding::misread(const DocumentValue& value, std::string_view key, std::string_view what, const std::string& why,
                      const std::string& help) {
  if (value.broken) return;
  diagnostics.error("E015", value.place, ticked(key) + " takes " + std::string(what) + ", and " + why, help);
}

std::string Binding::read_text(const DocumentValue& value, std::string_view key) {
  auto read = read_scalar(value, Type::text);
  if (read.ok()) return *read.value.text();
  misread(value, key, "a text", read.why, read.help);
  return {};
}

std::string Binding::read_choice(const DocumentValue& value, std::string_view key,
                                 const std::vector<std::string>& choices) {
  auto read = read_scalar(value, Type::text);
  if (!read.ok()) {
    misread(value, key, "one of " + listed(choices), read.why, read.help);
    return {};
  }
  const std::string& word = *read.value.text();
  for (const std::string& choice : choices)
    if (choice == word) return word;
  diagnostics.error("E026", value.place,
                    ticked(key) + " takes one of " + listed(choices) + ", and " + ticked(word) + " is none of them",
                    suggestion(word, choices));
  return {};
}

std::string Binding::suggest(std::string_view word, const std::vector<std::string>& candidates, std::string otherwise) {
  compared_ += candidates.size();
  if (compared_ > kMostCompared) return otherwise;
  const std::string meant = did_you_mean(word, candidates);
  return meant.empty() ? otherwise : meant;
}

}  // namespace pixgraph
