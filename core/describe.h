// What a node type is, for people: made from its Spec alone.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <pixgraph/spec.h>

namespace pixgraph {

class Registry;

/// The node types by the name of the plugin that they are from.
std::map<std::string, std::vector<const Spec*>> nodes_by_plugin(const Registry& registry);
/// "asks a server"; empty for what works on this machine.
const char* cost_words(const Spec& spec);
/// One line per node type, grouped by where they come from.
std::string render_nodes(const Registry& registry);
/// Everything about one: inputs, params with type, default, range and unit, outputs, examples.
std::string render_spec(const Spec& spec);
/// A default as it would be written in a pipeline file.
std::string show_value(const Value& value);
/// "1 to 65500 px", "one of pad, crop"; empty where anything goes.
std::string show_range(const Param& param);

}  // namespace pixgraph
