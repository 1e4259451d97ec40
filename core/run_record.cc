#include "run_record.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "event_fields.h"
#include "event_follower.h"

namespace pixgraph {

using nlohmann::json;

namespace {

int count_of(const json& event, const char* field) {
  return static_cast<int>(std::clamp(number_of(event, field), 0.0, 2e9));
}

std::optional<double> cost_of(const json& event) {
  const auto found = event.find("cost");
  if (found == event.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::optional<TaskState> task_state(const std::string& name) {
  for (const TaskState state :
       {TaskState::done, TaskState::reused, TaskState::failed, TaskState::skipped, TaskState::canceled})
    if (task_state_name(state) == name) return state;
  return std::nullopt;
}

class Reader {
 public:
  void read(const json& event) {
    const std::string type = text_of(event, "type");
    const double t = number_of(event, "t");
    record.seconds = std::max(record.seconds, t);
    if (type == "version") record.version = text_of(event, "pixgraph");
    if (type == "run") run(event);
    if (type == "task") task(event, std::llround(t * 1000));
    if (type == "prediction") prediction(event, std::llround(t * 1000));
    if (type == "picture") picture(event);
    if (type == "output")
      written_[item(event)].emplace_back(text_of(event, "hash"), box(text_of(event, "output"), true));
    if (type == "item") item_ended(event);
    if (type == "warning") ++record.warnings[text_of(event, "node") + ": " + text_of(event, "message")];
    if (type == "end") end(event);
  }

  RunRecord finish() {
    for (auto& [key, index] : running_) time(record.tasks[index], key, std::llround(record.seconds * 1000));
    for (const TaskRecord& task : record.tasks) {
      DrawnBox& box = record.drawing[task.box];
      switch (task.state) {
        case TaskState::done: ++box.done; break;
        case TaskState::reused: ++box.reused; break;
        case TaskState::failed: ++box.failed; break;
        case TaskState::skipped: ++box.skipped; break;
        case TaskState::canceled:
        case TaskState::unfinished: ++box.canceled; break;
      }
    }
    if (!record.ended) count_open();
    if (!record.ended)
      for (const ItemRecord& item : record.items) {
        record.done += item.outcome == "done";
        record.reused += item.outcome == "reused";
        record.failed += item.outcome == "failed";
        record.skipped += item.outcome == "skipped";
        record.canceled += item.outcome == "canceled";
      }
    if (!record.cost) {
      double sum = 0;
      bool any = false;
      for (const PredictionRecord& one : record.predictions)
        if (one.cost && one.bought) {
          sum += *one.cost;
          any = true;
        }
      if (any) record.cost = sum;
    }
    return std::move(record);
  }

  RunRecord record;

 private:
  void run(const json& event) {
    record.id = text_of(event, "id");
    record.file = text_of(event, "file");
    record.name = text_of(event, "name");
    record.started = text_of(event, "started");
    record.out = text_of(event, "out");
    record.state = text_of(event, "state");
    record.sandbox = text_of(event, "sandbox");
    record.shard = text_of(event, "shard");
    record.until = text_of(event, "until");
    record.pipeline = text_of(event, "pipeline");
    record.items_wanted = static_cast<std::size_t>(count_of(event, "items"));
    for (const json& word : list_of(event, "command"))
      if (word.is_string()) record.command.push_back(word.get<std::string>());
    if (const auto params = event.find("params"); params != event.end() && params->is_object())
      for (const auto& [name, value] : params->items())
        record.params.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    record.drawing.clear();
    boxes_of(event, "inputs", DrawnBox::Kind::input);
    boxes_of(event, "nodes", DrawnBox::Kind::node);
    boxes_of(event, "outputs", DrawnBox::Kind::output);
    for (DrawnBox& box : record.drawing) {
      const auto names = after_.find(&box - record.drawing.data());
      if (names == after_.end()) continue;
      for (const std::string& name : names->second)
        if (const int from = record.box(name, false); from >= 0) box.after.push_back(from);
    }
  }

  void boxes_of(const json& event, const char* field, DrawnBox::Kind kind) {
    for (const json& one : list_of(event, field)) {
      if (!one.is_object()) continue;
      for (const json& from : list_of(one, "after"))
        if (from.is_string())
          after_[static_cast<std::ptrdiff_t>(record.drawing.size())].push_back(from.get<std::string>());
      DrawnBox box;
      box.kind = kind;
      box.name = text_of(one, "name");
      box.label = kind == DrawnBox::Kind::output ? "output" : text_of(one, "type");
      box.hosted = flag_of(one, "hosted");
      record.drawing.push_back(std::move(box));
      boxes_.emplace((kind == DrawnBox::Kind::output ? "o" : "n") + record.drawing.back().name,
                     static_cast<int>(record.drawing.size()) - 1);
    }
  }

  /// One that no earlier event has described is a node all the same.
  int box(const std::string& name, bool output) {
    const auto [place, is_new] = boxes_.emplace((output ? "o" : "n") + name, static_cast<int>(record.drawing.size()));
    if (is_new) {
      DrawnBox box;
      box.kind = output ? DrawnBox::Kind::output : DrawnBox::Kind::node;
      box.name = name;
      record.drawing.push_back(std::move(box));
    }
    return place->second;
  }

  int item(const json& event) {
    const std::string name = text_of(event, "item");
    const auto [place, is_new] = items_.emplace(name, static_cast<int>(record.items.size()));
    if (is_new) {
      record.items.emplace_back();
      record.items.back().name = name;
    }
    return place->second;
  }

  int text(const std::string& text) {
    if (text.empty()) return -1;
    const auto [place, is_new] = texts_.emplace(text, static_cast<int>(record.texts.size()));
    if (is_new) record.texts.push_back(text);
    return place->second;
  }

  static std::uint64_t key_of(int item, int box) {
    return (static_cast<std::uint64_t>(item) << 32U) | static_cast<std::uint32_t>(box);
  }

  void task(const json& event, std::int64_t at_ms) {
    const int item_index = item(event), box_index = box(text_of(event, "node"), flag_of(event, "output"));
    const std::uint64_t key = key_of(item_index, box_index);
    const std::string state = text_of(event, "state");
    const auto running = running_.find(key);
    if (state == "started") {
      if (running != running_.end()) return;
      made_.erase(key);
      running_.emplace(key, record.tasks.size());
      record.tasks.push_back({item_index, box_index, TaskState::unfinished, at_ms, 0, -1});
      return;
    }
    const auto ended = task_state(state);
    if (!ended) return;
    if (running == running_.end()) record.tasks.push_back({item_index, box_index, *ended, at_ms, 0, -1});
    TaskRecord& task = running == running_.end() ? record.tasks.back() : record.tasks[running->second];
    task.state = *ended;
    time(task, key, at_ms);
    task.cause = text(text_of(event, "cause"));
    if (running != running_.end()) running_.erase(running);
  }

  /// How long it took until then. What only waited for its place took no time of its model.
  void time(TaskRecord& task, std::uint64_t key, std::int64_t at_ms) {
    const bool only_waited = record.drawing[task.box].hosted && !made_.contains(key) &&
                             (task.state == TaskState::canceled || task.state == TaskState::unfinished);
    if (only_waited) task.start_ms = at_ms;
    task.ms = std::max<std::int64_t>(0, at_ms - task.start_ms);
  }

  /// A run that did not end: what its items did not come to is unfinished too.
  void count_open() {
    std::vector<std::size_t> begun(record.drawing.size());
    for (const TaskRecord& task : record.tasks)
      if (record.items[task.item].outcome.empty()) ++begun[task.box];
    const auto over = static_cast<std::size_t>(
        std::ranges::count_if(record.items, [](const ItemRecord& item) { return !item.outcome.empty(); }));
    record.open = record.items_wanted - std::min(record.items_wanted, over);
    if (!record.until.empty()) return;  // what lies behind that node was not to be done
    for (std::size_t i = 0; i < record.drawing.size(); ++i)
      if (record.drawing[i].kind != DrawnBox::Kind::input)
        record.drawing[i].canceled += static_cast<int>(record.open - std::min(record.open, begun[i]));
  }

  int prediction_of(const std::string& id) {
    const auto [place, is_new] = predictions_.emplace(id, static_cast<int>(record.predictions.size()));
    if (is_new) {
      record.predictions.emplace_back();
      record.predictions.back().id = id;
    }
    return place->second;
  }

  void prediction(const json& event, std::int64_t at_ms) {
    PredictionRecord& one = record.predictions[prediction_of(text_of(event, "id"))];
    one.key = text_of(event, "key");
    const std::string model = text_of(event, "model"), lane = text_of(event, "lane");
    const bool version = lane.size() == 64 && lane.find_first_not_of("0123456789abcdef") == std::string::npos;
    one.model = model.empty() ? lane : version ? model + ":" + lane : model;
    one.state = text_of(event, "state");
    one.bought = one.bought || one.state == "created";
    for (const json& task : list_of(event, "tasks")) {
      if (!task.is_object() || one.state != "created") continue;
      const std::uint64_t key = key_of(item(task), box(text_of(task, "node"), false));
      const auto running = running_.find(key);
      if (running != running_.end() && made_.insert(key).second) record.tasks[running->second].start_ms = at_ms;
    }
    if (const auto cost = cost_of(event)) one.cost = cost;
  }

  void picture(const json& event) {
    const bool input = event.contains("input");
    PictureRecord one;
    one.item = item(event);
    one.box = box(text_of(event, input ? "input" : "node"), false);
    one.hash = text_of(event, "hash");
    one.path = text_of(event, "path");
    one.width = count_of(event, "width");
    one.height = count_of(event, "height");
    if (!one.hash.empty()) record.pictures.push_back(std::move(one));
  }

  void item_ended(const json& event) {
    const int index = item(event);
    ItemRecord& one = record.items[index];
    one.outcome = text_of(event, "outcome");
    one.cause = text(text_of(event, "cause"));
    one.code = text_of(event, "code");
    one.hint = text_of(event, "hint");
    one.culprit = text_of(event, "node");
    one.ms = number_of(event, "ms");
    for (const json& file : list_of(event, "files"))
      if (file.is_object()) one.files.push_back({text_of(file, "path"), text_of(file, "hash"), -1});
    name_outputs(one, index);
    for (const json& bought : list_of(event, "predictions")) {
      if (!bought.is_object()) continue;
      const int number = prediction_of(text_of(bought, "id"));
      PredictionRecord& prediction = record.predictions[number];
      const UseRecord use{number, box(text_of(bought, "node"), false), flag_of(bought, "reused")};
      if (prediction.box < 0) prediction.box = use.box;
      prediction.bought = prediction.bought || !use.reused;
      if (const auto cost = cost_of(bought)) prediction.cost = cost;
      one.predictions.push_back(use);
    }
  }

  /// What was written says of which output it is; of what was up to date it is known where there is but one.
  void name_outputs(ItemRecord& one, int index) {
    const auto written = written_.find(index);
    for (FileRecord& file : one.files) {
      if (written != written_.end())
        for (const auto& [hash, box_index] : written->second)
          if (hash == file.hash) file.box = box_index;
      if (file.box < 0 && only_output() >= 0) file.box = only_output();
    }
    if (written != written_.end()) written_.erase(written);
  }

  int only_output() const {
    int found = -1;
    for (std::size_t i = 0; i < record.drawing.size(); ++i)
      if (record.drawing[i].kind == DrawnBox::Kind::output) {
        if (found >= 0) return -1;
        found = static_cast<int>(i);
      }
    return found;
  }

  void end(const json& event) {
    record.ended = true;
    record.exit = count_of(event, "exit");
    record.done = count_of(event, "done");
    record.reused = count_of(event, "reused");
    record.failed = count_of(event, "failed");
    record.skipped = count_of(event, "skipped");
    record.canceled = count_of(event, "canceled");
    record.stopped = text_of(event, "stopped");
    record.hint = text_of(event, "hint");
    if (const auto cost = cost_of(event)) record.cost = cost;
  }

  std::map<std::ptrdiff_t, std::vector<std::string>> after_;
  std::unordered_map<std::string, int> boxes_, items_, texts_, predictions_;
  std::unordered_map<std::uint64_t, std::size_t> running_;
  std::unordered_set<std::uint64_t> made_;                                     // tasks whose first prediction was made
  std::unordered_map<int, std::vector<std::pair<std::string, int>>> written_;  // by item: hash and output
};

}  // namespace

int RunRecord::box(const std::string& wanted, bool output) const {
  for (std::size_t i = 0; i < drawing.size(); ++i)
    if (drawing[i].name == wanted && (drawing[i].kind == DrawnBox::Kind::output) == output) return static_cast<int>(i);
  return -1;
}

std::string_view task_state_name(TaskState state) {
  switch (state) {
    case TaskState::done: return "done";
    case TaskState::reused: return "reused";
    case TaskState::failed: return "failed";
    case TaskState::skipped: return "skipped";
    case TaskState::canceled: return "canceled";
    case TaskState::unfinished: return "unfinished";
  }
  return "?";
}

RunRecord read_run(const std::string& events_path) {
  Reader reader;
  read_events(events_path, [&](std::string_view, const json& event) { reader.read(event); });
  return reader.finish();
}

}  // namespace pixgraph
