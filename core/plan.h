// Plan: what must run, and why, before anything runs. Reads no pixels and asks no server.
//
// An output's file is up to date where it was made by the same recipe (key.h: what is the same for all items, and the
// item's own parts) and is as pixgraph left it. Everything else is made again, by the nodes that it needs and no
// others.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "graph.h"
#include "index.h"
#include "item_check.h"
#include "items.h"
#include "key.h"
#include "ledger.h"
#include "outputs.h"

namespace pixgraph {

/// By node index: whether one of these outputs needs it, at whatever distance. What none needs does not run.
std::vector<bool> needed_nodes(const Graph& graph, const std::vector<bool>& outputs);
/// The same for all outputs.
std::vector<bool> needed_nodes(const Graph& graph);

struct PlanOptions {
  bool fresh = false;            // --fresh: nothing local is taken for done
  std::set<std::string> forced;  // --rebuy: outputs that need one of these nodes are made again
};

/// What the index knows an output by that was made after an error which `on_error` covered.
inline const std::string kAfterError = "on_error";
/// Under which Index::files_of knows that `when` decided against an output.
std::string skipped_key(const std::string& digest, const std::string& parts);
/// What the index knows the files of an output by whose number only its nodes decide: below another --out they are
/// others.
std::string files_key(const std::string& digest, const std::string& parts, const std::string& out_folder);

/// One output of one item.
struct OutputPlan {
  std::string why;                                 // why it is made; "" where it is up to date
  std::string path;                                // where its name follows from the inputs alone
  nlohmann::json files = nlohmann::json::array();  // {"path", "hash"}: those that are up to date
  bool unhashed = false;                           // why: an input's content has not been looked at yet
  std::optional<Error> refused;                    // why it cannot be made, or must not
};

/// Tells outputs that are up to date from those that are not. Safe from many threads after its making.
class Planner {
 public:
  Planner(const Graph& graph, Index& index, OutputWriter& writer, const PlanOptions& options);

  /// Claims the names that are known, so that two items that would write one file, a file that was edited, or a name
  /// that cannot be one are refused before money is spent. Known are those that follow from the inputs alone, those of
  /// a list but for `${index}`, and those of files that are up to date. Throws what is the request's mistake; `refused`
  /// is the first of what is wrong with this item's outputs alone.
  std::vector<OutputPlan> look(const Item& item, const Codecs& codecs, const FileHash& hash_of,
                               std::optional<Error>& refused) const;
  /// The same again, after contents have been looked at; nothing is claimed.
  void look_again(const Item& item, const FileHash& hash_of, std::vector<OutputPlan>& outputs) const;

  Index::Reading reading() const { return Index::Reading(index_); }
  const std::vector<OutputRecipe>& recipes() const { return recipes_; }
  /// Whether an output's name is known only when its item has run: whose file stays must then be known before any runs.
  bool named_by_results() const;
  /// Whether a `when` may decide against the output.
  bool conditional(int output) const { return conditional_[output]; }

 private:
  void judge(const Item& item, int output, const FileHash& hash_of, OutputPlan& plan) const;
  std::string difference(int output, const Index::Output& made, const std::string& parts) const;
  std::string name_of(const Item& item, int output, int element, const Codecs& codecs) const;
  void check_files(const Item& item, int output, const OutputPlan& plan, const Codecs& codecs) const;

  const Graph& graph_;
  Index& index_;
  OutputWriter& writer_;
  const ItemCheck check_;
  std::vector<OutputRecipe> recipes_;
  enum class Name : std::uint8_t { of_inputs, of_index, of_results };  // what it follows from
  std::vector<Name> names_;                                            // by output
  std::vector<bool> of_item_, forced_, conditional_;                   // by output
  bool fresh_ = false;
};

/// What one item has to do. Few kinds of it serve all items.
struct Work {
  std::vector<bool> outputs, nodes;
};

struct Plan {
  std::vector<Work> works;
  std::vector<int> work_of;              // by item: into works; -1 where all that it has to do is refused
  std::map<std::size_t, Error> refused;  // by item: the first of its outputs that is
  std::vector<std::size_t> unhashed;     // items whose verdict may get better when contents are looked at, ascending
  std::vector<std::map<std::string, int>> why;  // by output: why it is made, with the number of items
  bool nothing_to_do = true;
};

Plan make_plan(const Graph& graph, const ItemTable& table, const Planner& planner, const Codecs& codecs,
               const FileHash& hash_of);

}  // namespace pixgraph
