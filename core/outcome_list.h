// The outcome list of a run, runs/<id>/items.jsonl: after a first line {"pixgraph_items":1,"file":"the pipeline's
// name"} one JSON object per item: its name, its inputs, how it ended and why, its predictions, and its files with the
// hashes of their content; at the end {"up_to_date":N} where N items were found done. It is a manifest (manifest.h),
// what `--only failed` reads, and what says that a file under --out is pixgraph's own.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "events.h"

namespace pixgraph {

/// Writes the list from the events of a run of that shard ("" where it is not shared). Throws Error E602 (stops_run).
Events::Sink outcome_list(const std::string& path, const std::string& shard = {});

/// The pipeline's name in the first line of its lists: that of its file. A folder that is moved has the same runs.
std::string list_name(const std::string& pipeline_file);

/// The items whose latest outcome, over all runs of that pipeline and shard, is that they failed or that the run was
/// ended before they were: what a run did not get to is still to be done. Throws Error E626 where no run was.
std::set<std::string> failed_before(const std::string& state, const std::string& pipeline_file,
                                    const std::string& shard = {});

/// The latest lines, one of each item, of the pipeline's items that are so named or that read the file at `path` (an
/// absolute one, or empty).
std::vector<nlohmann::json> latest_outcomes(const std::string& state, const std::string& pipeline_file,
                                            const std::string& name, const std::string& path);

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
