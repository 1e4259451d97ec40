// Progress: how far a run has come, counted from its events: what ProgressView shows.
//
// A plain value, used by one thread. Times are seconds since the run's start, as in the events' `t`.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <nlohmann/json.hpp>

namespace pixgraph {

class Progress {
 public:
  struct Node {
    std::string name;
    int total = 0;
    int ended = 0;  // however; the three below are among them
    int reused = 0, failed = 0, skipped = 0;
    bool hosted = false;              // a model on a server
    int running = 0;                  // of a hosted one: those whose prediction was made
    int waiting = 0;                  // of a hosted one: those that began and wait for their place
    double work_ms = 0;               // of all that ended
    double last_active = -1;          // when something began or ended there last
    std::optional<double> cost;       // of what it bought, as far as items have ended
    std::optional<double> median_ms;  // of the latest that were done, without their wait for a place
    bool complete() const { return ended >= total; }
  };
  /// Failures of the same at one node: with one code, and messages that differ in numbers and names only.
  struct Cause {
    std::string node, code, text, hint;  // of the first
    int count = 0;
    std::vector<std::string> items;  // the first few
  };

  void take(const nlohmann::json& event);

  const std::string& file() const { return file_; }
  int items() const { return items_; }
  /// Items by how they ended.
  int done() const { return done_; }
  int up_to_date() const { return up_to_date_; }  // among those that are done
  int failed() const { return failed_; }
  int skipped() const { return skipped_; }
  int canceled() const { return canceled_; }
  int ended() const { return done_ + failed_ + skipped_ + canceled_; }
  int running() const { return static_cast<int>(open_.size()); }
  int predictions() const { return predictions_; }
  int reused() const { return reused_; }  // tasks of nodes
  std::optional<double> spent() const { return spent_; }
  /// What it will have spent at its end, if the rest costs as what was bought so far. nullopt where a node is yet to
  /// buy its first.
  std::optional<double> projected() const;
  std::optional<double> cap() const { return cap_; }

  /// In the pipeline's order; the outputs are one, called `written`.
  const std::vector<Node>& nodes() const { return nodes_; }
  /// In the order of their first. The same failure is counted once: where its item's node told it.
  const std::vector<Cause>& causes() const { return causes_; }
  /// The cause that the last event taken is one of; null where it told of no failure.
  const Cause* told() const { return told_ < 0 ? nullptr : &causes_[static_cast<std::size_t>(told_)]; }

  /// Of everything there is to do, 0 to 1.
  double part() const;
  /// Items that ended per second, in the last minute; 0 where nothing can be said yet.
  double rate() const;
  /// Seconds; nullopt where nothing can be said yet.
  std::optional<double> left(double now) const;
  /// Why nothing new is bought at the moment; empty where something is.
  const std::string& waiting(double now) const;

 private:
  void begin(const nlohmann::json& event);
  void task(const nlohmann::json& event);
  void item(const nlohmann::json& event);
  void prediction(const nlohmann::json& event);
  void failure(const nlohmann::json& event);
  void sample(double now);
  std::size_t node(const std::string& name, bool output);

  struct OpenNode {  // of an item that has begun
    int running = 0, ended = 0;
    bool waiting = false;
    double since = 0;  // it is running
  };
  struct Recent {  // the latest times of a node
    std::vector<float> ms;
    std::size_t next = 0;
  };
  struct Sample {
    double t = 0, work_ms = 0;
    int ended = 0;
  };

  std::string file_;
  int items_ = 0, done_ = 0, up_to_date_ = 0, failed_ = 0, skipped_ = 0, canceled_ = 0, predictions_ = 0, reused_ = 0;
  std::optional<double> spent_, cap_;
  std::vector<Node> nodes_;
  std::vector<Recent> recent_;
  struct Bought {
    double cost = 0;
    int ended = 0;  // predictions with a cost
  };
  std::vector<Bought> bought_;  // by node
  std::unordered_map<std::string, std::size_t> index_;
  std::ptrdiff_t written_ = -1;
  int outputs_ = 0;
  std::unordered_map<std::string, std::vector<OpenNode>> open_;  // items that have begun, by node
  std::vector<Cause> causes_;
  std::unordered_map<std::string, std::size_t> cause_index_;
  std::ptrdiff_t told_ = -1;
  std::deque<Sample> samples_;  // of the last minute
  std::string waiting_;
  double waiting_until_ = 0;
};

}  // namespace pixgraph
