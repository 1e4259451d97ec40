// Binding: what the parts of bind() share while a Document becomes a Graph. Internal to bind_*.cc and graph.cc.
//
// Mistakes are reported once: what hangs on a broken thing stays silent (`broken`, `names_incomplete`).
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph.h"
#include "lines.h"
#include "reference.h"
#include "registry.h"
#include "scalars.h"
#include "spell.h"
#include "types.h"

namespace pixgraph {

/// A name of the common name space.
struct Known {
  Reference::To to = Reference::To::input;
  int index = 0;
  Place place;
  bool broken = false;  // its type is not known: nothing is said about references to it
  int used = -1;        // a node that uses another pipeline: index into Binding::used
};

/// Another pipeline in the place of a node.
struct UsedPipeline {
  std::string file, node;  // as `use:` names it; the node's name
  Place place;             // of the node
  const DocumentEntry* entry = nullptr;
  Graph graph;  // bound by itself; its nodes stand in the Graph that uses it, from:
  int first_node = 0;
  std::vector<std::string> names;  // of its inputs, then its params
  std::vector<Expression> given;   // what the node gives for each of them
};

/// Want::node of what stands neither in a node nor in an output.
inline constexpr int kNoNode = -2;

/// A node's argument that needs another node.
struct Need {
  int node = 0, of = 0;
  Place place;  // of the reference
};

/// What `${each}` is within the node that is being bound.
struct EachElement {
  ValueType type = Type::json;
  bool held_as_file = false;  // its name is known
  bool broken = false;
};

/// What an expression is wanted for.
struct Want {
  std::string key;  // `image`; for messages
  ValueType type = Type::text;
  bool any = false;              // an entry of an open input: whatever it is
  bool required = true;          // false: `null` stands for "not given"
  const Param* param = nullptr;  // with its range and choices
  int node = -1;                 // in whose arguments it stands; -1: an output
  bool element_allowed = false;  // `${index}`
  bool nested = false;           // within json: `null` is JSON's
};

struct Binding {
  Binding(const Document& document_, const Registry& registry_, const Settings& settings_, Diagnostics& diagnostics_)
      : document(document_),
        registry(registry_),
        settings(settings_),
        diagnostics(diagnostics_),
        text_is_faulty(diagnostics_.has_errors()),
        lines(document_.text) {}

  const Document& document;
  const Registry& registry;
  const Settings& settings;
  Diagnostics& diagnostics;
  const bool text_is_faulty;  // its reader complained: what is missing may have been left out for that
  Graph graph;
  Lines lines;

  std::unordered_map<std::string, Known> names;
  std::vector<std::string> name_list;  // in written order, for "did you mean"
  bool names_incomplete = false;       // a section could not be read: unknown names may have been in it
  std::vector<Need> needs;
  std::vector<bool> input_used, param_used;
  std::vector<bool> faulty;  // by node: a mistake was found in it
  std::vector<int> saved;    // nodes that outputs refer to
  std::vector<UsedPipeline> used;
  bool is_used = false;             // the params' values come from the pipeline that uses this one
  std::optional<EachElement> each;  // of the node that is being bound

  /// Takes a name into the name space; says so where it cannot be one (E014) or is taken (E031).
  void declare(const std::string& name, Known known);

  /// Whether it is a map; says so (E011) where it is not. `what`: "`inputs`"; `form`: how it is written.
  bool expect_map(const DocumentValue& value, std::string_view what, std::string help);
  /// E012. `where`: "in node `mask`"; `owner`: where the map's own key is, line 0 for none. Gives the key that was
  /// meant.
  std::string unknown_key(const DocumentEntry& entry, std::string_view where, const std::vector<std::string>& keys,
                          Place owner, std::string label = {});
  /// E015 from a reading that failed: "`width` takes an integer, and `ten` is none".
  void misread(const DocumentValue& value, std::string_view key, std::string_view what, const std::string& why,
               const std::string& help);
  /// A text, an empty one (and an E015) where it is none.
  std::string read_text(const DocumentValue& value, std::string_view key);
  /// One of some words (E026 where it is not).
  std::string read_choice(const DocumentValue& value, std::string_view key, const std::vector<std::string>& choices);
  /// did_you_mean, until so much has been compared that a broken giant of a file would take seconds.
  std::string suggest(std::string_view word, const std::vector<std::string>& candidates, std::string otherwise = {});

 private:
  std::size_t compared_ = 0;
};

// The parts of bind(), in order. The second and third pass need the names of the first.
void declare_inputs(Binding& binding, const DocumentValue& inputs);
void declare_params(Binding& binding, const DocumentValue& params);
void apply_settings(Binding& binding);
void declare_nodes(Binding& binding, const DocumentValue& nodes);
void bind_nodes(Binding& binding, const DocumentValue& nodes);
/// The words that a node of any type may have.
const std::vector<std::string>& common_keys();
void bind_retry(Binding& binding, GraphNode& node, const DocumentEntry& entry);
/// Both take the node's index: what it refers to, it waits for.
void bind_when(Binding& binding, int node, const DocumentEntry& entry);
void bind_each(Binding& binding, int node, const DocumentEntry& entry);
void bind_on_error(Binding& binding, int node, const DocumentEntry& entry);
/// A node with `use`: its name, and the other pipeline's nodes.
void declare_used(Binding& binding, const DocumentEntry& entry, const DocumentValue& written);
/// What it gives to that pipeline.
void bind_use(Binding& binding, UsedPipeline& used);
/// A pipeline that another one uses.
Graph bind_used(const Document& document, const Registry& registry, Diagnostics& diagnostics);
std::optional<Reference> resolve_used(Binding& binding, const UsedPipeline& used, const ReferenceText& written,
                                      Place place, const Want& want);
/// E025, E026 and E333: a value that a param does not take. `from`: the reference it came by, empty for a literal;
/// `in`: what the message begins with.
void check_param(Binding& binding, const Param& param, const Value& value, Place place, const std::string& from = {},
                 const std::string& in = {});
/// The same for what nodes are given by params, and E330 for the rules of their Specs, as far as what the pipeline says
/// decides. REQUIRES: the nodes are connected.
void check_values(Binding& binding);
/// E022 where something wants an output that `on_error: {use: ...}` gives no value.
void check_substitutes(Binding& binding);
void bind_outputs(Binding& binding, const DocumentValue& outputs);
void bind_limits(Binding& binding, const DocumentValue& limits);
void bind_prices(Binding& binding, const DocumentValue& prices);

/// A value of the file as what is wanted; mistakes have been reported where they are.
Expression bind_expression(Binding& binding, const DocumentValue& value, const Want& want);
/// Every entry of an open input.
Expression bind_object(Binding& binding, const DocumentValue& value, const Want& want);
/// A value without any references, as JSON.
Value json_literal(Binding& binding, const DocumentValue& value, std::string_view key);
/// Whether a reference stands anywhere within.
bool holds_reference(const DocumentValue& value);

/// What a reference means (E020, E022, E023); nothing where it means nothing or a broken thing. Counts it as used.
std::optional<Reference> resolve(Binding& binding, const ReferenceText& written, Place place, const Want& want);
/// What an expression yields, as far as it is known before anything runs.
ValueType type_of(const Expression& expression);
/// E024 for every reference within a text that is written wrongly; `false` where there is one.
bool report_faults(Binding& binding, const DocumentValue& value, const Template& parts);
/// E021, with the conversion that helps.
void report_mismatch(Binding& binding, const Want& want, const Reference& reference, const std::string& written);

}  // namespace pixgraph
