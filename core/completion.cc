#include "completion.h"

#include <algorithm>
#include <exception>
#include <set>

#include <pixgraph/error.h>

#include "cli.h"
#include "document.h"
#include "error_codes.h"
#include "plugins.h"
#include "registry.h"

namespace pixgraph {

namespace {

/// What was typed before the word that is being completed.
struct Typed {
  const Command* command = nullptr;
  std::vector<std::string> words;  // that are no flags
  std::set<std::string> flags;
  std::vector<std::string> plugin_folders;
  const Flag* open = nullptr;  // a flag that waits for its value
  bool only_words = false;     // behind `--`
};

Typed read_typed(const std::vector<std::string>& words) {
  Typed typed;
  typed.command = find_command(words[0]);
  if (!typed.command) return typed;
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (typed.open) {
      if (std::string_view(typed.open->name) == "--plugins") typed.plugin_folders.push_back(word);
      typed.open = nullptr;
    } else if (typed.only_words || word.size() < 2 || word[0] != '-') {
      typed.words.push_back(word);
    } else if (word == "--") {
      typed.only_words = true;
    } else {
      const std::size_t equals = word.find('=');
      for (const Flag& flag : flags()) {
        if (word.substr(0, equals) != flag.name || !knows(flag, typed.command->name)) continue;
        typed.flags.insert(flag.name);
        if (*flag.value && equals == std::string::npos) typed.open = &flag;
      }
    }
  }
  return typed;
}

class Answer {
 public:
  /// `before`: what stands in the same word before what is begun, "--until=".
  explicit Answer(std::string begun, std::string before = {}) : begun_(std::move(begun)), before_(std::move(before)) {}

  const std::string& begun() const { return begun_; }
  void add(const std::string& word, std::string_view what = {}) {
    if (!word.starts_with(begun_) || word.find_first_of("\t\n") != std::string::npos || !given_.insert(word).second)
      return;
    text_ += before_ + word;
    if (!what.empty()) text_ += "\t" + std::string(what.substr(0, what.find('\n')));
    text_ += "\n";
  }
  /// A shell completes paths of a whole word only.
  void ask(const std::string& whom) {
    if (before_.empty() && given_.insert(whom).second) text_ += whom + "\n";
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string begun_, before_, text_;
  std::set<std::string> given_;
};

/// The pipeline file that is named; an empty document where there is none that can be read.
Document named_document(const Typed& typed) {
  try {
    Diagnostics mistakes;
    if (!typed.words.empty()) return read_document(typed.words[0], mistakes);
  } catch (const std::exception&) {  // no such file: nothing to offer
  }
  return {};
}

/// Calls take(name, type) for each node, also of the pipelines that it uses.
template <class Take>
void each_node(const Document& document, const std::string& within, const Take& take) {
  const DocumentValue* nodes = document.root.find("nodes");
  if (!nodes) return;
  for (const DocumentEntry& entry : nodes->entries) {
    if (const DocumentValue* use = entry.value.find("use")) {
      if (const auto used = document.used.find(use->text); used != document.used.end())
        each_node(*used->second, within + entry.key + "/", take);
    } else {
      const DocumentValue* type = entry.value.find("type");
      take(within + entry.key, type ? type->text : "");
    }
  }
}

void load_types(Registry& registry, const Typed& typed) {
  try {
    load_remembered(registry, find_plugins(typed.plugin_folders));
  } catch (const Error&) {  // a folder that is not there
  }
}

void add_nodes(Answer& answer, const Typed& typed, bool paid_only) {
  Registry registry;
  if (paid_only) load_types(registry, typed);
  each_node(named_document(typed), "", [&](const std::string& name, const std::string& type) {
    const Spec* spec = paid_only ? registry.find(type) : nullptr;
    if (!paid_only || (spec && spec->cost == Cost::paid)) answer.add(name, type);
  });
}

void add_params(Answer& answer, const Typed& typed) {
  const Document document = named_document(typed);
  const DocumentValue* params = document.root.find("params");
  if (!params) return;
  for (const DocumentEntry& entry : params->entries) {
    const DocumentValue* doc = entry.value.find("doc");
    answer.add(entry.key + "=", doc ? doc->text : "");
  }
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; }) &&
         text[0] != '-';
}

/// Candidates for a place that the tables call `FILE`, `DIR`, `svg|dot|mermaid` ... What it calls otherwise (N, USD) is
/// the user's.
void add_place(Answer& answer, std::string_view place, const Typed& typed, const Flag* flag) {
  for (std::size_t from = 0; from <= place.size();) {
    const std::size_t bar = std::min(place.find('|', from), place.size());
    const std::string_view one = place.substr(from, bar - from);
    from = bar + 1;
    if (is_word(one)) {
      answer.add(std::string(one));
    } else if (one == "FILE" || one == "PHOTO") {
      answer.ask(":files");
    } else if (one == "DIR") {
      answer.ask(flag ? ":folders" : ":files");
    } else if (one == "RUN") {
      answer.add("last", "the newest run");
    } else if (one == "CODE" && answer.begun().starts_with('E')) {
      for (const ErrorCode& code : error_codes()) answer.add(std::string(code.code), code.meaning);
    } else if (one == "NAME=VALUE") {
      add_params(answer, typed);
    } else if (one == "NODE" && (flag || !typed.words.empty()) && typed.command->words[0] == 'F') {
      add_nodes(answer, typed, flag && std::string_view(flag->name) == "--rebuy");
    } else if (one == "NODE") {
      Registry registry;
      load_types(registry, typed);
      for (const Spec* spec : registry.all()) answer.add(spec->name, spec->doc);
    }
  }
}

