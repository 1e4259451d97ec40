#include "schema_gate.h"

#include <gtest/gtest.h>

#include <future>
#include <set>

#include "executor.h"
#include "remote.h"
#include "support/fake_host.h"
#include "support/fake_remote.h"
#include "support/memory_disk.h"

namespace pixgraph {
namespace {

using namespace std::chrono_literals;
using namespace test;

struct Nobody : RemoteObserver {
  void remote_created(const Request&, const std::string&, const std::string&) override {}
  void remote_ended(const Request&, const std::string&, const std::string&, const std::string&,
                    std::optional<NanoUsd>) override {}
  void remote_retries(const Request&, const std::string&, const std::string&, int, int,
                      std::chrono::milliseconds) override {}
  void remote_waits(const Request&, const std::string&, std::chrono::milliseconds) override {}
};

ModelDescription said(int most) {
  return {"", false, std::make_shared<const json>(json{{"most", most}})};
}

/// A model that takes prompts up to a length.
std::vector<InputMistake> judge(const json& input, const json* schema) {
  const std::size_t most = schema ? schema->at("most").get<std::size_t>() : 100;
  if (input.at("prompt").get<std::string>().size() <= most) return {};
  return {{InputMistake::Kind::value, {"prompt"}, "`prompt` is longer than " + std::to_string(most), "cut it", true}};
}

struct Gate : ::testing::Test {
  Gate() : store(disk, "state/store"), ledger(disk, "state/ledger"), kept(disk, "state/schemas"), host(store) {
    remote->submits = {created("p1", succeeded())};
    remote->on_check = judge;
  }
  /// Buys all prompts in one run; "" or what each was refused with.
  std::vector<std::string> buy(const std::vector<std::string>& prompts, const Lockfile* lock = nullptr) {
    warnings.clear();
    SchemaGate gate({host, {lock, &kept}, &kept, shared, [this](const ModelName& model, const std::string& why) {
                       std::lock_guard hold(mutex);
                       warnings.push_back(model.name + ": " + why);
                     }});
    auto executor = std::make_unique<Executor>(4, 4);
    RemoteDriver driver({*executor, ledger, store, host, nobody, "", [](const std::string&) { return ServerLimits(); },
                         1, nullptr, nullptr, "", &gate});
    std::vector<std::future<std::string>> ends;
    for (const std::string& prompt : prompts) {
      auto promise = std::make_shared<std::promise<std::string>>();
      ends.push_back(promise->get_future());
      RemoteCall call;
      call.node = remote;
      call.request = FakeRemote::request(prompt);
      call.request.model = "maker/model";
      call.done = [promise](const RemoteOutcome& outcome) {
        promise->set_value(!outcome.error ? ""
                                          : outcome.error->code() + (outcome.error->stops_run() ? "!: " : ": ") +
                                                outcome.error->message());
      };
      driver.start(std::move(call));
    }
    std::vector<std::string> texts;
    for (auto& end : ends) texts.push_back(end.wait_for(20s) == std::future_status::ready ? end.get() : "never ended");
    executor.reset();
    return texts;
  }

