#include "progress.h"

#include <algorithm>
#include <utility>

#include "event_fields.h"
#include "failure_pattern.h"

namespace pixgraph {

using nlohmann::json;

static constexpr std::size_t kRecent = 512, kNamesKept = 3;
static constexpr double kMinute = 60, kSampleEvery = 1, kLeastTime = 2;

std::size_t Progress::node(const std::string& name, bool output) {
  if (output && written_ >= 0) return static_cast<std::size_t>(written_);
  const auto [place, is_new] = index_.emplace((output ? "o" : "n") + name, nodes_.size());
  if (is_new) {
    Node node;
    node.name = output ? "written" : name;
    node.total = items_ * (output ? std::max(1, outputs_) : 1);
    nodes_.push_back(std::move(node));
    recent_.emplace_back();
    bought_.emplace_back();
    if (output) written_ = static_cast<std::ptrdiff_t>(place->second);
  }
  return place->second;
}

void Progress::begin(const json& event) {
  file_ = line_of(event, "file");
  items_ = static_cast<int>(number_of(event, "items"));
  if (event.contains("cap")) cap_ = number_of(event, "cap");
  for (const json& one : list_of(event, "nodes"))
    if (one.is_object()) nodes_[node(line_of(one, "name"), false)].hosted = flag_of(one, "hosted");
  outputs_ = static_cast<int>(list_of(event, "outputs").size());
  if (outputs_ > 0) node("", true);
}

void Progress::failure(const json& event) {
  const std::string name = line_of(event, "node"), code = line_of(event, "code"), item = line_of(event, "item");
  const std::string text = line_of(event, "cause");
  const auto [place, is_new] =
      cause_index_.emplace(name + "\n" + code + "\n" + failure_pattern(text, item), causes_.size());
  if (is_new) causes_.push_back({name, code, text, line_of(event, "hint"), 0, {}});
  Cause& cause = causes_[place->second];
  ++cause.count;
  if (cause.items.size() < kNamesKept) cause.items.push_back(item);
  told_ = static_cast<std::ptrdiff_t>(place->second);
}

void Progress::task(const json& event) {
  const bool output = flag_of(event, "output");
  const std::size_t at = node(line_of(event, "node"), output);
  Node& node = nodes_[at];
  const std::string state = line_of(event, "state");
  auto& of_item = open_[line_of(event, "item")];
  of_item.resize(nodes_.size());
  node.last_active = number_of(event, "t");
  if (state == "started") {
    of_item[at].waiting = node.hosted;
    of_item[at].since = node.last_active;
    ++(node.hosted ? node.waiting : node.running);
    ++of_item[at].running;
    return;
  }
  // What is found in the ledger never had to wait; what is skipped because of another never began.
  const double since = of_item[at].since;
  if (of_item[at].running > 0) {
    --(of_item[at].waiting ? node.waiting : node.running);
    of_item[at].waiting = false;
    --of_item[at].running;
  }
  ++node.ended;
  ++of_item[at].ended;
  const double ms = number_of(event, "ms");
  node.work_ms += ms;
  if (state == "reused") ++node.reused;
  if (state == "reused" && !output) ++reused_;
  if (state == "skipped") ++node.skipped;
  if (state == "failed") {
    ++node.failed;
    failure(event);
  }
  if (state != "done") return;
  const auto took = static_cast<float>(node.hosted ? (node.last_active - since) * 1000 : ms);
  Recent& recent = recent_[at];
  if (recent.ms.size() < kRecent)
    recent.ms.push_back(took);
  else
    recent.ms[recent.next++ % kRecent] = took;
  std::vector<float> sorted = recent.ms;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  node.median_ms = *middle;
}

void Progress::item(const json& event) {
  const std::string outcome = line_of(event, "outcome");
  if (outcome == "failed" && !event.contains("node") && event.contains("code"))
    failure(event);  // refused before it ran: no task said so
  ++(outcome == "done" || outcome == "reused" ? done_
     : outcome == "failed"                    ? failed_
     : outcome == "skipped"                   ? skipped_
                                              : canceled_);
  if (outcome == "reused") ++up_to_date_;
  // Nodes that had nothing to do for it have ended with it all the same.
  std::vector<OpenNode> of_item;
  if (const auto open = open_.find(line_of(event, "item")); open != open_.end()) {
    of_item = std::move(open->second);
    open_.erase(open);
  }
  of_item.resize(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const int all = static_cast<std::ptrdiff_t>(i) == written_ ? std::max(1, outputs_) : 1;
    const int without = std::max(0, all - of_item[i].ended);
    (of_item[i].waiting ? nodes_[i].waiting : nodes_[i].running) -= of_item[i].running;
    nodes_[i].ended += without;
    (outcome == "done" || outcome == "reused" ? nodes_[i].reused : nodes_[i].skipped) += without;
  }
  for (const json& bought : list_of(event, "predictions"))
    if (bought.is_object() && bought.contains("cost")) {
      Node& node = nodes_[this->node(line_of(bought, "node"), false)];
      node.cost = node.cost.value_or(0) + number_of(bought, "cost");
    }
}

void Progress::prediction(const json& event) {
  const bool created = line_of(event, "state") == "created";
  if (created) ++predictions_;
  if (event.contains("cost")) spent_ = spent_.value_or(0) + number_of(event, "cost");
  bool counted = false;
  for (const json& task : list_of(event, "tasks")) {
    if (!task.is_object()) continue;
    const std::size_t at = node(line_of(task, "node"), false);
    if (event.contains("cost") && !std::exchange(counted, true)) {  // one purchase, however many share it
      bought_[at].cost += number_of(event, "cost");
      ++bought_[at].ended;
    }
    const auto open = open_.find(line_of(task, "item"));
    if (!created || open == open_.end() || open->second.size() <= at || !open->second[at].waiting) continue;
    open->second[at].waiting = false;
    open->second[at].since = number_of(event, "t");
    --nodes_[at].waiting;
    ++nodes_[at].running;
  }
}

std::optional<double> Progress::projected() const {
  if (!spent_) return std::nullopt;
  double rest = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    const int ended = node.ended - node.reused - node.skipped;  // of those that buy
    if (!node.hosted || node.complete()) continue;
    if (bought_[i].ended == 0 || ended <= 0) return std::nullopt;
    // What reuses or skips so far goes on at the same share. A task of a node with `each` buys several.
    const double per_task = bought_[i].cost / std::max(ended, 1);
    rest += per_task * (node.total - node.ended) * ended / node.ended;
  }
  return *spent_ + rest;
}