/// The words of a command, "FILE ITEM [NODE]|CODE": forms parted by `|` outside of brackets, places by blanks.
std::vector<std::vector<std::string>> forms_of(std::string_view words) {
  std::vector<std::vector<std::string>> forms(1);
  std::string place;
  int depth = 0;
  const auto end_place = [&] {
    if (!place.empty()) forms.back().push_back(place);
    place.clear();
  };
  for (const char c : words) {
    depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (c == '[' || c == ']') continue;
    if (c == '|' && depth == 0) {
      end_place();
      forms.emplace_back();
    } else if (c == ' ') {
      end_place();
    } else {
      place += c;
    }
  }
  end_place();
  return forms;
}

void add_word(Answer& answer, const Typed& typed) {
  const std::size_t at = typed.words.size();
  for (const std::vector<std::string>& form : forms_of(typed.command->words)) {
    // `retry KEY` goes on only where `retry` was typed.
    bool fits = true;
    for (std::size_t i = 0; i < std::min(at, form.size()); ++i)
      fits = fits && (!is_word(form[i]) || form[i] == typed.words[i]);
    if (!fits || form.empty()) continue;
    if (form.back() == "..." && at + 1 >= form.size())
      add_place(answer, form[form.size() - 2], typed, nullptr);
    else if (at < form.size())
      add_place(answer, form[at], typed, nullptr);
  }
}

}  // namespace

std::string completion_answer(std::vector<std::string> words) {
  // bash parts words at `=`, and completes the last part alone.
  bool parted = false;
  for (std::size_t i = 1; i < words.size(); ++i)
    if (words[i] == "=") {
      parted = i + 2 >= words.size();
      words[i - 1] += "=" + (i + 1 < words.size() ? words[i + 1] : "");
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(i),
                  words.begin() + static_cast<std::ptrdiff_t>(std::min(i + 2, words.size())));
    }
  if (words.empty()) words.emplace_back();
  Answer answer(words.back());
  if (words.size() == 1) {
    for (const Command& command : commands()) answer.add(command.name, command.help);
    if (answer.begun().starts_with('-'))
      for (const char* flag : {"--help", "--version"}) answer.add(flag);
    return std::move(answer).text();
  }
  const Typed typed = read_typed(words);
  if (!typed.command) return "";
  const std::size_t equals = answer.begun().find('=');
  if (!typed.open && !typed.only_words && answer.begun().starts_with("--") && equals != std::string::npos) {
    const std::string name = answer.begun().substr(0, equals), before = answer.begun().substr(0, equals + 1);
    Answer value(answer.begun().substr(equals + 1), parted ? "" : before);
    for (const Flag& flag : flags())
      if (name == flag.name && *flag.value && knows(flag, typed.command->name))
        add_place(value, flag.value, typed, &flag);
    return std::move(value).text();
  }
  if (typed.open) {
    add_place(answer, typed.open->value, typed, typed.open);
  } else if (answer.begun().starts_with('-') && !typed.only_words) {
    for (const Flag& flag : flags())
      if (knows(flag, typed.command->name) && (flag.repeats || !typed.flags.contains(flag.name)))
        answer.add(flag.name, flag.help);
  } else {
    add_word(answer, typed);
  }
  return std::move(answer).text();
}

std::string_view completion_script(std::string_view shell) {
  if (shell == "bash")
    return R"(# For bash; in ~/.bashrc: source <(pixgraph completion bash)
_pixgraph() {
  local word begun=${COMP_WORDS[COMP_CWORD]}
  [ "$begun" != = ] || begun=
  COMPREPLY=()
  while IFS=$'\t' read -r word _; do
    case $word in
      :files) compopt -o filenames 2>/dev/null; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$begun") ;;
      :folders) compopt -o filenames 2>/dev/null; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$begun") ;;
      *) COMPREPLY+=("$word") ;;
    esac
  done < <("${1/#\~/$HOME}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ ${#COMPREPLY[@]} -eq 1 ] && [[ ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _pixgraph pixgraph
)";
  if (shell == "zsh")
    return R"(#compdef pixgraph
# For zsh; in ~/.zshrc, behind compinit: source <(pixgraph completion zsh)
_pixgraph() {
  local word text
  local -a whole open
  local -i files=0 folders=0
  while IFS=$'\t' read -r word text; do
    case $word in
      :files) files=1 ;;
      :folders) folders=1 ;;
      *=) open+=("${word//:/\\:}:$text") ;;
      *) whole+=("${word//:/\\:}:$text") ;;
    esac
  done < <(${(Q)~words[1]} __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)
  (( $#whole )) && _describe -V pixgraph whole
  (( $#open )) && _describe -V pixgraph open -S ''
  (( files )) && _files
  (( folders )) && _files -/
}
if [ "$funcstack[1]" = _pixgraph ]; then _pixgraph "$@"; else compdef _pixgraph pixgraph; fi
)";
  if (shell == "fish")
    return R"(# For fish: pixgraph completion fish > ~/.config/fish/completions/pixgraph.fish
function __pixgraph_complete
  set -l words (commandline -opc)
  set -l begun (commandline -ct)
  for line in ($words[1] __complete $words[2..-1] "$begun" 2>/dev/null)
    switch $line
      case :files
        __fish_complete_path "$begun"
      case :folders
        __fish_complete_directories "$begun"
      case '*'
        echo $line
    end
  end
end
complete -c pixgraph -f -a '(__pixgraph_complete)'
)";
  return {};
}

}  // namespace pixgraph
