// pixgraph explain: what an item was made from and what was tried for it; or what an error code means.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <pixgraph/error.h>

#include "commands.h"
#include "error_codes.h"
#include "explain.h"
#include "outcome_list.h"
#include "redact.h"

namespace pixgraph {

static bool looks_like_code(const std::string& word) {
  return word.size() == 4 && (word[0] == 'E' || word[0] == 'W') &&
         std::all_of(word.begin() + 1, word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

static int explain_code(const Arguments& arguments) {
  const std::string& word = arguments.words[0];
  const ErrorCode* code = find_error_code(word);
  if (!code) throw Error("E633", "there is no error code " + word, "docs/manual.md lists them under Errors");
  if (arguments.has("--json"))
    std::printf("%s\n", nlohmann::json{{"code", code->code}, {"meaning", code->meaning}}.dump(1).c_str());
  else
    std::printf("%s: %s\n", word.c_str(), std::string(code->meaning).c_str());
  return kExitDone;
}

/// The item that a word names: by its path, or by its name where nothing has to be named.
static Item find_item(const Graph& graph, const Arguments& arguments, const RunOptions& options) {
  const std::string& name = arguments.words[1];
  const bool by_path = real_disk().exists(name);
  const ItemTable table = items_of(graph, {by_path ? std::vector{name} : std::vector<std::string>{}}, options);
  for (const Item& item : table.items)
    if (item.name == name || (by_path && table.items.size() == 1)) return item;
  throw Error("E632", "there is no item `" + name + "`",
              table.items.empty() ? "name the photo by its path" : "the first one is `" + table.items[0].name + "`");
}

int command_explain(const Arguments& arguments) {
  if (arguments.words.size() == 1 && looks_like_code(arguments.words[0])) return explain_code(arguments);
  if (arguments.words.size() < 2 || arguments.words.size() > 3)
    throw Error("E805", "pixgraph explain takes FILE ITEM [NODE], or an error code such as E012");
  const auto pipeline = read_shown(arguments, arguments.words[0], Reading::run);
  if (!pipeline) return kExitWrongRequest;
  const Graph& graph = pipeline->graph;
  const RunOptions options = options_of(arguments);
  const std::string state = find_state_folder(graph.file, options);
  Index index(state);
  const Codecs codecs(registry_for(arguments));
  OutputWriter writer(real_disk(), index, codecs, options.out, false, PastOutputs(join_path(state, "runs")));
  const Planner planner(graph, index, writer, {});
  const Ledger ledger(real_disk(), ledger_folder(state, options.sandbox));
  const PurchaseKnowledge known{index, ledger, [&](const File& file) { return index.hash_of(file.path); }, {}};
  const nlohmann::json made =
      explain_item(graph, find_item(graph, arguments, options), arguments.words.size() == 3 ? arguments.words[2] : "",
                   planner, codecs, known);
  Redactor redactor;
  if (const char* token = std::getenv("REPLICATE_API_TOKEN")) redactor.add(token);
  if (const char* headers = std::getenv("REPLICATE_EXTRA_HEADERS")) redactor.add_headers(headers);
  const std::string text = arguments.has("--json")
                               ? made.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"
                               : render_explanation(made);
  std::fputs(redactor.clean(text).c_str(), stdout);
  return kExitDone;
}

}  // namespace pixgraph
