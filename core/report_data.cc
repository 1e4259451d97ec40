#include "report_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "html.h"

namespace pixgraph {

using nlohmann::json;

static char letter_of(TaskState state) {
  return task_state_name(state)[0];
}

static char letter_of(const std::string& outcome) {
  return outcome.empty() ? 'u' : outcome[0];
}

ReportPictures pictures_of(const RunRecord& record) {
  ReportPictures out;
  out.of_item.resize(record.items.size());
  // What an output saves as it is would be shown twice.
  const auto saved = [&](const PictureRecord& picture) {
    const auto& files = record.items[picture.item].files;
    return std::any_of(files.begin(), files.end(), [&](const FileRecord& file) {
      return file.box >= 0 && record.drawing[file.box].after == std::vector<int>{picture.box};
    });
  };
  for (const PictureRecord& picture : record.pictures) {
    auto& of_item = out.of_item[picture.item];
    // A file that is handed on is the same picture.
    if (std::any_of(of_item.begin(), of_item.end(), [&](const auto& one) { return one.hash == picture.hash; }))
      continue;
    if (record.drawing[picture.box].kind == DrawnBox::Kind::node && saved(picture)) continue;
    of_item.push_back({picture.box, -1, picture.hash, picture.path, picture.width, picture.height});
  }
  // As the pipeline has them, not as they happened to end.
  for (auto& of_item : out.of_item)
    std::ranges::stable_sort(of_item, {}, [](const ReportPictures::One& one) { return one.box; });
  for (std::size_t item = 0; item < record.items.size(); ++item)
    for (const FileRecord& file : record.items[item].files)
      out.of_item[item].push_back({file.box, -1, file.hash, file.path, 0, 0});
  return out;
}

const ReportPictures::One* cover_of(const RunRecord& record, const ReportPictures& pictures, int item) {
  const auto& all = pictures.of_item[item];
  const bool good = record.items[item].outcome == "done" || record.items[item].outcome == "reused";
  const ReportPictures::One* first = nullptr;
  const ReportPictures::One* last = nullptr;
  for (const auto& one : all) {
    if (one.thumb < 0) continue;
    if (!first) first = &one;
    last = &one;
  }
  return good ? last : first;
}

namespace {

/// Texts, each once.
class Texts {
 public:
  explicit Texts(const std::vector<std::string>& begin) {
    for (const std::string& text : begin) number(text);
  }
  int number(const std::string& text) {
    if (text.empty()) return -1;
    const auto [place, is_new] = numbers_.emplace(text, static_cast<int>(all.size()));
    if (is_new) all.push_back(text);
    return place->second;
  }
  std::vector<std::string> all;

 private:
  std::unordered_map<std::string, int> numbers_;
};

std::string size_of(const ReportPictures::One& picture) {
  return picture.width > 0 ? fmt::format("{}x{}", picture.width, picture.height) : "";
}

}  // namespace

json report_data(const RunRecord& record, const ReportPictures& pictures, const std::vector<std::string>& inputs,
                 const std::string& folder) {
  Texts texts(record.texts);
  json boxes = json::array();
  for (const DrawnBox& box : record.drawing)
    boxes.push_back({{"name", box.name},
                     {"label", box.label},
                     {"kind", box.kind == DrawnBox::Kind::input  ? "input"
                              : box.kind == DrawnBox::Kind::node ? "node"
                                                                 : "output"},
                     {"hosted", box.hosted}});

  json names = json::array(), item_ms = json::array(), item_cause = json::array(), item_hint = json::array(),
       item_code = json::array(), first = json::array();
  std::string item_state;
  json picture_box = json::array(), thumb = json::array(), path = json::array(), size = json::array();
  int count = 0;
  for (std::size_t i = 0; i < record.items.size(); ++i) {
    const ItemRecord& item = record.items[i];
    names.push_back(item.name);
    item_state += letter_of(item.outcome);
    item_ms.push_back(static_cast<std::int64_t>(item.ms));
    item_cause.push_back(item.cause);
    item_hint.push_back(texts.number(item.hint));
    item_code.push_back(texts.number(item.code));
    first.push_back(count);
    for (const auto& one : pictures.of_item[i]) {
      picture_box.push_back(one.box);
      thumb.push_back(one.thumb);
      path.push_back(one.path.empty() ? "" : relative_url(folder, one.path));
      size.push_back(size_of(one));
      ++count;
    }
  }
  first.push_back(count);

  std::vector<const TaskRecord*> order;
  for (const TaskRecord& task : record.tasks) order.push_back(&task);
  std::stable_sort(order.begin(), order.end(),
                   [](const TaskRecord* a, const TaskRecord* b) { return a->start_ms < b->start_ms; });
  json task_item = json::array(), task_box = json::array(), start = json::array(), ms = json::array(),
       cause = json::array();
  std::string task_state;
  std::int64_t last_start = 0;
  int last_item = 0;
  for (const TaskRecord* task : order) {
    task_item.push_back(task->item - last_item);
    last_item = task->item;
    task_box.push_back(task->box);
    task_state += letter_of(task->state);
    start.push_back(task->start_ms - last_start);
    last_start = task->start_ms;
    ms.push_back(task->ms);
    cause.push_back(task->cause);
  }

  json p_item = json::array(), p_box = json::array(), id = json::array(), model = json::array(), state = json::array(),
       reused = json::array(), input = json::array(), cost = json::array();
  bool any_cost = false;
  for (std::size_t i = 0; i < record.items.size(); ++i)
    for (const UseRecord& use : record.items[i].predictions) {
      const PredictionRecord& one = record.predictions[use.prediction];
      const auto at = static_cast<std::size_t>(use.prediction);
      p_item.push_back(i);
      p_box.push_back(use.box);
      id.push_back(one.id);
      model.push_back(texts.number(one.model));
      state.push_back(texts.number(one.state));
      reused.push_back(use.reused ? 1 : 0);
      input.push_back(at < inputs.size() ? texts.number(inputs[at]) : -1);
      cost.push_back(one.cost ? json(*one.cost) : json(nullptr));
      any_cost = any_cost || one.cost;
    }
  json predictions = {{"item", std::move(p_item)}, {"box", std::move(p_box)},   {"id", std::move(id)},
                      {"model", std::move(model)}, {"state", std::move(state)}, {"reused", std::move(reused)},
                      {"input", std::move(input)}};
  if (any_cost) predictions["cost"] = std::move(cost);

  return {{"boxes", std::move(boxes)},
          {"texts", std::move(texts.all)},
          {"items",
           {{"name", std::move(names)},
            {"state", std::move(item_state)},
            {"ms", std::move(item_ms)},
            {"cause", std::move(item_cause)},
            {"hint", std::move(item_hint)},
            {"code", std::move(item_code)},
            {"first", std::move(first)}}},
          {"pictures",
           {{"box", std::move(picture_box)},
            {"thumb", std::move(thumb)},
            {"path", std::move(path)},
            {"size", std::move(size)}}},
          {"tasks",
           {{"item", std::move(task_item)},
            {"box", std::move(task_box)},
            {"state", std::move(task_state)},
            {"start", std::move(start)},
            {"ms", std::move(ms)},
            {"cause", std::move(cause)}}},
          {"predictions", std::move(predictions)},
          {"seconds", record.seconds}};
}

}  // namespace pixgraph
