// The outcome list of a run, runs/<id>/items.jsonl: after a first line {"pixgraph_items":1} one JSON object per item:
// its name, its inputs, how it ended and why, its predictions, and its files with the hashes of their content; at the
// end {"up_to_date":N} where N items were found done. It is a manifest (manifest.h), what `--only failed` reads, and
// what says that a file under --out is pixgraph's own.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "events.h"

namespace pixgraph {

/// Writes the list from the events of a run of that shard ("" where it is not shared). Throws Error E602 (stops_run).
Events::Sink outcome_list(const std::string& path, const std::string& shard = {});

/// The names of the items that failed in the last run of this state directory, of the same shard, that got as far as
/// any item. Throws Error E626 where there was none.
std::set<std::string> failed_in_last_run(const std::string& state, const std::string& shard = {});

/// What the outcome lists of all earlier runs say was written where. Read when first asked, which is when the index
/// does not know a file that is in the way. Safe from many threads; copies share what was read.
class PastOutputs {
 public:
  explicit PastOutputs(std::string runs) : runs_(std::move(runs)) {}
  bool operator()(const std::string& path, const std::string& hash);

 private:
  void read_all();

  std::string runs_;
  std::shared_ptr<std::once_flag> read_ = std::make_shared<std::once_flag>();
  std::shared_ptr<std::multimap<std::string, std::string>> written_ =
      std::make_shared<std::multimap<std::string, std::string>>();
};

}  // namespace pixgraph
