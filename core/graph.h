// Graph: what a pipeline file means. One node per step, however many items run through it.
//
// Made by bind() from a Document and the Specs; then never changed, safe to read from any thread. It owns copies of
// everything but the Specs, which belong to the Registry and live as long as the program.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <pixgraph/spec.h>

#include "document.h"
#include "prices.h"
#include "retry.h"

namespace pixgraph {

class Registry;

/// `${photo}`, `${cutout.output}`, `${fitted.width}`, `${photo.stem}`.
struct Reference {
  /// element: `${index}`, the position within a list that an output saves; it stands in a GraphOutput's file only.
  /// each, each_index: `${each}` and `${each.index}`, within a node that has `each`.
  enum class To { input, param, node, element, each, each_index };
  To to = To::input;
  int index = 0;                // into Graph::inputs, params or nodes
  int port = 0;                 // of a node: index into its Spec's outputs
  std::string property;         // "stem", "width"...; empty = the whole value
  ValueType type = Type::text;  // what it yields
  Place place;
};

/// How a value is made for an item.
struct Expression {
  struct Text {  // literal and referenced parts in turn, put together as text
    std::vector<std::variant<std::string, Reference>> parts;
  };
  struct ListOf {
    std::vector<Expression> items;
  };
  struct ObjectOf {
    std::vector<std::pair<std::string, Expression>> entries;
  };
  std::variant<Value, Reference, Text, ListOf, ObjectOf> form;
  Place place;

  const Value* literal() const { return std::get_if<Value>(&form); }
  const Reference* reference() const { return std::get_if<Reference>(&form); }
};

/// `when: "${stats.coverage} >= 0.02 and not ${kind} == 'sky'"`.
struct Condition {
  enum class Op { any_of, all_of, negation, value, equal, unequal, less, at_most, greater, at_least };
  Op op = Op::value;
  std::vector<Condition> parts;      // of any_of, all_of and negation
  std::vector<Expression> operands;  // of a comparison two; of a value one, which is true or false
};

/// What becomes of a node that failed.
enum class OnError { fail, skip, use };

struct GraphInput {
  std::string name;
  ValueType type = Type::image;
  std::string doc;
  std::optional<Value> preset;  // absent: every item must bring one
  Place place;
};

struct GraphParam {
  std::string name;
  Type type = Type::text;
  std::string doc;
  Value value;  // the default, or what --set gave; absent only where neither did, which bind() refuses
  Place place;
};

struct GraphNode {
  std::string name;
  const Spec* spec = nullptr;
  /// One per input port and param of the Spec, in the Spec's order (inputs, then params); absent optional ones hold an
  /// absent Value, params their defaults. Literals have been read and checked by the declared type already.
  std::vector<Expression> arguments;
  Expression open_input;           // an ObjectOf, where the Spec has an open input
  std::optional<Expression> each;  // a list: the node runs once per element, and its outputs are lists
  std::optional<Condition> when;   // it is skipped where this does not hold
  std::string when_text;           // the same as it is written
  bool when_of_element = false;    // `when` looks at `${each}`: it is asked for every element
  OnError on_error = OnError::fail;
  Expression substitute;                                                // of its first output, for OnError::use
  std::optional<std::chrono::milliseconds> timeout;                     // `timeout: 5m`: from creation to end
  std::optional<std::chrono::milliseconds> queue_timeout, run_timeout;  // `timeout: {queue: 10m, run: 2m}`
  Retry retry;                                                          // `retry: {attempts: 3}`; one try without it
  std::string variant_text;                                             // reserved for `variant:`
  std::vector<int> upstream, downstream;                                // node indices, each once, ascending
  Place place;
  const DocumentEntry* written = nullptr;       // of the Document, which must outlive who asks for it
  std::shared_ptr<const SourceFile> file = {};  // where it is written, where another pipeline is used

  /// What `${node.port}` is: the Spec's type, or with `each` a list of it (lists are put one after the other).
  ValueType output_type(std::size_t port) const {
    const ValueType type = spec->outputs[port].type;
    return {type.type, type.list || each.has_value()};
  }
};

struct GraphOutput {
  std::string name;
  Expression value;
  Expression file;  // text: a path below --out
  int quality = 90;
  std::string metadata = "strip-gps";  // keep, strip-gps, strip
  std::string profile = "keep";        // keep, srgb
  std::string flatten;                 // "#rrggbb" or empty: alpha is then an error for formats without it
  std::string subsampling = "4:2:0";
  Place place;
};

/// How much a server or model may be asked at once and per minute; what is absent keeps its default.
struct Limit {
  std::optional<int> in_flight, creates_per_minute, other_per_minute;
};

struct Graph {
  std::string file;  // as the user named it
  std::string name, description;
  std::vector<GraphInput> inputs;
  std::vector<GraphParam> params;
  std::vector<GraphNode> nodes;
  std::vector<GraphOutput> outputs;
  int until = -1;                       // --until: a node that runs though no output needs it
  bool stand_ins = false;               // --sandbox: what its models make is not what the models make
  std::vector<int> order;               // node indices such that every node stands after its upstream
  std::map<std::string, Limit> limits;  // by server, model or "default"
  Prices prices;                        // of the file

  const GraphNode* node(std::string_view name) const;
};

/// Values given on the command line: `--set name=value`.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// Finds every mistake of meaning at once (E010..E049, W050..W059). The Graph is whole only if there were no errors.
/// No file, network or plugin function is touched. Mistakes in `settings` have no place in the file (line 0). A
/// document that is no map was refused by its reader: nothing more is said about it.
Graph bind(const Document& document, const Registry& registry, const Settings& settings, Diagnostics& diagnostics);

/// Whether a value of `from` may stand where `to` is wanted (DESIGN 4): equal types; integer as number; scalars as
/// json; json as anything but file, image and mask (read at run time); file as image or mask (decoded there); mask as
/// image; one value as a list of one. Never image as file, never image as mask.
bool accepts(ValueType to, ValueType from);

}  // namespace pixgraph
