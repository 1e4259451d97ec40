#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "cases/process.h"
#include "cli.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

namespace fs = std::filesystem;

const std::string kTop = PIXGRAPH_TOP;

cases::Ended run(const std::vector<std::string>& words, const std::string& folder) {
  std::vector<std::string> all = {PIXGRAPH_PROGRAM};
  all.insert(all.end(), words.begin(), words.end());
  const std::string scratch = folder + "/.scratch";
  fs::create_directories(scratch);
  cases::Process process(all, folder, cases::clean_environment(scratch), scratch, "program");
  return process.wait(std::chrono::seconds(60));
}

std::string page(const std::string& name) {
  return cases::read_file(kTop + "/" + name);
}

/// The rows of the manual's table that begins with `header`, without header and rule; cells without their blanks.
std::vector<std::vector<std::string>> table(const std::string& header) {
  std::istringstream lines(page("docs/manual.md"));
  std::vector<std::vector<std::string>> rows;
  bool within = false;
  for (std::string line; std::getline(lines, line);) {
    if (line == header) {
      within = true;
      std::getline(lines, line);
      continue;
    }
    if (within && !line.starts_with('|')) break;
    if (!within) continue;
    std::vector<std::string> cells;
    std::istringstream cell_text(line.substr(1));
    for (std::string cell; std::getline(cell_text, cell, '|');)
      cells.push_back(std::regex_replace(cell, std::regex("^ +| +$"), ""));
    rows.push_back(std::move(cells));
  }
  return rows;
}

std::vector<std::string> all_of(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) found.push_back((*at)[1]);
  return found;
}

std::set<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> words;
  for (std::string word; in >> word;) words.insert(word);
  return words;
}

TEST(Docs, GeneratedPagesAreFresh) {
  test::TempFolder folder;
  for (const auto& [file, words] : std::map<std::string, std::vector<std::string>>{
           {"docs/nodes.md", {"nodes", "--markdown"}}, {"docs/pipeline.schema.json", {"schema"}}}) {
    const cases::Ended ended = run(words, folder.path());
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_TRUE(page(file) == ended.out) << file << " is stale: ./dev docs writes it";
  }
}

/// Made anew they look the same; not to the bit, for processors may round otherwise.
TEST(Docs, PicturesOfNodesAreFresh) {
  test::TempFolder folder;
  const cases::Ended made = run({"run", kTop + "/docs/nodes.yaml", kTop + "/docs/nodes.csv", "--sandbox", "--out",
                                 folder.path("new"), "--state", folder.path("state"), "--progress", "none"},
                                folder.path());
  ASSERT_EQ(made.code, 0) << made.err;
  std::set<std::string> wanted, there;
  for (const std::string& link : all_of(page("docs/nodes.md"), R"(\(nodes/([A-Za-z]+\.(?:webp|json))\))"))
    wanted.insert(link);
  for (const auto& file : fs::directory_iterator(kTop + "/docs/nodes")) there.insert(file.path().filename().string());
  EXPECT_EQ(wanted, there);
  EXPECT_GT(wanted.size(), 40u);
  std::string pairs = "id,old,new\n";
  for (const std::string& name : wanted) {
    ASSERT_TRUE(fs::exists(folder.path("new/nodes/" + name))) << name << " is not made by docs/nodes.yaml";
    if (name.ends_with(".webp"))
      pairs += name + "," + kTop + "/docs/nodes/" + name + "," + folder.path("new/nodes/" + name) + "\n";
  }
  cases::write_file(folder.path("pairs.csv"), pairs);
  cases::write_file(folder.path("compare.yaml"),
                    "pixgraph: 1\ninputs: {id: {type: text}, old: {type: image}, new: {type: image}}\n"
                    "nodes: {difference: {type: Compare, image: \"${new}\", reference: \"${old}\"}}\n"
                    "outputs: {psnr: {value: \"${difference.psnr}\", file: \"${id}.txt\"}}\n");
  const cases::Ended compared =
      run({"run", "compare.yaml", "pairs.csv", "--out", "psnr", "--progress", "none"}, folder.path());
  ASSERT_EQ(compared.code, 0) << compared.err;
  for (const auto& file : fs::directory_iterator(folder.path("psnr")))
    EXPECT_GT(std::stod(cases::read_file(file.path().string())), 38)
        << file.path().filename() << " is stale: ./dev docs writes it";
  const auto old_figures = nlohmann::json::parse(page("docs/nodes/Stats.json")),
             figures = nlohmann::json::parse(cases::read_file(folder.path("new/nodes/Stats.json")));
  EXPECT_NEAR(figures["mean"].get<double>(), old_figures["mean"].get<double>(), 0.002);
  EXPECT_NEAR(figures["coverage"].get<double>(), old_figures["coverage"].get<double>(), 0.002);
}

