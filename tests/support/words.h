// Words: node types over words for tests of the graph language, and what a run of them tells.
#pragma once

#include <atomic>
#include <cctype>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "support/fake_remote.h"
#include "support/pipeline.h"

namespace pixgraph::test {

using namespace std::chrono_literals;

/// Upper fails for `bad`; Join joins a list; Split makes json; Score gives a number; Ask is bought.
struct Words : Nodes {
  Words() {
    add(Spec("Upper", "Capitals")
            .in("text", Type::text, "a word")
            .out("text", Type::text, "in capitals")
            .out("length", Type::integer, "of it"),
        [this](Call& call) {
          ++ran;
          std::string text = call.text("text");
          if (text.starts_with("bad")) throw Error("E399", "`" + text + "` is bad", "take a good one");
          if (text == "stop") throw Error("E432", "no money left").stopping_run();
          for (char& c : text) c = static_cast<char>(std::toupper(c));
          call.set("length", Value(static_cast<std::int64_t>(text.size())));
          call.set("text", Value(text));
        });
    add(Spec("Join", "Joins").in("texts", list_of(Type::text), "words").out("text", Type::text, "joined"),
        [](Call& call) {
          std::string all;
          for (const Value& one : call.list("texts")) all += *one.text() + ",";
          call.set("text", Value(all));
        });
    add(Spec("Split", "Splits at commas")
            .in("text", Type::text, "words")
            .out("json", Type::json, "a list")
            .out("list", list_of(Type::text), "the same"),
        [](Call& call) {
          json made = json::array();
          List list;
          std::string word;
          for (const char c : call.text("text") + ",") {
            if (c != ',') {
              word += c;
              continue;
            }
            if (!word.empty()) made.push_back({{"word", word}}), list.emplace_back(word);
            word.clear();
          }
          call.set("json", Value(std::make_shared<const json>(made)));
          call.set("list", Value(list));
        });
    add(Spec("Slow", "Waits until it is told to end").in("text", Type::text, "a word").out("text", Type::text, "it"),
        [this](Call& call) {
          const auto end = std::chrono::steady_clock::now() + 20s;
          while (!call.canceled() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(1ms);
          if (obeys) throw Error("E901", "it was stopped");
          call.set("text", Value(call.text("text")));
        });
    remote = std::make_shared<FakeRemote>();
    remote->on_submit = [this](const Request& request) {
      std::lock_guard lock(mutex);
      asked.insert((*request.input)["prompt"]);
      return created("p" + std::to_string(asked.size()));
    };
    remote->polls = {succeeded({}, "answer")};
    add(Spec("Ask", "Buys")
            .in("prompt", Type::text, "what is asked")
            .out("text", Type::text, "the answer")
            .runs_in(Pool::predict, Cost::paid),
        std::static_pointer_cast<const RemoteNode>(remote));
  }
  std::atomic<int> ran = 0;
  bool obeys = true;
  std::shared_ptr<FakeRemote> remote;
  std::mutex mutex;
  std::multiset<std::string> asked;
};

inline std::string pipeline_of(const std::string& nodes, const std::string& value = "${last}",
                               const std::string& file = "${word}.txt") {
  return "inputs: {word: {type: text}}\nnodes:\n" + nodes + "outputs:\n  result: {value: \"" + value + "\", file: \"" +
         file + "\"}\n";
}

/// "node state: cause" of one item, without what is merely done.
inline std::string told(const TestRun& run, const std::string& item) {
  std::string out;
  for (const json& event : run.all)
    if ((event["type"] == "task" || event["type"] == "element") && event["item"] == item && event.contains("cause"))
      out += event["node"].get<std::string>() +
             (event.contains("index") ? " " + std::to_string(event["index"].get<int>()) : "") + " " +
             event["state"].get<std::string>() + ": " + event["cause"].get<std::string>() + "\n";
  return out;
}

}  // namespace pixgraph::test
