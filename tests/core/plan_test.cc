#include "plan.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "run.h"
#include "support/fake_call.h"
#include "support/pipeline.h"

namespace pixgraph {
namespace {

using namespace test;
namespace fs = std::filesystem;

constexpr const char* kPipeline = R"(inputs: {photo: {type: file}}
params: {ending: {type: text, default: "!"}}
nodes:
  read: {type: Read, file: "${photo}"}
  loud: {type: Say, text: "${read}${ending}"}
outputs:
  plain: {value: "${read}", file: "${photo.stem}.txt"}
  loud: {value: "${loud}", file: "${photo.stem}-loud.txt"}
)";

/// One photo (a text file), its runs, and what a plan says afterwards.
struct Planning : Nodes {
  explicit Planning(std::string text = kPipeline, int say_version = 1) : pipeline(std::move(text)) {
    add(Spec("Read", "Reads a file").in("file", Type::file, "x").out("text", Type::text, "x"), [](Call& call) {
      std::ifstream in(call.value("file").file()->path);
      call.set("text", Value(std::string(std::istreambuf_iterator<char>(in), {})));
    });
    add(Spec("Say", "Says it").in("text", Type::text, "x").out("text", Type::text, "x").since(say_version),
        [](Call& call) { call.set("text", Value(call.text("text"))); });
    add(Spec("Split", "Splits it into letters").in("text", Type::text, "x").out("letters", list_of(Type::text), "x"),
        [](Call& call) {
          List letters;
          for (const char c : call.text("text")) letters.emplace_back(std::string(1, c));
          call.set("letters", Value(std::move(letters)));
        });
    add(Spec("Now", "Says what is so now").out("text", Type::text, "x"),
        [this](Call& call) { call.set("text", Value(now)); });
    write("a.txt", "hello");
  }
  void write(const std::string& name, const std::string& text) { std::ofstream(folder->path(name)) << text; }
  Graph graph() const {
    Graph made = graph_of(pipeline, registry);
    made.file = folder->path("p.yaml");
    return made;
  }
  void run() { EXPECT_EQ(run_all(), kExitDone) << errors; }
  int run_all() {
    const Graph made = graph();
    RunOptions options;
    options.out = folder->path("out");
    options.fresh = fresh;
    std::vector<std::string> paths;
    for (const std::string& photo : photos) paths.push_back(folder->path(photo));
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int exit = run_graph(made, registry, list_items(made, paths, {}), options);
    testing::internal::GetCapturedStdout();
    errors = testing::internal::GetCapturedStderr();
    return exit;
  }
  /// Why each output is made, parted by "; ": "" for one that is up to date.
  std::string plan(const PlanOptions& options = {}) {
    const Graph made = graph();
    Index index(folder->path(".pixgraph"));
    const Codecs codecs(registry);
    OutputWriter writer(real_disk(), index, codecs, folder->path("out"), false);
    const Planner planner(made, index, writer, options);
    const ItemTable table = list_items(made, {folder->path("a.txt")}, {});
    const FileHash hash_of = [&](const File& file) { return hashed ? index.hash_of(file.path) : std::string(); };
    refused.reset();
    const std::vector<OutputPlan> outputs = planner.look(table.items[0], codecs, hash_of, refused);
    std::string text = outputs[0].why;
    for (std::size_t i = 1; i < outputs.size(); ++i) text += "; " + outputs[i].why;
    OutputWriter again(real_disk(), index, codecs, folder->path("out"), false);
    whole = make_plan(made, table, Planner(made, index, again, options), codecs, hash_of);
    return text;
  }
  std::shared_ptr<TempFolder> folder = std::make_shared<TempFolder>();
  std::string pipeline;
  std::vector<std::string> photos = {"a.txt"};
  std::string now, errors;
  bool hashed = true, fresh = false;
  std::optional<Error> refused;
  Plan whole;
};

/// The same folder under another pipeline or with another version of a node type.
std::string after_change(Planning& before, const std::string& pipeline, int say_version = 1) {
  Planning now(pipeline, say_version);
  now.folder = before.folder;
  return now.plan();
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, text.npos);
  return text.replace(at, what.size(), by);
}

TEST(Plan, ANewItemThenNothingToDo) {
  Planning planning;
  EXPECT_EQ(planning.plan(), "new item; new item");
  EXPECT_FALSE(planning.whole.nothing_to_do);
  planning.run();
  EXPECT_EQ(planning.plan(), "; ");
  EXPECT_TRUE(planning.whole.nothing_to_do);
}

