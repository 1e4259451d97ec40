// Evaluation: from an expression and an item's values to the value that a node sees.
//
// Pure functions; no network. The only files touched are those that a conversion decodes or a property asks the size
// of.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pixgraph/value.h>

#include "codec.h"
#include "graph.h"

namespace pixgraph {

/// The values that references of one item stand for. Borrowed for the time of a call.
struct ItemValues {
  const Graph& graph;
  const std::vector<Value>& inputs;
  const std::vector<std::vector<Value>>& outputs;  // by node, by port; of nodes that are done
  int element = 0;                                 // what `${index}` is, where an output saves a list
  const Value* each = nullptr;                     // `${each}`, within a node that runs once per element
  int each_index = 0;
};

/// Throws Error E110 where a value has no such property or cannot stand in a text.
Value evaluate(const Expression& expression, const ItemValues& values, const Codecs& codecs);

/// A value as far as it is known before any item is: a literal's, a param's, and a text's that is made of such; nothing
/// where something else has a part in it, or where a mistake left a param without a value.
std::optional<Value> value_before_items(const Graph& graph, const Expression& expression);

/// By node: whether an item may be right although what params give the node is wrong, for its turn may not come: it, or
/// one before it, has `when`, it has `on_error`, or the list of its `each` may be empty.
std::vector<bool> left_to_run(const Graph& graph);

/// Makes a value fit a declared type (graph.h, accepts()): decodes files, reads json. `what` names it in the error:
/// "`url` of `subject`". Throws Error E110 where it does not fit, E31x where a file is no image.
Value converted(Value value, ValueType to, const Codecs& codecs, const std::string& what);

/// What json holds as the value it is: 7 of the json 7, nothing of null; lists and objects stay json.
Value scalar_of(Value value);
/// The same as a param of that type is given it: the text 7 of the json 7.
Value scalar_of(Value value, Type type);

/// The elements of a list, json's among them; nothing at all is a list without any. `what` names it in the error.
/// Throws Error E110 where it is no list.
List elements_of(const Value& value, const std::string& what);

/// A value as text in a file name or prompt; throws Error E110 for images, files and lists.
std::string as_text(const Value& value);

/// "an image", "a list of 3", "the text `cat`": for messages.
std::string describe_value(const Value& value);

/// Every reference within an expression.
void for_each_reference(const Expression& expression, const std::function<void(const Reference&)>& visit);
void for_each_reference(const Condition& condition, const std::function<void(const Reference&)>& visit);
/// Every reference of a node: of its arguments, and of what says over what, when and with which substitute it runs.
void for_each_reference(const GraphNode& node, const std::function<void(const Reference&)>& visit);

}  // namespace pixgraph
