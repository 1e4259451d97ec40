#include "remote_job.h"

#include <algorithm>
#include <utility>

#include "clock.h"
#include "saver.h"

namespace pixgraph {

using nlohmann::json;
using std::chrono::milliseconds;

void RemoteJob::settle(Budget& budget, std::optional<NanoUsd> cost_of_try) {
  claimed = false;
  const auto taken = std::exchange(reserved, std::nullopt);
  if (!cost_of_try) cost_of_try = taken;
  if (!cost_of_try || (!taken && *cost_of_try == 0)) return;
  if (taken) budget.settle(*taken, *cost_of_try);
  if (!bought) return;  // an earlier run's, or none: it is not on this run's bill
  if (!taken) budget.spend(*cost_of_try);
  cost = sum_of(cost.value_or(0), *cost_of_try);
}

Submitted submit_once(const RemoteNode& node, const Request& request, Host& host) {
  Submitted sent;
  try {
    sent = node.submit(request, host);
  } catch (const Error& error) {
    sent.error = error;
    return sent;
  } catch (const std::exception& other) {
    sent.error = Error("E990", other.what());
    return sent;
  }
  if (sent.kind != Submitted::Kind::created || !sent.id.empty()) return sent;
  sent = {};
  sent.error = Error("E510", "the answer has no id");
  return sent;
}

milliseconds age_of(const Purchase& purchase) {
  const auto wall = parse_iso_time(purchase.wall).value_or(std::chrono::system_clock::now());
  return std::clamp(std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now() - wall), milliseconds(0),
                    milliseconds(std::chrono::hours(24)));
}

RemoteOutcome reused_outcome(const Store& store, const Purchase& purchase) {
  RemoteOutcome outcome;
  outcome.reused = true;
  outcome.id = purchase.id;
  outcome.answer = std::make_shared<const json>(purchase.answer);
  int index = 0;
  for (const SavedFile& file : purchase.files) {
    if (!store.has(file.hash))
      throw Error("E513",
                  "output `" + file.name + "` of the paid prediction " + purchase.id + " is gone from the store",
                  "put " + store.path_of(file.hash) + " back, or buy it again with --rebuy");
    outcome.files.push_back(saved_output(store, origin_name(purchase), index++, file));
  }
  return outcome;
}

}  // namespace pixgraph
