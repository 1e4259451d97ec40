#include "outcome_list.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>

#include "disk.h"
#include "event_fields.h"
#include "line_file.h"

namespace pixgraph {

using nlohmann::json;

std::string list_name(const std::string& pipeline_file) {
  return std::filesystem::path(pipeline_file).filename().string();
}

Events::Sink outcome_list(const std::string& path, const std::string& shard) {
  auto file = std::make_shared<LineFile>(path);
  return [file, shard](std::span<const json> batch) {
    std::string lines;
    for (const json& event : batch) {
      const std::string type = text_of(event, "type");
      if (type == "run") {
        json first = {{"pixgraph_items", 1}, {"file", list_name(text_of(event, "file"))}};
        if (!shard.empty()) first["shard"] = shard;
        lines += event_line(first);
      }
      // A run with nothing to do has no events of items, and yet says that none failed.
      if (type == "end" && event.value("reused", 0) > 0) lines += event_line({{"up_to_date", event["reused"]}});
      if (type != "item") continue;
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

/// Calls `line` with what the lists of that pipeline and shard say of items, the newest run first, and says whether
/// there was any such run. Within a list the last line of an item counts.
static bool read_latest_first(const std::string& state, const std::string& pipeline_file,
                              const std::optional<std::string>& shard, const std::function<void(const json&)>& item) {
  const std::string runs = join_path(state, "runs"), name = list_name(pipeline_file);
  std::vector<std::string> ids = real_disk().list(runs);  // run ids begin with their time
  bool any = false;
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
    std::vector<json> lines;
    bool ours = false;  // a run that was refused says nothing of any item
    read_list(join_path(join_path(runs, *id), "items.jsonl"), [&](const json& line) {
      if (line.contains("pixgraph_items"))
        ours = (!shard || line.value("shard", "") == *shard) && line.value("file", name) == name;
      any = any || (ours && (line.contains("outcome") || line.contains("up_to_date")));
      if (ours && line.contains("outcome")) lines.push_back(line);
    });
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) item(*line);
  }
  return any;
}

std::set<std::string> failed_before(const std::string& state, const std::string& pipeline_file,
                                    const std::string& shard) {
  std::set<std::string> seen, failed;
  const bool any = read_latest_first(state, pipeline_file, shard, [&](const json& line) {
    const std::string name = text_of(line, "item"), outcome = text_of(line, "outcome");
    if (seen.insert(name).second && (outcome == "failed" || outcome == "canceled")) failed.insert(name);
  });
  if (any) return failed;
  throw Error("E626", "there is no earlier run of " + list_name(pipeline_file) +
                          (shard.empty() ? "" : ", shard " + shard + ",") + " in " + state +
                          " whose failed items could be run again");
}

static bool reads(const json& value, const std::string& path) {
  if (value.is_string()) return value.get_ref<const std::string&>() == path;
  return value.is_structured() &&
         std::any_of(value.begin(), value.end(), [&](const json& inner) { return reads(inner, path); });
}

std::vector<json> latest_outcomes(const std::string& state, const std::string& pipeline_file, const std::string& name,
                                  const std::string& path) {
  std::set<std::string> seen;
  std::vector<json> found;
  read_latest_first(state, pipeline_file, std::nullopt, [&](const json& line) {
    const std::string item = text_of(line, "item");
    const bool wanted = item == name || (!path.empty() && line.contains("inputs") && reads(line["inputs"], path));
    if (wanted && seen.insert(item).second) found.push_back(line);
  });
  return found;
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