void Progress::take(const json& event) {
  const std::string type = line_of(event, "type");
  const double t = number_of(event, "t");
  told_ = -1;
  if (type == "run") {
    begin(event);
  } else if (type == "task") {
    task(event);
    sample(t);
  } else if (type == "item") {
    item(event);
    sample(t);
  } else if (type == "prediction") {
    prediction(event);
  } else if (type == "wait") {
    waiting_ = line_of(event, "why");
    waiting_until_ = t + std::max(1.0, number_of(event, "ms") / 1000);
  } else if (type == "end") {
    // A run with nothing to do says so once, not for every item.
    if (const int reused = static_cast<int>(number_of(event, "reused")); up_to_date_ < reused)
      done_ = up_to_date_ = reused;
    if (event.contains("spent")) spent_ = number_of(event, "spent");
    if (event.contains("cap")) cap_ = number_of(event, "cap");
  }
}

void Progress::sample(double now) {
  if (!samples_.empty() && now - samples_.back().t < kSampleEvery) return;
  double work = 0;
  for (const Node& node : nodes_) work += node.work_ms;
  samples_.push_back({now, work, ended()});
  while (samples_.front().t < now - kMinute) samples_.pop_front();
}

double Progress::part() const {
  double ended = 0, total = 0;
  for (const Node& node : nodes_) {
    ended += std::min(node.ended, node.total);
    total += node.total;
  }
  if (total > 0) return ended / total;
  return items_ > 0 ? static_cast<double>(this->ended()) / items_ : 1;
}

double Progress::rate() const {
  if (samples_.empty() || samples_.back().t - samples_.front().t < kLeastTime) return 0;
  return (ended() - samples_.front().ended) / (samples_.back().t - samples_.front().t);
}

std::optional<double> Progress::left(double now) const {
  // The work that is left, by what each node has taken on average (what was reused took none), over how much work is
  // done per second: of the nodes that take long, many tasks go on at once.
  if (samples_.empty() || now - samples_.front().t < kLeastTime) return std::nullopt;
  double work = 0, to_do = 0;
  for (const Node& node : nodes_) {
    if (node.ended - node.skipped <= 0 && !node.complete()) return std::nullopt;
    work += node.work_ms;
    if (node.ended > 0) to_do += node.work_ms / node.ended * std::max(0, node.total - node.ended);
  }
  const double speed = (work - samples_.front().work_ms) / (now - samples_.front().t);
  if (to_do <= 0) return 0;
  if (speed <= 0) return std::nullopt;
  return to_do / speed;
}

const std::string& Progress::waiting(double now) const {
  static const std::string none;
  return now < waiting_until_ ? waiting_ : none;
}

}  // namespace pixgraph