  MemoryDisk disk;
  Store store;
  Ledger ledger;
  Schemas kept;
  FakeHost host;
  Nobody nobody;
  std::shared_ptr<FakeRemote> remote = std::make_shared<FakeRemote>();
  std::function<std::optional<Error>(const ModelName&, const json&)> shared;
  std::mutex mutex;
  std::vector<std::string> warnings;
};

using Texts = std::vector<std::string>;

TEST_F(Gate, AskedOncePerRunAndKept) {
  remote->on_describe = [] { return said(3); };
  EXPECT_EQ(buy({"a", "b", "c", "long", "d"}), (Texts{"", "", "", "E421: `prompt` is longer than 3", ""}));
  EXPECT_EQ(remote->described, 1);
  EXPECT_EQ(remote->submitted, 4);
  EXPECT_TRUE(kept.find({"http://fake/v1", "maker/model", "maker/model"}));
  // Of what a name stands for the next run asks again.
  EXPECT_EQ(buy({"e"}), (Texts{""}));
  EXPECT_EQ(remote->described, 2);
}

TEST_F(Gate, WhatWasBoughtIsNotLookedAtAgain) {
  EXPECT_EQ(buy({"long"}), (Texts{""}));
  EXPECT_EQ(remote->described, 1);
  remote->on_describe = [] { return said(3); };
  EXPECT_EQ(buy({"long"}), (Texts{""}));
  EXPECT_EQ(remote->described, 1);
  EXPECT_EQ(remote->submitted, 1);
}

TEST_F(Gate, AServerThatSaysNothing) {
  kept.keep({"http://fake/v1", "maker/model", "maker/model"}, said(3));
  EXPECT_EQ(buy({"long"}), (Texts{"E421: `prompt` is longer than 3"}));  // what it said once
  EXPECT_EQ(remote->submitted, 0);
}

TEST_F(Gate, ABrokenAnswerIsNoAnswer) {
  remote->on_describe = []() -> std::optional<ModelDescription> {
    throw HttpError("E206", "too slow", HttpError::Sent::maybe);
  };
  EXPECT_EQ(buy({"a", "b"}), (Texts{"", ""}));
  EXPECT_EQ(remote->described, 1);
}

TEST_F(Gate, ARefusedTokenStops) {
  remote->on_describe = []() -> std::optional<ModelDescription> {
    throw Error("E431", "the token is not accepted").stopping_run();
  };
  EXPECT_EQ(buy({"a"}), (Texts{"E431!: the token is not accepted"}));
  EXPECT_EQ(remote->submitted, 0);
}

TEST_F(Gate, ASlowDownIsWaitedFor) {
  std::atomic<int> asked = 0;
  remote->on_describe = [&]() -> std::optional<ModelDescription> {
    if (++asked < 3) throw Throttled("slow down", 1ms);
    return said(3);
  };
  EXPECT_EQ(buy({"a", "long"}), (Texts{"", "E421: `prompt` is longer than 3"}));
  EXPECT_EQ(asked, 3);
}

TEST_F(Gate, ASlowDownWithoutEndIsNoAnswer) {
  remote->on_describe = []() -> std::optional<ModelDescription> { throw Throttled("slow down", 1ms); };
  EXPECT_EQ(buy({"a"}), (Texts{""}));
  EXPECT_EQ(remote->described, 8);
}

TEST_F(Gate, NobodyKnowsTheModel) {
  remote->on_check = nullptr;
  EXPECT_EQ(buy({"a", "b"}), (Texts{"", ""}));
  EXPECT_EQ(warnings, (Texts{"maker/model: the server does not say what it takes, so its inputs are not checked"}));
}

TEST_F(Gate, TheLockIsBelieved) {
  Lockfile lock;
  lock.models["maker/model"] = {"maker/model", "", false, said(3).schema};
  remote->on_describe = [] { return said(9); };
  EXPECT_EQ(buy({"long"}, &lock), (Texts{"E421: `prompt` is longer than 3"}));
  EXPECT_EQ(remote->described, 0);
}

TEST_F(Gate, AMistakeThatAllShareStopsTheRun) {
  remote->on_describe = [] { return said(3); };
  shared = [](const ModelName& model, const json& schema) -> std::optional<Error> {
    return Error("E421", "p.yaml:7:3: " + model.lane + " " + schema.dump()).stopping_run();
  };
  EXPECT_EQ(buy({"a"}), (Texts{R"(E421!: p.yaml:7:3: maker/model {"most":3})"}));
  EXPECT_EQ(remote->submitted, 0);
}

TEST_F(Gate, DoubtsAreShownWithTheRequest) {
  Request request = FakeRemote::request("x");
  remote->on_check = [](const json&, const json*) {
    return std::vector<InputMistake>{{InputMistake::Kind::unknown, {"y"}, "`y` is no input", "it is sent", false}};
  };
  SchemaGate gate({host, {}, nullptr, nullptr, nullptr});
  gate.check(*remote, request);
  EXPECT_EQ(request.warnings, (Texts{"`y` is no input: it is sent"}));
}

TEST_F(Gate, WhatTheSchemaCallsTextIsNotFetched) {
  remote->submits = {created("p1", succeeded({"http://files/1.png", "http://nowhere/page"}))};
  host.http().serve("http://files/1.png", "one");
  remote->on_describe = [] { return said(10); };
  remote->on_files = [](const Snapshot& snapshot, const json* schema) {
    return schema ? std::vector{snapshot.urls[0]} : snapshot.urls;
  };
  EXPECT_EQ(buy({"cat"}), Texts{""});
  EXPECT_EQ(host.http().downloads, 1);
}

}  // namespace
}  // namespace pixgraph