TEST(Plan, AnOutputThatIsMissingRunsOnlyItsNodes) {
  Planning planning;
  planning.run();
  fs::remove(planning.folder->path("out/a.txt"));
  EXPECT_EQ(planning.plan(), "output missing; ");
  ASSERT_EQ(planning.whole.works.size(), 1u);
  EXPECT_EQ(planning.whole.works[0].outputs, (std::vector<bool>{true, false}));
  EXPECT_EQ(planning.whole.works[0].nodes, (std::vector<bool>{true, false}));  // read, and not loud
}

TEST(Plan, AnOutputThatWasEditedIsRefused) {
  Planning planning;
  planning.run();
  planning.write("out/a.txt", "mine");
  EXPECT_EQ(planning.plan().substr(0, 20), "output changed since");
  ASSERT_TRUE(planning.refused);
  EXPECT_EQ(planning.refused->code(), "E614");
  EXPECT_EQ(planning.refused->message(), "`" + planning.folder->path("out/a.txt") +
                                             "` was not written by pixgraph or was changed since, and is not "
                                             "overwritten");
  EXPECT_EQ(planning.whole.refused.size(), 1u);
}

TEST(Plan, AFileThatWasTouchedIsAsItWas) {
  Planning planning;
  planning.run();
  for (const char* name : {"a.txt", "out/a.txt"})
    fs::last_write_time(planning.folder->path(name), fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_EQ(planning.plan(), "; ");
}

TEST(Plan, AnInputWithOtherContent) {
  Planning planning;
  planning.run();
  planning.write("a.txt", "goodbye");
  EXPECT_EQ(planning.plan(), "input `photo` changed; input `photo` changed");
  EXPECT_FALSE(planning.refused);
}

TEST(Plan, AnInputThatNobodyLookedAtYet) {
  Planning planning;
  planning.run();
  planning.hashed = false;
  EXPECT_EQ(planning.plan(), "not hashed yet; not hashed yet");
  EXPECT_EQ(planning.whole.unhashed, std::vector<std::size_t>{0});
}

TEST(Plan, AParameterChanged) {
  Planning planning;
  planning.run();
  EXPECT_EQ(after_change(planning, replaced(kPipeline, "default: \"!\"", "default: \"?\"")),
            "; parameter `text` of `loud` changed \"${read.text}!\" -> \"${read.text}?\"");
}

TEST(Plan, ANodeTypeHasANewVersion) {
  Planning planning;
  planning.run();
  EXPECT_EQ(after_change(planning, kPipeline, 2), "; node type `Say` has a new version");
}

TEST(Plan, SettingsOfAnOutputChanged) {
  Planning planning;
  planning.run();
  EXPECT_EQ(after_change(planning, replaced(kPipeline, "stem}.txt\"", "stem}.txt\", metadata: keep")),
            "`metadata` of the output changed \"strip-gps\" -> \"keep\"; ");
}

TEST(Plan, ForcedByTheCommandLine) {
  Planning planning;
  planning.run();
  EXPECT_EQ(planning.plan({.fresh = true, .forced = {}}), "forced by --fresh; forced by --fresh");
  EXPECT_EQ(planning.plan({.fresh = false, .forced = {"loud"}}), "; forced by --rebuy");
}

TEST(Plan, NamesThatFollowFromResults) {
  Planning planning(R"(inputs: {photo: {type: file}}
nodes:
  read: {type: Read, file: "${photo}"}
  letters: {type: Split, text: "${read}"}
outputs: {all: {value: "${letters}", file: "${photo.stem}-${index}.txt"}}
)");
  EXPECT_EQ(planning.plan(), "new, or made from other inputs before");
  planning.run();
  EXPECT_EQ(planning.plan(), "");
  fs::remove(planning.folder->path("out/a-3.txt"));
  EXPECT_EQ(planning.plan(), "output missing");
  planning.run();
  EXPECT_EQ(planning.plan(), "");
  planning.write("a.txt", "other");
  EXPECT_EQ(planning.plan(), "new, or made from other inputs before");
}

constexpr const char* kLetters = R"(inputs: {photo: {type: file}}
nodes:
  read: {type: Read, file: "${photo}"}
  letters: {type: Split, text: "${read}"}
outputs: {all: {value: "${letters}", file: "${photo.stem}-${index}.txt"}}
)";
constexpr const char* kNamedByResult = R"(inputs: {photo: {type: file}}
nodes:
  read: {type: Read, file: "${photo}"}
outputs: {all: {value: "${photo.stem}", file: "${read}.txt"}}
)";

TEST(Plan, ListsWithTheSameNamesAreRefusedBeforeAnythingRuns) {
  Planning planning(kLetters);
  planning.photos = {"a.txt", "sub/a.txt"};
  fs::create_directories(planning.folder->path("sub"));
  planning.write("sub/a.txt", "other");
  EXPECT_EQ(planning.run_all(), kExitWrongRequest);
  EXPECT_NE(planning.errors.find("error[E612]: `" + planning.folder->path("out/a-0.txt") +
                                 "` would be written twice: by `all` of a.txt and by `all` of " +
                                 planning.folder->path("sub/a.txt") + "\n"),
            std::string::npos)
      << planning.errors;
  EXPECT_FALSE(fs::exists(planning.folder->path("out")));
}

