// FakeRemote: a RemoteNode that does what a test's script says, and counts what it was asked.
//
//     FakeRemote remote;
//     remote.submits = {throttled(20ms), created("p1")};
//     remote.polls = {running(), succeeded({"http://files/1.png"})};
//
// The last line of a script is repeated. Used as a node type it takes the param `prompt` and gives the output `text`.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/remote.h>

#include "clock.h"

namespace pixgraph::test {

using nlohmann::json;

inline Snapshot running() {
  Snapshot snapshot;
  snapshot.status = RemoteStatus::processing;
  return snapshot;
}
inline Snapshot succeeded(std::vector<std::string> urls = {}, json output = nullptr) {
  Snapshot snapshot;
  snapshot.status = RemoteStatus::succeeded;
  snapshot.answer =
      std::make_shared<const json>(json{{"status", "succeeded"}, {"output", output.is_null() ? json(urls) : output}});
  snapshot.urls = std::move(urls);
  return snapshot;
}
inline Snapshot ended_as(RemoteStatus status, std::string error = {}) {
  Snapshot snapshot;
  snapshot.status = status;
  snapshot.error = std::move(error);
  snapshot.answer = std::make_shared<const json>(json{{"error", snapshot.error}});
  return snapshot;
}
inline Submitted created(std::string id, Snapshot snapshot = running()) {
  Submitted sent;
  sent.kind = Submitted::Kind::created;
  sent.id = std::move(id);
  sent.snapshot = std::move(snapshot);
  return sent;
}
inline Submitted throttled(std::chrono::milliseconds wait) {
  Submitted sent;
  sent.kind = Submitted::Kind::throttled;
  sent.wait = wait;
  return sent;
}
inline Submitted refused(Submitted::Kind kind, Error error) {
  Submitted sent;
  sent.kind = kind;
  sent.error = std::move(error);
  return sent;
}

class FakeRemote : public RemoteNode {
 public:
  std::deque<Submitted> submits;
  std::deque<Snapshot> polls;
  // Where they are set, these answer instead of the scripts; they may throw.
  std::function<Submitted(const Request&)> on_submit;
  std::function<Snapshot(const std::string& id)> on_poll;
  std::function<bool()> on_cancel;
  std::function<void(Request&)> on_prepare, on_stage;
  std::function<std::optional<std::vector<Candidate>>()> on_find;  // all on one page; not set: a server without a list
  std::function<std::optional<ListPage>(const std::string& cursor)> on_list;
  std::function<std::optional<ModelDescription>()> on_describe;  // not set: a server that says nothing of models
  /// Not set: nothing is known of any model.
  std::function<std::vector<InputMistake>(const json& input, const json* schema)> on_check;
  std::function<std::vector<std::string>(const Snapshot&, const json* schema)> on_files;  // not set: all of them
  std::optional<std::chrono::minutes> clock_ahead;  // of on_find's server, by created_at: it then says what time it is
  std::string server = "http://fake/v1";
  mutable std::atomic<int> described = 0;
  mutable std::atomic<int> staged = 0, submitted = 0, polled = 0, canceled = 0, listed = 0;

  ModelName model(const json& params, Host&) const override {
    if (params.value("prompt", json()) == "no model") throw Error("E404", "the prompt names no model", "name one");
    return {server, "maker/model", "maker/model"};
  }
  std::optional<ModelDescription> describe(const ModelName&, Host&) const override {
    ++described;
    return on_describe ? on_describe() : std::nullopt;
  }
  std::optional<std::vector<InputMistake>> check(const ModelName&, const json& input,
                                                 const json* schema) const override {
    if (!on_check) return {};
    return on_check(input, schema);
  }
  void ready(Host&) const override {}
  Request prepare(Call& call) const override {
    Request made = request(call.text("prompt"), server);
    if (on_prepare) on_prepare(made);
    return made;
  }
  void stage(Request& request, Host&) const override {
    ++staged;
    if (on_stage) on_stage(request);
  }
  Submitted submit(const Request& request, Host&) const override {
    ++submitted;
    return on_submit ? on_submit(request) : next(submits);
  }
  std::optional<ListPage> list(const std::string&, std::chrono::system_clock::time_point since,
                               const std::string& cursor, Host&) const override {
    ++listed;
    if (on_list) return on_list(cursor);
    auto all = on_find ? on_find() : std::nullopt;
    if (!all) return std::nullopt;
    ListPage page;
    page.predictions = std::move(*all);
    if (!clock_ahead) return page;
    page.server_time = std::chrono::system_clock::now() + *clock_ahead;
    std::erase_if(page.predictions, [&](const Candidate& one) {
      const auto created = parse_iso_time(one.snapshot.answer->value("created_at", ""));
      return created && *created < since;
    });
    return page;
  }
  Snapshot poll(const std::string&, const std::string& id, Host&) const override {
    ++polled;
    return on_poll ? on_poll(id) : next(polls);
  }
  bool cancel(const std::string&, const std::string&, Host&) const override {
    ++canceled;
    return !on_cancel || on_cancel();
  }
  std::vector<std::string> files(const Snapshot& snapshot, const json* schema) const override {
    return on_files ? on_files(snapshot, schema) : snapshot.urls;
  }
  void finish(Call& call, const json& answer, const std::vector<FilePtr>&, const json*) const override {
    call.set("text", Value(answer["output"].dump()));
  }

  static Request request(const std::string& prompt, std::string server = "http://fake/v1") {
    Request made;
    made.server = std::move(server);
    made.lane = "maker/model";
    made.input = std::make_shared<const json>(json{{"prompt", prompt}});
    return made;
  }

 private:
  template <class T>
  T next(const std::deque<T>& script) const {
    std::lock_guard lock(mutex_);
    if (script.empty()) throw Error("TEST", "the script does not say what happens now");
    auto& left = const_cast<std::deque<T>&>(script);
    T one = left.front();
    if (left.size() > 1) left.pop_front();
    return one;
  }
  mutable std::mutex mutex_;
};

}  // namespace pixgraph::test
