#include "run.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <thread>

#include "disk.h"
#include "outcome_list.h"
#include "sandbox_process.h"
#include "support/fake_call.h"
#include "support/pipeline.h"

namespace pixgraph {
namespace {

using namespace test;

struct Runs : Nodes {
  Runs() {
    add(Spec("Say", "Fails for some texts").in("text", Type::text, "x").out("text", Type::text, "x"), [](Call& call) {
      if (call.text("text") == "bad") throw Error("E399", "it is bad");
      if (call.text("text") == "stop") throw Error("E402", "no money left").stopping_run();
      if (call.text("text") == "secret")
        throw Error("E399", "token " + call.host().environment("PIXGRAPH_TEST_TOKEN") + " refused");
      call.set("text", Value(call.text("text")));
    });
    graph = graph_of(
        "inputs: {word: {type: text}}\nnodes: {n: {type: Say, text: \"${word}\"}}\noutputs: {result: {value: \"${n}\", "
        "file: \"${word}.txt\"}}\n",
        registry);
    graph.file = folder.path("p.yaml");
    options.out = folder.path("out");
    options.jobs = 2;
  }
  int run(const std::vector<std::string>& words) {
    ItemTable table;
    for (const std::string& word : words) table.items.push_back({word, {Value(word)}});
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int exit = run_graph(graph, registry, table, options);
    out = testing::internal::GetCapturedStdout();
    errors = testing::internal::GetCapturedStderr();
    return exit;
  }
  TempFolder folder;
  Graph graph;
  RunOptions options;
  std::string out, errors;
};

TEST(Run, ExitCodesSayHowItEnded) {
  Runs runs;
  EXPECT_EQ(runs.run({"a", "b"}), kExitDone);
  EXPECT_EQ(runs.folder.read("out/b.txt"), "b\n");
  EXPECT_EQ(runs.run({"a", "bad"}), kExitItemsFailed);
  EXPECT_EQ(runs.run({"stop"}), kExitStopped);
  EXPECT_NE(runs.errors.find("no money left  ["), std::string::npos);
  EXPECT_NE(runs.errors.find("stopped by the failure above\n"), std::string::npos);
}

TEST(Run, EveryRunLeavesItsEvents) {
  Runs runs;
  runs.run({"a"});
  const std::string folder = runs.folder.path(".pixgraph/runs");
  const auto names = real_disk().list(folder);
  ASSERT_EQ(names.size(), 1u);
  std::ifstream in(folder + "/" + names[0] + "/events.ndjson");
  std::vector<std::string> types;
  for (std::string line; std::getline(in, line);) types.push_back(json::parse(line)["type"]);
  EXPECT_EQ(types,
            (std::vector<std::string>{"version", "run", "task", "task", "task", "output", "task", "item", "end"}));
}

TEST(Run, DoesNotWaitForWhoeverReadsItsEvents) {
  Runs runs;
  runs.options.events = runs.folder.path("pipe");
  ASSERT_EQ(::mkfifo(runs.options.events.c_str(), 0600), 0);
  const int pipe = ::open(runs.options.events.c_str(), O_RDWR | O_NONBLOCK);
  std::vector<std::string> words;  // their events are more than a pipe holds
  for (int i = 0; i < 400; ++i) words.push_back("w" + std::to_string(i));
  auto exit = std::async(std::launch::async, [&] { return runs.run(words); });
  // Everything is written while nobody reads.
  const std::string last = runs.folder.path("out/w399.txt");
  for (int i = 0; i < 2000 && !real_disk().exists(last); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_TRUE(real_disk().exists(last));
  EXPECT_EQ(exit.wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
  std::string events;
  for (char buffer[4096]; exit.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready;)
    for (ssize_t count; (count = ::read(pipe, buffer, sizeof buffer)) > 0;) events.append(buffer, count);
  ::close(pipe);
  EXPECT_EQ(exit.get(), kExitDone);
  EXPECT_EQ(std::count(events.begin(), events.end(), '\n') > 2000, true);
}

TEST(Run, ASecretIsInNoTextThatIsWritten) {
  Runs runs;
  ::setenv("PIXGRAPH_TEST_TOKEN", "r8_very_secret", 1);
  EXPECT_EQ(runs.run({"secret"}), kExitItemsFailed);
  EXPECT_EQ(runs.errors.find("r8_very_secret"), std::string::npos) << runs.errors;
  EXPECT_NE(runs.errors.find("token [secret] refused"), std::string::npos) << runs.errors;
}

TEST(Run, AnOutputCollisionIsAWrongRequest) {
  Runs runs;
  runs.run({"a"});
  EXPECT_EQ(runs.run({"x", "./x"}), kExitWrongRequest);
  EXPECT_NE(runs.errors.find("error[E612]: "), std::string::npos);
}

TEST(Run, ANameThatCannotBeWrittenIsItsItemsError) {
  Runs runs;
  EXPECT_EQ(runs.run({"a", "new\nline", std::string(300, 'x'), "../up"}), kExitItemsFailed);
  EXPECT_EQ(runs.folder.read("out/a.txt"), "a\n");
  EXPECT_NE(runs.errors.find("3 of 4 items failed, 1 written"), std::string::npos) << runs.errors;
}

TEST(Run, AnOutFolderThatCannotBeIsToldBeforeAnythingRuns) {
  Runs runs;
  runs.folder.write("file", "in the way");
  for (const char* out : {"file", "file/below"}) {
    runs.options.out = runs.folder.path(out);
    runs.options.state = runs.folder.path("state");
    EXPECT_EQ(runs.run({"bad", "bad2"}), kExitStopped);  // a node that ran would have said that it is bad
    EXPECT_NE(runs.errors.find("error[E602]: `" + runs.options.out + "` cannot be written: `" +
                               runs.folder.path("file") + "` is not a folder\n"),
              std::string::npos)
        << runs.errors;
    EXPECT_EQ(runs.errors.find("it is bad"), std::string::npos) << runs.errors;
  }
}

TEST(Run, FailedOnesAreThoseWhoseLastRunFailed) {
  Runs runs;
  const auto failed = [&] { return failed_before(runs.folder.path(".pixgraph"), "p.yaml"); };
  EXPECT_EQ(error_of(failed).substr(0, 5), "E626:");
  for (int i = 0; i < 8; ++i) {  // many within one second: the last one counts all the same
    runs.run({"bad"});
    runs.run({"a"});
    EXPECT_EQ(failed(), (std::set<std::string>{"bad"}));
  }
  EXPECT_EQ(runs.run({"x", "./x"}), kExitWrongRequest);  // refused: it says nothing of any item
  EXPECT_EQ(failed(), (std::set<std::string>{"bad"}));
}

TEST(SandboxProcess, StartsOrSaysWhyNot) {
  const std::string program = beside_program("pixgraph-sandbox");
  if (std::filesystem::exists(program)) {
    const SandboxProcess sandbox;
    EXPECT_TRUE(sandbox.base_url().starts_with("http://127.0.0.1:")) << sandbox.base_url();
  } else {
    EXPECT_EQ(error_of([] { SandboxProcess sandbox; }),
              "E801: the sandbox `" + program + "` cannot be started: No such file or directory");
  }
}

TEST(Run, WhoeverIsNotToldAllIsTold) {
  Runs runs;
  runs.options.events = "/dev/full";
  EXPECT_EQ(runs.run({"a", "b"}), kExitStopped);
  EXPECT_TRUE(real_disk().exists(runs.folder.path("out/b.txt")));  // it goes on
  EXPECT_NE(
      runs.errors.find("! `/dev/full` cannot be written: No space left on device; the run goes on, and its events "
                       "are in " +
                       runs.folder.path(".pixgraph/runs/")),
      std::string::npos)
      << runs.errors;
  EXPECT_NE(runs.errors.find("2 of 2 items written"), std::string::npos) << runs.errors;
}

TEST(Run, OutputsThatCouldBeNoFilesFailAlone) {
  Runs runs;
  std::filesystem::create_directories(runs.folder.path("out/a.txt"));
  ::mkfifo(runs.folder.path("out/b.txt").c_str(), 0600);
  runs.options.overwrite = true;
  EXPECT_EQ(runs.run({"a", "b", "c"}), kExitItemsFailed);
  EXPECT_EQ(runs.folder.read("out/c.txt"), "c\n");
  EXPECT_NE(runs.errors.find("is a folder, which no file takes the place of"), std::string::npos) << runs.errors;
}

}  // namespace
}  // namespace pixgraph
