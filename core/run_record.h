// Run record: what is known of a run afterwards, read from its events. The one place that reads them for the report;
// what it does not know it leaves out, so that events may gain fields and types.
//
// Plain data, made once. Made for large runs: names are kept once and then meant by number.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <nlohmann/json.hpp>

#include "graph_drawing.h"

namespace pixgraph {

struct FileRecord {
  std::string path, hash;
  int box = -1;  // the output that it is of, as far as that is known
};

/// An item's use of a prediction; several items may share one.
struct UseRecord {
  int prediction = 0, box = -1;  // into RunRecord::predictions and drawing
  bool reused = false;
};

struct ItemRecord {
  std::string name;
  std::string outcome;              // done, reused, failed, skipped, canceled; "" where the run ended before it did
  int cause = -1;                   // into RunRecord::texts
  std::string code, hint, culprit;  // culprit: the node
  double ms = 0;
  std::vector<FileRecord> files;  // what was written or found as it should be
  std::vector<UseRecord> predictions;
};

enum class TaskState : std::uint8_t { done, reused, failed, skipped, canceled, unfinished };

struct TaskRecord {
  int item = 0, box = 0;  // box: into RunRecord::drawing
  TaskState state = TaskState::unfinished;
  std::int64_t start_ms = 0, ms = 0;  // of a hosted node without the wait for its place: since its prediction was made
  int cause = -1;
};

/// What can be looked at: an input, or what a node made.
struct PictureRecord {
  int item = 0, box = 0;
  std::string hash, path;  // path: of the file it is, "" where it was none
  int width = 0, height = 0;
};

struct PredictionRecord {
  std::string id, key, model, state;
  int box = -1;         // the node of its first use
  bool bought = false;  // in this run
  std::optional<double> cost;
};

struct RunRecord {
  std::string id, file, name, version, started, out, state, sandbox, shard, until, pipeline;
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> params;
  Drawing drawing;  // with its counts
  std::size_t items_wanted = 0;
  std::vector<ItemRecord> items;  // by their first event
  std::vector<TaskRecord> tasks;  // as they began
  std::vector<PictureRecord> pictures;
  std::vector<PredictionRecord> predictions;
  std::map<std::string, int> warnings;  // how often each was given
  std::vector<std::string> texts;       // causes, each once
  double seconds = 0;                   // until the last event
  bool ended = false;                   // false: killed, or still under way
  std::size_t open = 0;                 // items that have no outcome then
  int exit = 0;
  int done = 0, reused = 0, failed = 0, skipped = 0,
      canceled = 0;  // items, as `end` counts them, else as their events do
  std::string stopped, hint;
  std::optional<double> cost;

  int box(const std::string& name, bool output) const;  // -1 where there is none
};

/// Reads runs/<id>/events.ndjson. Throws Error E601.
RunRecord read_run(const std::string& events_path);

std::string_view task_state_name(TaskState state);

}  // namespace pixgraph
