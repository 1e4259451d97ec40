#include "explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "difference.h"
#include "event_fields.h"
#include "spell.h"

namespace pixgraph {

using nlohmann::json;

namespace {

json outputs_of(const Graph& graph, const Item& item, const Planner& planner, const Codecs& codecs,
                const FileHash& hash_of) {
  std::optional<Error> refused;
  const std::vector<OutputPlan> plans = planner.look(item, codecs, hash_of, refused);
  json outputs = json::array();
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const std::string parts = item_parts(planner.recipes()[i], graph, item, hash_of);
    json one = {{"name", graph.outputs[i].name},
                {"why", plans[i].why},
                {"path", plans[i].path},
                {"files", plans[i].files},
                {"settings", planner.recipes()[i].settings},
                {"parts", json::parse(parts.empty() ? "{}" : parts)}};
    if (refused) one["refused"] = refused->message();
    outputs.push_back(std::move(one));
  }
  return outputs;
}

/// One purchase: what was sent, and every line that followed.
json request_of(const std::vector<json>& lines) {
  json request = json::object(), answers = json::array();
  for (const json& line : lines) {
    if (line.value("state", "") == "intent") {
      for (const char* part : {"server", "lane", "attempt", "wall", "price", "sent"})
        if (line.contains(part)) request[part] = line[part];
      continue;
    }
    json answer = json::object();
    for (const char* part : {"state", "wall", "id", "error", "cost", "files"})
      if (line.contains(part) && line[part] != "") answer[part] = line[part];
    if (line.contains("answer") && line["answer"].is_object() && line["answer"].contains("metrics"))
      answer["metrics"] = line["answer"]["metrics"];
    answers.push_back(std::move(answer));
  }
  request["answers"] = std::move(answers);
  return request;
}

json nodes_of(const Graph& graph, const Item& item, const std::vector<bool>& wanted, const PurchaseKnowledge& known) {
  const std::vector<std::string> keys = recipe_keys(graph, item, known.hash_of);
  json nodes = json::array();
  for (const int index : graph.order) {
    if (!wanted[index]) continue;
    const GraphNode& node = graph.nodes[index];
    std::istringstream text(recipe_text(graph, node, item, keys, known.hash_of));
    json recipe = json::array();
    for (std::string line; std::getline(text, line);) recipe.push_back(line);
    json one = {{"name", node.name}, {"type", node.spec->name}, {"recipe", recipe}, {"key", keys[index]}};
    if (node.spec->cost == Cost::paid) {
      json requests = json::array();
      const auto key = known.index.purchase(keys[index]);
      if (key)
        for (const auto& lines : known.ledger.history(*key)) requests.push_back(request_of(lines));
      one["purchase"] = key.value_or("");
      one["requests"] = std::move(requests);
    }
    nodes.push_back(std::move(one));
  }
  return nodes;
}

}  // namespace

json explain_item(const Graph& graph, const Item& item, const std::string& node, const Planner& planner,
                  const Codecs& codecs, const PurchaseKnowledge& known) {
  std::vector<bool> wanted(graph.nodes.size(), node.empty());
  if (!node.empty()) {
    std::vector<std::string> names;
    for (const GraphNode& one : graph.nodes) names.push_back(one.name);
    const auto found = std::find(names.begin(), names.end(), node);
    if (found == names.end())
      throw Error("E632", "there is no node `" + node + "` in " + graph.file,
                  suggestion(node, names, "nodes: " + listed(names)));
    wanted[static_cast<std::size_t>(found - names.begin())] = true;
  }
  json made = {{"item", item.name}, {"nodes", nodes_of(graph, item, wanted, known)}};
  if (node.empty()) made["outputs"] = outputs_of(graph, item, planner, codecs, known.hash_of);
  return made;
}

std::string render_explanation(const json& explanation) {
  std::string text = text_of(explanation, "item") + "\n";
  for (const json& output : explanation.value("outputs", json::array())) {
    const std::string why = text_of(output, "why");
    text += fmt::format("\noutput {}  {}\n  {}\n", text_of(output, "name"), text_of(output, "path"),
                        why.empty() ? "up to date" : "would be made: " + why);
    if (output.contains("refused")) text += "  cannot run: " + text_of(output, "refused") + "\n";
    for (const auto& [name, value] : output["parts"].items())
      text += fmt::format("  {} = {}\n", name, recipe_value(value));
    for (const auto& [name, value] : output["settings"].items())
      text += fmt::format("  {} = {}\n", name, recipe_value(value));
    for (const json& file : output["files"])
      text += fmt::format("  file {}  {}\n", text_of(file, "path"), text_of(file, "hash"));
  }
  for (const json& node : explanation["nodes"]) {
    text += fmt::format("\nnode {}  key {}\n", text_of(node, "name"), text_of(node, "key").substr(0, 12));
    for (const json& line : node["recipe"]) text += "  " + line.get<std::string>() + "\n";
    if (!node.contains("requests")) continue;
    if (node["requests"].empty()) text += "  nothing was bought with these inputs\n";
    for (const json& request : node["requests"]) {
      text += fmt::format("  {}  asked {} for {}, try {}{}\n    {}\n", text_of(request, "wall"),
                          text_of(request, "server"), text_of(request, "lane"), request.value("attempt", 1),
                          request.contains("price") ? ", at most " + text_of(request, "price") + " USD" : "",
                          request.value("sent", json::object()).dump(-1, ' ', false, json::error_handler_t::replace));
      for (const json& answer : request["answers"]) {
        text += fmt::format("  {}  {}", text_of(answer, "wall"), text_of(answer, "state"));
        for (const char* part : {"id", "error"})
          if (const std::string said = text_of(answer, part); !said.empty()) text += "  " + said;
        if (const std::string cost = text_of(answer, "cost"); !cost.empty()) text += "  " + cost + " USD";
        if (answer.contains("metrics")) text += "  " + answer["metrics"].dump();
        text += "\n";
        for (const json& file : answer.value("files", json::array()))
          text += fmt::format("    file {}  {}\n", text_of(file, "name"), text_of(file, "hash"));
      }
    }
  }
  return text;
}

}  // namespace pixgraph
