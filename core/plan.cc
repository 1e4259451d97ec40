#include "plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "evaluate.h"
#include "hash.h"

namespace pixgraph {

using nlohmann::json;

std::string skipped_key(const std::string& digest, const std::string& parts) {
  return sha256("skipped 1\n" + digest + parts);
}

std::vector<bool> needed_nodes(const Graph& graph, const std::vector<bool>& outputs) {
  std::vector<bool> needed(graph.nodes.size());
  std::vector<int> open;
  auto visit = [&](const Reference& reference) {
    if (reference.to == Reference::To::node) open.push_back(reference.index);
  };
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    if (!outputs[i]) continue;
    for_each_reference(graph.outputs[i].value, visit);
    for_each_reference(graph.outputs[i].file, visit);
  }
  if (graph.until >= 0) open.push_back(graph.until);
  while (!open.empty()) {
    const int node = open.back();
    open.pop_back();
    if (needed[node]) continue;
    needed[node] = true;
    open.insert(open.end(), graph.nodes[node].upstream.begin(), graph.nodes[node].upstream.end());
  }
  return needed;
}

std::vector<bool> needed_nodes(const Graph& graph) {
  return needed_nodes(graph, std::vector<bool>(graph.outputs.size(), true));
}

Planner::Planner(const Graph& graph, Index& index, OutputWriter& writer, const PlanOptions& options)
    : graph_(graph),
      index_(index),
      writer_(writer),
      recipes_(output_recipes(graph, [&](const File& file) { return index.hash_of(file.path); })),
      fresh_(options.fresh) {
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const GraphOutput& output = graph.outputs[i];
    bool early = true, of_item = false;
    for_each_reference(output.file, [&](const Reference& reference) {
      of_item = of_item || reference.to == Reference::To::input;
      early = early && reference.to != Reference::To::node && reference.to != Reference::To::element &&
              reference.property != "width" && reference.property != "height";
    });
    early_.push_back(early);
    of_item_.push_back(of_item);
    forced_.push_back(std::any_of(recipes_[i].nodes.begin(), recipes_[i].nodes.end(),
                                  [&](int node) { return options.forced.contains(graph.nodes[node].name); }));
    conditional_.push_back(std::any_of(recipes_[i].nodes.begin(), recipes_[i].nodes.end(),
                                       [&](int node) { return graph.nodes[node].when.has_value(); }));
    if (!recipes_[i].digest.empty()) index.remember_meaning(recipes_[i].digest, recipes_[i].shared.dump());
  }
}

std::vector<OutputPlan> Planner::look(const Item& item, const Codecs& codecs, const FileHash& hash_of,
                                      std::optional<Error>& refused) const {
  std::vector<OutputPlan> plans(graph_.outputs.size());
  const std::vector<std::vector<Value>> nothing(graph_.nodes.size());
  for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
    if (early_[i]) {
      const std::string name = as_text(evaluate(graph_.outputs[i].file, {graph_, item.inputs, nothing}, codecs));
      try {
        plans[i].path = writer_.claim(name, "`" + graph_.outputs[i].name + "` of " + item.name);
      } catch (const Error& error) {
        // Two items with one name, an input as output, or a name that no item has a part in: the request's mistake.
        if (error.code() != "E611" || !of_item_[i]) throw;
        refused = error;
        return plans;
      }
    }
    judge(item, static_cast<int>(i), hash_of, plans[i]);
    if (plans[i].why.empty() || plans[i].path.empty()) continue;
    try {
      writer_.check_untouched(plans[i].path);
    } catch (const Error& error) {
      refused = error;
    }
  }
  return plans;
}

void Planner::look_again(const Item& item, const FileHash& hash_of, std::vector<OutputPlan>& outputs) const {
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].unhashed) judge(item, static_cast<int>(i), hash_of, outputs[i]);
}

void Planner::judge(const Item& item, int output, const FileHash& hash_of, OutputPlan& plan) const {
  const OutputRecipe& recipe = recipes_[output];
  plan.files = json::array();
  plan.unhashed = false;
  if (fresh_ || forced_[output]) {
    plan.why = fresh_ ? "--fresh" : "--rebuy";
    return;
  }
  const std::string parts = recipe.digest.empty() ? "" : item_parts(recipe, graph_, item, hash_of);
  if (conditional_[output] && !parts.empty() && index_.files_of(skipped_key(recipe.digest, parts))) {
    plan.why.clear();
    return;
  }
  std::vector<std::string> paths;
  if (!plan.path.empty()) {
    paths.push_back(writer_.absolute(plan.path));
  } else if (!parts.empty()) {
    const auto known = index_.files_of(sha256(recipe.digest + parts));
    const json list = known ? json::parse(*known, nullptr, false) : json();
    if (!list.is_array()) {
      plan.why = "new: never made with these inputs";
      return;
    }
    for (const json& path : list) paths.push_back(path.get<std::string>());
  }
  if (parts.empty()) {
    plan.unhashed = true;
    plan.why = "not hashed yet";
    if (!plan.path.empty() && !index_.output(paths[0])) plan.why = "new", plan.unhashed = false;
    return;
  }
  plan.why.clear();
  for (const std::string& path : paths) {
    const auto made = index_.output(path);
    if (!made)
      plan.why = "new";
    else if (!made->there)
      plan.why = "output missing";
    else if (made->digest.empty())
      plan.why = "its writing was not finished";
    else if (made->digest == kAfterError)
      plan.why = "made after an error";
    else if (made->digest != recipe.digest || made->parts != parts)
      plan.why = difference(output, *made, parts);
    else if (!made->untouched && !writer_.is_as_written(path, made->hash))
      plan.why = "output changed since";
    else
      plan.files.push_back({{"path", path}, {"hash", made->hash}});
    if (!plan.why.empty()) {
      plan.files = json::array();
      return;
    }
  }
}