TEST(Docs, TheManualHasEveryCommandAndNoOther) {
  std::set<std::string> said, known;
  for (const auto& row : table("| command | |"))
    for (const std::string& name : all_of(row.at(0), "`pixgraph ([a-z]+)")) said.insert(name);
  for (const Command& command : commands()) known.insert(command.name);
  EXPECT_EQ(said, known);
}

TEST(Docs, TheManualHasEveryFlagOfEveryCommandAndNoOther) {
  std::map<std::string, std::set<std::string>> said, known;
  for (const auto& row : table("| flag | of | |"))
    for (const std::string& name : all_of(row.at(0), "`(--[a-z-]+)")) said[name] = words_of(row.at(1));
  for (const Flag& flag : flags()) known[flag.name] = words_of(flag.commands);
  // Of every command; they stand among the commands.
  known.erase("--help");
  known.erase("--version");
  EXPECT_EQ(said, known);
}

TEST(Docs, EveryCommandHasHelp) {
  std::set<std::string> helped;
  for (const Flag& flag : flags())
    if (std::string(flag.name) == "--help") helped = words_of(flag.commands);
  for (const Command& command : commands()) {
    if (command.run) {
      EXPECT_TRUE(helped.contains(command.name)) << command.name;
    }
  }
}

/// What the manual shows of a pipeline, with the rest of one around it.
std::string whole_pipeline(const std::string& block) {
  if (block.find("\npixgraph: 1") != std::string::npos || block.starts_with("pixgraph: 1")) return block;
  std::string text = "pixgraph: 1\ninputs:\n  photo: {type: image}\n";
  if (!block.starts_with("nodes:")) {  // prices, as they stand in their own file
    text += "prices:\n";
    std::istringstream lines(block);
    for (std::string line; std::getline(lines, line);) text += "  " + line + "\n";
    return text + "outputs:\n  result: {value: \"${photo}\", file: \"${photo.stem}.jpg\"}\n";
  }
  text += block;
  if (block.find("\noutputs:") == std::string::npos)
    text += "outputs:\n  result: {value: \"${" + all_of(block, "\n  ([a-z]+):").at(0) +
            "}\", file: \"${photo.stem}.jpg\"}\n";
  return text;
}

TEST(Docs, EveryExampleRuns) {
  test::TempFolder folder;
  fs::copy_file(kTop + "/pipelines/photos/mug.jpg", folder.path() + "/mug.jpg");
  cases::write_file(folder.path() + "/thumb.yaml",
                    "pixgraph: 1\ninputs: {photo: image}\nparams: {side: {type: integer, default: 64}}\n"
                    "nodes: {small: {type: Fit, image: \"${photo}\", width: \"${side}\", height: \"${side}\"}}\n"
                    "outputs: {result: {value: \"${small}\", file: \"${photo.stem}.jpg\"}}\n");
  int examples = 0;
  // nodes.md is made of the Specs' examples, each of which tests/house binds.
  for (const std::string name : {"README.md", "docs/manual.md", "docs/plugins.md"})
    for (const std::string& block : all_of(page(name), "```yaml\n([\\s\\S]*?)```")) {
      const std::string text = whole_pipeline(block), number = std::to_string(++examples);
      SCOPED_TRACE(name + "\n" + text);
      cases::write_file(folder.path() + "/" + number + ".yaml", text);
      const cases::Ended checked = run({"check", number + ".yaml"}, folder.path());
      EXPECT_EQ(checked.code, 0) << checked.err;
      EXPECT_EQ(checked.out, number + ".yaml: all is well\n");
      const cases::Ended ended =
          run({"run", number + ".yaml", "mug.jpg", "--sandbox", "--out", "out" + number}, folder.path());
      EXPECT_EQ(ended.code, 0) << ended.err;
    }
  EXPECT_GE(examples, 6);
}

}  // namespace
}  // namespace pixgraph