TEST(Plan, AnItemThatIsUpToDateKeepsItsFilesWhoeverWantsTheirNames) {
  Planning planning(kNamedByResult);
  planning.photos = {"a.txt", "b.txt"};
  planning.write("b.txt", "hello");
  EXPECT_EQ(planning.run_all(), kExitItemsFailed);
  std::ifstream in(planning.folder->path("out/hello.txt"));
  const std::string first(std::istreambuf_iterator<char>(in), {});
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(planning.run_all(), kExitItemsFailed);
    EXPECT_NE(planning.errors.find("hello.txt` would be written twice: by `all` of "), std::string::npos)
        << planning.errors;
    std::ifstream now(planning.folder->path("out/hello.txt"));
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(now), {}), first);
  }
}

TEST(Plan, AnEditedFileOfAListIsRefusedBeforeAnythingRuns) {
  Planning planning(kLetters);
  planning.run();
  planning.write("out/a-1.txt", "mine");
  planning.write("a.txt", "other");
  EXPECT_EQ(planning.plan(), "new, or made from other inputs before");
  ASSERT_TRUE(planning.refused);
  EXPECT_EQ(planning.refused->message(), "`" + planning.folder->path("out/a-1.txt") +
                                             "` was not written by pixgraph or was changed since, and is not "
                                             "overwritten");
}

TEST(Plan, AnEditedOutputKeepsNoOtherFromBeingBroughtBack) {
  Planning planning;
  planning.run();
  planning.write("out/a.txt", "mine");
  fs::remove(planning.folder->path("out/a-loud.txt"));
  EXPECT_EQ(planning.plan(), "output changed since; output missing");
  EXPECT_EQ(planning.whole.refused.size(), 1u);
  ASSERT_EQ(planning.whole.works.size(), 1u);
  EXPECT_EQ(planning.whole.works[0].outputs, (std::vector<bool>{false, true}));
  EXPECT_EQ(planning.run_all(), kExitItemsFailed);
  EXPECT_TRUE(fs::exists(planning.folder->path("out/a-loud.txt")));
  EXPECT_NE(planning.errors.find("was not written by pixgraph or was changed since"), std::string::npos)
      << planning.errors;
  EXPECT_EQ(planning.plan(), "output changed since; ");
}

TEST(Plan, WhatWasSkippedOnceAndWrittenSinceIsBroughtBack) {
  Planning planning(R"(inputs: {photo: {type: file}}
nodes:
  now: {type: Now}
  said: {type: Say, text: "${photo.stem}", when: "${now} == 'yes'"}
outputs: {all: {value: "${said}", file: "${photo.stem}.txt"}}
)");
  planning.now = "no";
  planning.run();
  EXPECT_EQ(planning.plan(), "");
  planning.now = "yes";
  planning.fresh = true;
  planning.run();
  ASSERT_TRUE(fs::exists(planning.folder->path("out/a.txt")));
  EXPECT_EQ(planning.plan(), "");
  fs::remove(planning.folder->path("out/a.txt"));
  EXPECT_EQ(planning.plan(), "output missing");
}

TEST(Plan, OfManyNodesIsMadeSoon) {
  std::string text = "inputs: {photo: {type: file}}\nnodes:\n  n0: {type: Say, text: \"${photo.stem}\"}\n";
  constexpr int kNodes = 8000;
  for (int i = 1; i < kNodes; ++i)
    text += "  n" + std::to_string(i) + ": {type: Say, text: \"${n" + std::to_string(i - 1) + "}\"}\n";
  text += "outputs: {all: {value: \"${n" + std::to_string(kNodes - 1) + "}\", file: \"${photo.stem}.txt\"}}\n";
  Planning planning(text);
  const Graph graph = planning.graph();
  const auto start = std::chrono::steady_clock::now();
  output_recipes(graph, [](const File&) { return std::string("hash"); });
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(Plan, TheIndexIsNoTextThatSaysSo) {
  const std::string text = std::string(kLetters) + "params: {p: {type: text, default: index}}\n";
  Planning planning(replaced(text, "${photo.stem}-${index}", "${photo.stem}-${p}-${index}"));
  planning.run();
  EXPECT_EQ(planning.plan(), "");
  EXPECT_NE(after_change(planning, replaced(text, "${photo.stem}-${index}", "${photo.stem}-${index}-${p}")), "");
}

}  // namespace
}  // namespace pixgraph