static std::string shortened(const json& value) {
  const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() > 40 ? text.substr(0, 37) + "..." : text;
}

/// What is not the same, for people: the first of it.
std::string Planner::difference(int output, const Index::Output& made, const std::string& parts) const {
  const OutputRecipe& recipe = recipes_[output];
  if (made.digest == recipe.digest) {
    const json before = json::parse(made.parts, nullptr, false), now = json::parse(parts, nullptr, false);
    for (const auto& [name, value] : now.items())
      if (!before.is_object() || !before.contains(name) || before[name] != value) return "input `" + name + "` changed";
    return "its inputs changed";
  }
  const auto kept = index_.meaning_of(made.digest);
  const json before = kept ? json::parse(*kept, nullptr, false) : json();
  if (!before.is_object()) return "the pipeline changed";
  for (const auto& [name, node] : recipe.shared["nodes"].items()) {
    const json old = before["nodes"].value(name, json());
    if (old.is_null()) return "node `" + name + "` is new";
    if (old["type"] != node["type"]) return "node `" + name + "` is another type";
    if (old["version"] != node["version"])
      return "node type `" + node["type"].get<std::string>() + "` has a new version";
    const json& now = node["arguments"];
    for (const auto& [argument, value] : now.items()) {
      const json was = old["arguments"].value(argument, json());
      if (was == value) continue;
      // Within an object (the input of a model) the entry that changed.
      if (value.is_object() && value.contains("object") && was.is_object() && was.contains("object"))
        for (const auto& [entry, inner] : value["object"].items())
          if (const json old_inner = was["object"].value(entry, json()); old_inner != inner)
            return "`" + entry + "` of `" + name + "` changed " + shortened(old_inner) + " -> " + shortened(inner);
      return "`" + argument + "` of `" + name + "` changed " + shortened(was) + " -> " + shortened(value);
    }
    for (const auto& [argument, value] : old["arguments"].items())
      if (!now.contains(argument)) return "`" + argument + "` of `" + name + "` is gone";
  }
  for (const auto& [name, value] : recipe.settings.items())
    if (const json was = before["settings"].value(name, json()); was != value)
      return "`" + name + "` of the output changed " + shortened(was) + " -> " + shortened(value);
  return "the output takes another value";
}

Plan make_plan(const Graph& graph, const ItemTable& table, const Planner& planner, const Codecs& codecs,
               const FileHash& hash_of) {
  Plan plan;
  plan.nothing_to_do = graph.until < 0;  // a node's result is not kept
  plan.why.resize(graph.outputs.size());
  plan.work_of.reserve(table.items.size());
  std::map<std::vector<bool>, int> kinds;
  const Index::Reading reading = planner.reading();
  for (std::size_t i = 0; i < table.items.size(); ++i) {
    std::optional<Error> refused;
    const std::vector<OutputPlan> outputs = planner.look(table.items[i], codecs, hash_of, refused);
    if (refused) {
      plan.refused.emplace(i, *refused);
      plan.work_of.push_back(-1);
      plan.nothing_to_do = false;
      continue;
    }
    std::vector<bool> to_make;
    bool unhashed = false;
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      to_make.push_back(!outputs[o].why.empty());
      unhashed = unhashed || outputs[o].unhashed;
      if (!outputs[o].why.empty()) {
        ++plan.why[o][outputs[o].why];
        plan.nothing_to_do = false;
      }
    }
    if (unhashed) plan.unhashed.push_back(i);
    const auto [kind, is_new] = kinds.emplace(to_make, static_cast<int>(plan.works.size()));
    if (is_new) plan.works.push_back({to_make, needed_nodes(graph, to_make)});
    plan.work_of.push_back(kind->second);
  }
  return plan;
}

static std::string reason_to_buy_one(const std::string& key, const Ledger& ledger) {
  const auto purchase = ledger.latest(key);
  if (!purchase) return "the ledger has no such purchase";
  if (purchase->state == PurchaseState::succeeded) return "";
  if (free_to_buy(purchase->state))
    return "the last try was not paid (" + std::string(state_name(purchase->state)) + ")";
  if (purchase->state == PurchaseState::created) return "running: will be waited for, not bought";
  return "cannot run without your word: the last purchase is " + std::string(state_name(purchase->state));
}

