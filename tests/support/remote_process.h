// RemoteProcess: a RemoteDriver with all it needs over a disk that outlives it, for tests of the driver and its parts.
//
//     MemoryDisk disk;
//     Process process(disk);
//     EXPECT_EQ(text_of(process.buy(remote_of({created("p1")}, {succeeded()}))), "bought");
#pragma once

#include <gtest/gtest.h>

#include <future>

#include "remote.h"
#include "support/fake_host.h"
#include "support/fake_remote.h"
#include "support/memory_disk.h"

namespace pixgraph::test {

using namespace std::chrono_literals;

struct Recorder : RemoteObserver {
  void remote_created(const Request&, const std::string&, const std::string& id) override { note("created " + id); }
  void remote_ended(const Request&, const std::string&, const std::string& id, const std::string& state,
                    std::optional<NanoUsd> cost) override {
    note(state + " " + id + (cost ? " for " + show_usd(*cost) : ""));
  }
  void remote_retries(const Request&, const std::string&, const std::string& id, int attempt, int attempts,
                      std::chrono::milliseconds) override {
    note("retry " + std::to_string(attempt) + " of " + std::to_string(attempts) + " after " + id);
  }
  void remote_waits(const Request&, const std::string& why, std::chrono::milliseconds) override {
    note("waits: " + why);
  }
  void note(std::string text) {
    std::lock_guard lock(mutex);
    texts.push_back(std::move(text));
  }
  std::mutex mutex;
  std::vector<std::string> texts;
};

/// One process: a ledger of its own over the disk that outlives it.
struct Process {
  explicit Process(Disk& disk, std::string sandbox = {}, ServerLimits limits = {}, double time_scale = 1000,
                   Index* index = nullptr, Budget* budget = nullptr)
      : ledger(disk, "state/ledger"),
        store(disk, "state/store"),
        host(store),
        driver(std::make_unique<RemoteDriver>(RemoteDriver::Setup{
            executor_box->executor, ledger, store, host, recorder, std::move(sandbox),
            [limits](const std::string&) { return limits; }, time_scale, budget, index, " --state s", nullptr,
            [](const std::string& name) -> std::vector<std::string> {
              return {name == "127.0.0.1" ? name : "93.184.216.34"};
            }})) {}
  ~Process() { executor_box.reset(); }  // its threads end before the driver

  std::future<RemoteOutcome> start(const std::shared_ptr<FakeRemote>& remote, std::string prompt = "cat",
                                   std::optional<std::chrono::milliseconds> timeout = {}) {
    auto promise = std::make_shared<std::promise<RemoteOutcome>>();
    auto future = promise->get_future();
    RemoteCall call;
    call.node = remote;
    call.request = FakeRemote::request(std::move(prompt), remote->server);
    if (remote->on_prepare) remote->on_prepare(call.request);
    call.timeout = timeout;
    call.run_timeout = run_timeout;
    call.consent = consent;
    call.retry = retry;
    call.done = [promise](const RemoteOutcome& outcome) { promise->set_value(outcome); };
    driver->start(std::move(call));
    return future;
  }
  static RemoteOutcome wait(std::future<RemoteOutcome> future) {
    if (future.wait_for(20s) == std::future_status::ready) return future.get();
    ADD_FAILURE() << "no outcome came";
    RemoteOutcome none;
    none.error = Error("TEST", "no outcome came");
    return none;
  }
  RemoteOutcome buy(const std::shared_ptr<FakeRemote>& remote, std::string prompt = "cat",
                    std::optional<std::chrono::milliseconds> timeout = {}) {
    return wait(start(remote, std::move(prompt), timeout));
  }

  Consent consent;
  Retry retry;
  std::optional<std::chrono::milliseconds> run_timeout;
  struct Box {
    Executor executor{1, 4, 2};
  };
  std::unique_ptr<Box> executor_box = std::make_unique<Box>();
  Recorder recorder;
  Ledger ledger;
  Store store;
  FakeHost host;
  std::unique_ptr<RemoteDriver> driver;
};

inline std::string key_of(const std::string& prompt = "cat", const std::string& server = "http://fake/v1") {
  return purchase_key(server, FakeRemote::request(prompt));
}

inline std::string text_of(const RemoteOutcome& outcome) {
  if (!outcome.error) return outcome.reused ? "reused" : "bought";
  return outcome.error->code() + ": " + outcome.error->message() + (outcome.error->stops_run() ? " STOPS" : "") +
         (outcome.canceled ? " CANCELED" : "");
}

inline std::shared_ptr<FakeRemote> remote_of(std::deque<Submitted> submits, std::deque<Snapshot> polls = {}) {
  auto remote = std::make_shared<FakeRemote>();
  remote->submits = std::move(submits);
  remote->polls = std::move(polls);
  return remote;
}

}  // namespace pixgraph::test
