// The whole driver on a disk that loses power at every step it takes: what a server counts must be what was asked for.
#include <gtest/gtest.h>

#include "support/remote_process.h"

namespace pixgraph {
namespace {

using namespace test;

/// A server with a list that remembers what was created. The first prediction of `flaky` fails.
class CountingServer {
 public:
  CountingServer() {
    remote->server = "http://127.0.0.1:9/v1";  // its minutes pass in milliseconds
    remote->on_submit = [this](const Request& request) {
      std::lock_guard lock(mutex_);
      const std::string prompt = (*request.input)["prompt"];
      const bool fails = prompt == "flaky" && ++flaky_ == 1;
      const std::string id = "p" + std::to_string(predictions_.size());
      predictions_.push_back({prompt, fails});
      return created(id, fails ? ended_as(RemoteStatus::failed, "E6716") : running());
    };
    remote->on_poll = [this](const std::string& id) {
      std::lock_guard lock(mutex_);
      return state_of(predictions_.at(std::stoul(id.substr(1))));
    };
    remote->on_list = [this](const std::string&) {
      std::lock_guard lock(mutex_);
      ListPage page;
      for (std::size_t i = predictions_.size(); i-- > 0;) {
        Candidate one{"p" + std::to_string(i), state_of(predictions_[i]), true};
        json answer = *one.snapshot.answer;
        answer["input"] = {{"prompt", predictions_[i].prompt}};
        one.snapshot.answer = std::make_shared<const json>(answer);
        page.predictions.push_back(std::move(one));
      }
      return page;
    };
  }
  std::map<std::string, int> creates() {
    std::lock_guard lock(mutex_);
    std::map<std::string, int> count;
    for (const Prediction& one : predictions_) ++count[one.prompt];
    return count;
  }
  std::shared_ptr<FakeRemote> remote = std::make_shared<FakeRemote>();

 private:
  struct Prediction {
    std::string prompt;
    bool fails;
  };
  static Snapshot state_of(const Prediction& one) {
    return one.fails ? ended_as(RemoteStatus::failed, "E6716") : succeeded({"http://files/1.png", "data:text/plain,x"});
  }
  std::mutex mutex_;
  std::vector<Prediction> predictions_;
  int flaky_ = 0;
};

TEST(RemotePower, WhateverStepThePowerFailsAtCreatesAreRequests) {
  const std::vector<std::string> prompts = {"cat", "dog", "flaky"};
  bool whole = false;
  int k = 0;
  for (; !whole; ++k) {
    ASSERT_LT(k, 400);
    MemoryDisk disk;
    CountingServer server;
    int left = static_cast<int>(prompts.size());
    for (int start = 0; left > 0 && start < 6; ++start) {
      if (start == 0) disk.cut_after(k);
      try {
        Process process(disk);
        process.retry = {2, {}, std::chrono::milliseconds(1), std::chrono::milliseconds(1), false};
        process.host.http().serve("http://files/1.png", "one");
        std::vector<std::future<RemoteOutcome>> all;
        for (const std::string& prompt : prompts) all.push_back(process.start(server.remote, prompt));
        left = static_cast<int>(prompts.size());
        for (auto& one : all) {
          const RemoteOutcome outcome = Process::wait(std::move(one));
          if (!outcome.error) --left;
          // Once the power is back nothing is refused: the list tells what became of every intent.
          if (start > 0 && outcome.error) ADD_FAILURE() << "step " << k << ": " << text_of(outcome);
        }
      } catch (const Error&) {  // the ledger could not even be opened
        ASSERT_EQ(start, 0) << k;
      }
      whole = start == 0 && left == 0 && disk.steps() < k;
      disk.lose_power(static_cast<std::size_t>(k % 7));
    }
    EXPECT_EQ(left, 0) << k;
    EXPECT_EQ(server.creates(), (std::map<std::string, int>{{"cat", 1}, {"dog", 1}, {"flaky", 2}})) << "step " << k;
  }
  EXPECT_GT(k, 60);  // a purchase takes about twenty
}

}  // namespace
}  // namespace pixgraph
