// The predictions: what each is, and how time carries it from starting to its end. No prediction holds a thread while
// it "runs": its picture is computed by the workers as soon as possible, and its status follows from timestamps when
// somebody looks. It succeeds at the later of its run time and its computation. Thread-safe: everything behind one
// mutex; snapshots are handed out by value. Times are simulated seconds.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "clock.h"

namespace sandbox {

enum class Status { starting, processing, succeeded, failed, canceled, aborted };
const char* status_name(Status status);
inline bool is_terminal(Status status) {
  return status > Status::processing;
}

struct Prediction {
  std::string id;
  std::string model;       // as answers show it
  std::string version;     // as answers show it
  std::string deployment;  // "owner/name" or empty
  std::string stand_in;    // the model that really runs
  std::string input_json;  // the echo, already JSON text
  std::uint64_t seed = 0;
  int steps = 4;
  bool list_output = false;
  bool counts_images = true;

  double created = 0;
  double starts = 0;
  double finishes = 0;             // the run time's end; the computation may end later
  std::optional<double> deadline;  // Cancel-After
  std::optional<double> computed;
  std::string failure;               // why the computation failed
  std::vector<std::string> outputs;  // URLs, once computed

  // Faults drawn at creation.
  bool stuck = false;
  bool fault_aborted = false;
  bool fault_failed = false;
  bool grows = false;
  bool output_null = false;
  bool expired = false;

  Status status = Status::starting;  // as of the last look
  double ended = 0;
  bool data_removed = false;
};

class Predictions {
 public:
  Predictions(const Clock& clock, double links_live) : clock_(clock), links_live_(links_live) {}

  void add(Prediction prediction);
  // The computation's result: outputs, or a failure when that is not empty.
  void computed(const std::string& id, std::vector<std::string> outputs, std::string failure);
  // Is the computation still wanted?
  bool wanted(const std::string& id);

  std::optional<Prediction> find(const std::string& id);
  // The prediction after the attempt; one that has ended stays as it is.
  std::optional<Prediction> cancel(const std::string& id);
  // Returns when it has ended, when `until` has come, or when stop() was called.
  std::optional<Prediction> wait(const std::string& id, double until);

  struct Page {
    std::vector<Prediction> predictions;          // newest first
    std::optional<std::uint64_t> next, previous;  // cursors
  };
  // Cursor: how many of the newest to skip, counted from the oldest so that it stays valid as others come.
  Page list(std::optional<std::uint64_t> cursor, std::optional<double> after, std::optional<double> before,
            std::size_t size);

  // Not ended at this moment.
  std::uint64_t in_flight();
  // Wakes whoever waits; for the end of the server.
  void stop();

 private:
  struct Entry {
    Prediction prediction;
    std::condition_variable changed;
  };
  void look(Entry& entry, double now);
  Entry* entry(const std::string& id);

  const Clock& clock_;
  const double links_live_;
  std::mutex mutex_;
  bool stopping_ = false;
  std::uint64_t in_flight_ = 0;
  std::vector<std::unique_ptr<Entry>> entries_;  // in order of creation
  std::unordered_map<std::string, std::size_t> by_id_;
  // Moments at which an unfinished prediction has to be looked at, for in_flight().
  using Due = std::pair<double, std::size_t>;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

}  // namespace sandbox
