// A run that is over, as its events tell it: for tests of what reads them.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "events.h"
#include "support/temp_folder.h"

namespace pixgraph::test {

using nlohmann::json;

class PastRun {
 public:
  /// One with an input, two nodes (the second hosted) and an output.
  PastRun() {
    add({{"type", "version"}, {"pixgraph", "0.1.0"}, {"events", "1.0"}});
    add({{"type", "run"},
         {"t", 0.0},
         {"id", id},
         {"file", "p.yaml"},
         {"name", "mugs"},
         {"started", "2026-11-20T09:12:00.000Z"},
         {"inputs", {{{"name", "photo"}, {"type", "image"}}}},
         {"nodes",
          {{{"name", "fitted"}, {"type", "Fit"}, {"after", {"photo"}}},
           {{"name", "scene"}, {"type", "Predict"}, {"hosted", true}, {"after", {"fitted", "photo"}}}}},
         {"outputs", {{{"name", "result"}, {"after", {"scene"}}}}},
         {"params", {{"prompt", "a cup"}}},
         {"items", 2},
         {"out", "out"},
         {"state", "s"},
         {"sandbox", ""},
         {"shard", ""},
         {"skipped_files", 0},
         {"command", {"run", "p.yaml", "my photos"}},
         {"pipeline", "pixgraph: 1\n# <here>\n"}});
  }
  void add(json event) { events.push_back(std::move(event)); }
  void task(double t, const std::string& item, const std::string& node, const std::string& state,
            const std::string& cause = {}) {
    json event = {{"type", "task"}, {"t", t}, {"item", item}, {"node", node}, {"state", state}};
    if (node == "result") event["output"] = true;
    if (!cause.empty()) event["cause"] = cause;
    add(std::move(event));
  }
  void done(const std::string& item, const std::string& path = {}, const std::string& hash = {}) {
    json event = {{"type", "item"}, {"t", 2.0}, {"item", item}, {"outcome", "done"}, {"ms", 1500}};
    if (!path.empty()) event["files"] = {{{"path", path}, {"hash", hash}}};
    add(std::move(event));
  }
  void failed(const std::string& item, const std::string& node, const std::string& code, const std::string& cause) {
    add({{"type", "item"},
         {"t", 2.0},
         {"item", item},
         {"outcome", "failed"},
         {"node", node},
         {"code", code},
         {"cause", "`" + node + "`: " + cause}});
  }
  void end(int exit, int good, int bad) {
    add({{"type", "end"},
         {"t", 3.5},
         {"exit", exit},
         {"done", good},
         {"reused", 0},
         {"failed", bad},
         {"canceled", 0},
         {"out", "out"}});
  }
  /// Writes runs/<id>/events.ndjson; gives its path.
  std::string write(const std::string& more = {}) {
    std::string text;
    for (const json& event : events) text += event_line(event);
    return folder.write("runs/" + id + "/events.ndjson", text + more);
  }

  const std::string id = "20261120T091200000-abcdef";
  TempFolder folder;  // the state
  std::vector<json> events;
};

}  // namespace pixgraph::test