/// Why the paid node would be bought; "" where it need not be.
static std::string reason_to_buy(const std::string& recipe, Index& index, const Ledger& ledger) {
  if (recipe.empty()) return "photo not hashed yet";
  const auto known = index.purchase(recipe);
  if (!known) return "new: never bought with these inputs";
  // A node with `each` bought several.
  std::istringstream keys(*known == "-" ? "" : *known);
  for (std::string key; keys >> key;)
    if (const std::string why = reason_to_buy_one(key, ledger); !why.empty()) return why;
  return "";
}

PlanSummary summary(const Graph& graph, const ItemTable& table, const Plan& plan, Index& index, const Ledger& ledger) {
  PlanSummary made;
  made.items = static_cast<int>(table.items.size());
  made.refused = static_cast<int>(plan.refused.size());
  const std::vector<bool> needed = needed_nodes(graph);
  std::vector<int> place(graph.nodes.size(), -1);
  for (int node : graph.order)
    if (needed[node]) {
      place[node] = static_cast<int>(made.nodes.size());
      made.nodes.push_back(
          {graph.nodes[node].name, graph.nodes[node].spec->name, graph.nodes[node].spec->cost == Cost::paid});
    }
  if (graph.until >= 0)
    for (PlanNode& row : made.nodes)
      if (!row.paid) row.why["--until"] = made.items;
  // A local node runs because of the outputs that need it.
  for (std::size_t output = 0; graph.until < 0 && output < graph.outputs.size(); ++output) {
    std::vector<bool> alone(graph.outputs.size());
    alone[output] = true;
    const std::vector<bool> its = needed_nodes(graph, alone);
    for (std::size_t node = 0; node < graph.nodes.size(); ++node)
      if (its[node] && !made.nodes[place[node]].paid)
        for (const auto& [why, count] : plan.why[output])
          made.nodes[place[node]]
              .why[graph.outputs.size() > 1 ? "`" + graph.outputs[output].name + "`: " + why : why] += count;
  }
  const FileHash hash_of = [&](const File& file) { return index.known_hash(file.path); };
  std::set<std::string> counted;  // one prediction is shared by all that ask for the same
  for (std::size_t i = 0; i < table.items.size(); ++i) {
    if (plan.work_of[i] < 0) continue;
    const Work& work = plan.works[plan.work_of[i]];
    if (std::none_of(work.nodes.begin(), work.nodes.end(), [](bool one) { return one; }) &&
        std::none_of(work.outputs.begin(), work.outputs.end(), [](bool one) { return one; })) {
      ++made.up_to_date;
      for (PlanNode& row : made.nodes) ++row.skipped;
      continue;
    }
    const std::vector<std::string> recipes = recipe_keys(graph, table.items[i], hash_of);
    for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
      if (place[node] < 0) continue;
      PlanNode& row = made.nodes[place[node]];
      if (!work.nodes[node]) {
        ++row.skipped;
        continue;
      }
      const std::string why = row.paid ? reason_to_buy(recipes[node], index, ledger) : "local";
      if (why.empty()) {
        ++row.reused;
        continue;
      }
      ++row.runs;
      if (!row.paid) continue;
      ++row.why[why];
      if (why.starts_with("running") || why.starts_with("cannot") ||
          (!recipes[node].empty() && !counted.insert(recipes[node]).second))
        continue;
      const std::optional<Expression>& each = graph.nodes[node].each;
      const auto* elements = each ? std::get_if<Expression::ListOf>(&each->form) : nullptr;
      if (each && !elements)
        made.per_element.insert(row.name);
      else
        made.predictions += each ? static_cast<int>(elements->items.size()) : 1;
    }
  }
  return made;
}

std::string render_plan(const Graph& graph, const PlanSummary& plan) {
  std::size_t width = 4;
  for (const PlanNode& node : plan.nodes) width = std::max(width, node.name.size());
  std::string text =
      fmt::format("{}: {} nodes, {} item{}\n\n  {:<{}}  {:>7}  {:>7}  why\n", graph.file, plan.nodes.size(), plan.items,
                  plan.items == 1 ? "" : "s", "node", width, "runs", "reused");
  for (const PlanNode& node : plan.nodes) {
    std::string why;
    for (const auto& [reason, count] : node.why)
      why += (why.empty() ? "" : "; ") + reason + (node.why.size() > 1 ? fmt::format(" ({})", count) : "");
    text += fmt::format("  {:<{}}  {:>7}  {:>7}  {}\n", node.name, width, node.runs, node.reused,
                        why.empty() ? "bought before, files in the store" : why);
  }
  std::string unknown;
  for (const std::string& node : plan.per_element)
    unknown += fmt::format("{}one per element of `each` of `{}`", unknown.empty() ? "" : ", ", node);
  if (plan.predictions == 0 && !unknown.empty()) return text + "\nWould buy " + unknown + ". Nothing was run.\n";
  text += fmt::format("\nWould buy {} prediction{}{}{}. Nothing was run.\n",
                      plan.predictions == 0 ? "no" : fmt::format("at most {}", plan.predictions),
                      plan.predictions == 1 ? "" : "s",
                      plan.predictions == 0 ? "" : " (items with the same request share one)",
                      unknown.empty() ? "" : ", and " + unknown);
  return text;
}

}  // namespace pixgraph
