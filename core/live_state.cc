#include "live_state.h"

#include <algorithm>
#include <span>

#include "event_fields.h"

namespace pixgraph {

using nlohmann::json;

void LiveState::take(const json& event) {
  ++lines_;
  progress_.take(event);
  const std::string type = text_of(event, "type");
  if (type == "task") task(event);
  if (type == "prediction") prediction(event);
  if (type == "picture") picture(event);
  if (type == "item") item(event);
}

void LiveState::task(const json& event) {
  const std::string node = text_of(event, "node"), name = text_of(event, "item"), state = text_of(event, "state");
  auto& lanes = running_[node];
  if (state == "started") {
    const auto of = std::ranges::find(progress_.nodes(), node, &Progress::Node::name);
    const bool waits = of != progress_.nodes().end() && of->hosted;  // for its place, until its prediction is made
    (waits ? waiting_[node] : lanes).emplace(name, number_of(event, "t"));
    return;
  }
  lanes.erase(name);
  if (const auto waits = waiting_.find(node); waits != waiting_.end()) waits->second.erase(name);
  if (state == "failed") fail(event);
}

void LiveState::prediction(const json& event) {
  if (text_of(event, "state") != "created") return;
  for (const json& task : list_of(event, "tasks")) {
    const std::string node = text_of(task, "node"), name = text_of(task, "item");
    if (const auto waits = waiting_.find(node); waits != waiting_.end() && waits->second.erase(name) > 0)
      running_[node].emplace(name, number_of(event, "t"));
  }
}

void LiveState::fail(const json& event) {
  const std::string name = text_of(event, "item");
  const auto input = inputs_.find(name);
  const bool shown = input != inputs_.end() && has_thumbnail_(input->second);
  if (shown) pictures_.insert(input->second);
  failures_.push_front(
      {name, text_of(event, "node"), text_of(event, "code"), text_of(event, "cause"), shown ? input->second : ""});
  if (failures_.size() > kMostFailures) failures_.pop_back();
}

void LiveState::picture(const json& event) {
  const std::string name = text_of(event, "item"), hash = text_of(event, "hash");
  if (hash.empty()) return;
  if (event.contains("input")) {
    inputs_.emplace(name, hash);
    return;
  }
  if (!has_thumbnail_(hash)) return;
  pictures_.insert(hash);
  const auto earlier = std::ranges::find(images_, name, &Image::item);
  if (earlier != images_.end()) images_.erase(earlier);
  images_.push_front({name, text_of(event, "node"), hash});
  if (images_.size() > kMostImages) images_.pop_back();
}

void LiveState::item(const json& event) {
  const std::string name = text_of(event, "item");
  // One that was refused before it ran: no task said so.
  if (text_of(event, "outcome") == "failed" && !event.contains("node")) fail(event);
  inputs_.erase(name);
  for (auto* by_node : {&running_, &waiting_})
    for (auto& [node, items] : *by_node) items.erase(name);
}

json LiveState::nodes() const {
  json all = json::array();
  for (const Progress::Node& node : progress_.nodes()) {
    const int good = node.ended - node.reused - node.failed - node.skipped;
    all.push_back({{"name", node.name},
                   {"total", node.total},
                   {"done", std::max(0, good)},
                   {"reused", node.reused},
                   {"failed", node.failed},
                   {"skipped", node.skipped},
                   {"running", node.running},
                   {"waiting", node.waiting}});
  }
  return all;
}

json LiveState::lanes(double now) const {
  json all = json::array();
  std::vector<std::pair<std::string, std::vector<Lane>>> by_node;
  for (const auto& [node, items] : running_) {
    std::vector<Lane> oldest;
    for (const auto& [name, since] : items) oldest.push_back({name, since});
    std::ranges::sort(oldest, {}, &Lane::since);
    if (!oldest.empty()) by_node.emplace_back(node, std::move(oldest));
  }
  // Where there is no room for all, every node has its share.
  std::size_t left = kMostLanes;
  std::vector<std::size_t> shown(by_node.size());
  for (bool more = true; more && left > 0;) {
    more = false;
    for (std::size_t i = 0; i < by_node.size() && left > 0; ++i)
      if (shown[i] < by_node[i].second.size()) {
        ++shown[i];
        --left;
        more = true;
      }
  }
  for (std::size_t i = 0; i < by_node.size(); ++i)
    for (const Lane& lane : std::span(by_node[i].second).first(shown[i]))
      all.push_back({{"node", by_node[i].first}, {"item", lane.item}, {"ms", std::max(0.0, now - lane.since) * 1000}});
  return all;
}

json LiveState::view(double now) const {
  std::size_t running = 0, waiting = 0;
  int all_tasks = 0, ended_tasks = 0;
  for (const Progress::Node& node : progress_.nodes()) {
    all_tasks += node.total;
    ended_tasks += std::min(node.ended, node.total);
  }
  for (const auto& [node, items] : running_) running += items.size();
  for (const auto& [node, items] : waiting_) waiting += items.size();
  json images = json::array(), failures = json::array(), causes = json::array();
  for (const Image& one : images_) images.push_back({{"item", one.item}, {"node", one.node}, {"hash", one.hash}});
  for (const Failure& one : failures_)
    failures.push_back(
        {{"item", one.item}, {"node", one.node}, {"code", one.code}, {"cause", one.cause}, {"hash", one.hash}});
  int failed_tasks = 0;
  for (const Progress::Cause& cause : progress_.causes()) failed_tasks += cause.count;
  json view = {{"elapsed", now},
               {"part", progress_.part()},
               {"items",
                {{"all", progress_.items()},
                 {"done", progress_.done() - progress_.up_to_date()},
                 {"reused", progress_.up_to_date()},
                 {"failed", progress_.failed()},
                 {"skipped", progress_.skipped() + progress_.canceled()}}},
               {"tasks", {{"all", all_tasks}, {"ended", ended_tasks}}},
               {"rate", progress_.rate()},
               {"predictions", progress_.predictions()},
               {"nodes", nodes()},
               {"running", running},
               {"for_place", waiting},
               {"lanes", lanes(now)},
               {"images", std::move(images)},
               {"failures", std::move(failures)},
               {"failed", failed_tasks},
               {"causes", progress_.causes().size()}};
  if (const auto left = progress_.left(now)) view["left"] = *left;
  if (const auto spent = progress_.spent()) {
    view["spent"] = *spent;
    if (const auto projected = progress_.projected()) view["projected"] = *projected;
  }
  if (progress_.cap()) view["cap"] = *progress_.cap();
  if (const std::string& why = progress_.waiting(now); !why.empty()) view["waiting"] = why;
  return view;
}

}  // namespace pixgraph
