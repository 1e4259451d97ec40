// SchemaGate: the last look at a request before it is bought. The first request for a model has its schema asked for,
// once per model and run; others wait for the answer. What is known already (the lock, or kept of a version, which
// never changes) is not asked for again.
//
// Safe from many threads; nothing blocks but describe(), which makes the plugin's calls.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <pixgraph/remote.h>

#include "input_check.h"

namespace pixgraph {

class SchemaGate {
 public:
  struct Setup {
    Host& host;
    Knowledge known;
    Schemas* keep = nullptr;  // where answers are kept; null: nowhere
    /// A mistake that every request for the model shares; may be empty.
    std::function<std::optional<Error>(const ModelName&, const nlohmann::json&)> shared_mistake;
    /// Says that a model's inputs cannot be checked.
    std::function<void(const ModelName&, const std::string&)> warn;
  };
  explicit SchemaGate(Setup setup) : setup_(std::move(setup)) {}

  enum class Turn {
    go,    // call check()
    ask,   // call describe() until it is true; `resume` is called when the answer is here
    wait,  // `resume` is called when the answer is here
  };
  Turn turn(const Request& request, std::function<void()> resume);
  /// Asks the server and resumes everyone. Throws Throttled where it is to be called again later.
  void describe(const RemoteNode& node, const Request& request);
  /// Throws Error E421, all mistakes at once; doubts become the request's warnings. REQUIRES: turn() was `go`, or
  /// resumed.
  void check(const RemoteNode& node, Request& request);
  /// What is known of the request's model; null where nothing is. Asks nobody.
  JsonPtr schema(const Request& request);

 private:
  struct Model {
    bool answered = false;
    int throttled = 0;
    JsonPtr schema;
    std::optional<Error> refusal;  // for every request of the model
    bool told = false;             // that nothing is known of it
    bool looked = false;           // whether something was kept of it
    std::vector<std::function<void()>> waiting;
  };
  std::shared_ptr<Model> model(const Request& request);

  Setup setup_;
  std::mutex mutex_;  // guards everything below
  std::map<std::string, std::shared_ptr<Model>> models_;
};

}  // namespace pixgraph
