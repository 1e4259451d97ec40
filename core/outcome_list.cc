#include "outcome_list.h"

#include <algorithm>
#include <functional>

#include "disk.h"
#include "line_file.h"

namespace pixgraph {

using nlohmann::json;

Events::Sink outcome_list(const std::string& path, const std::string& shard) {
  auto file = std::make_shared<LineFile>(path);
  json first = {{"pixgraph_items", 1}};
  if (!shard.empty()) first["shard"] = shard;
  file->append(event_line(first));
  return [file](std::span<const json> batch) {
    std::string lines;
    for (const json& event : batch) {
      // A run with nothing to do has no events of items, and yet says that none failed.
      if (event.value("type", "") == "end" && event.value("reused", 0) > 0)
        lines += event_line({{"up_to_date", event["reused"]}});
      if (event.value("type", "") != "item") continue;
      json line = event;
      line.erase("type");
      line.erase("t");
      lines += event_line(line);
    }
    file->append(lines);
  };
}

/// Calls `line` with every whole line that is an object.
static void read_list(const std::string& path, const std::function<void(const json&)>& line) {
  if (!real_disk().exists(path)) return;
  LineReader(path).read([&](std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (object.is_object()) line(object);
  });
}

std::set<std::string> failed_in_last_run(const std::string& state, const std::string& shard) {
  const std::string runs = join_path(state, "runs");
  std::vector<std::string> names = real_disk().list(runs);  // run ids begin with their time
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    std::set<std::string> failed;
    bool any = false, ours = false;  // a run that was refused says nothing of any item
    read_list(join_path(join_path(runs, *name), "items.jsonl"), [&](const json& line) {
      if (line.contains("pixgraph_items")) ours = line.value("shard", "") == shard;
      any = any || (ours && (line.contains("outcome") || line.contains("up_to_date")));
      if (line.value("outcome", "") == "failed") failed.insert(line.value("item", ""));
    });
    if (any) return failed;
  }
  throw Error("E626", "there is no earlier run" + (shard.empty() ? "" : " of shard " + shard) + " in " + state +
                          " whose failed items could be run again");
}

bool PastOutputs::operator()(const std::string& path, const std::string& hash) {
  std::call_once(*read_, [&] { read_all(); });
  const auto [first, last] = written_->equal_range(path);
  return std::any_of(first, last, [&](const auto& one) { return one.second == hash; });
}

void PastOutputs::read_all() {
  for (const std::string& run : real_disk().list(runs_))
    read_list(join_path(join_path(runs_, run), "items.jsonl"), [&](const json& line) {
      if (!line.contains("files") || !line["files"].is_array()) return;
      for (const json& file : line["files"])
        if (file.is_object()) written_->emplace(file.value("path", ""), file.value("hash", ""));
    });
}

}  // namespace pixgraph
