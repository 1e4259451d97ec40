// The script of `pixgraph completion bash` in a real bash, as it is when the tab key is pressed. What the program
// answers is in tests/cases/golden/completion.case.
#include <gtest/gtest.h>

#include "cases/process.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

/// What COMPREPLY holds for these words, the last of which is being typed.
std::string completed(const test::TempFolder& folder, const std::string& words) {
  const std::string program = PIXGRAPH_PROGRAM;
  const std::string script = "set -u; PATH=" + program.substr(0, program.rfind('/')) +
                             ":$PATH; source <(pixgraph completion bash); complete -p pixgraph >/dev/null || exit 9; "
                             "pixgraph nodes >/dev/null; COMP_WORDS=(pixgraph " +
                             words +
                             "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _pixgraph pixgraph; "
                             "printf '%s\\n' \"${COMPREPLY[@]+\"${COMPREPLY[@]}\"}\"";
  const std::string scratch = folder.path(".scratch");
  std::filesystem::create_directories(scratch);
  cases::Process bash({"/bin/bash", "--norc", "-c", script}, folder.path(), cases::clean_environment(scratch), scratch,
                      "bash");
  const cases::Ended ended = bash.wait(std::chrono::seconds(60));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.err, "");
  return ended.out;
}

TEST(Completion, InBash) {
  test::TempFolder folder;
  folder.write("two words.yaml", "");
  folder.write("photos/a.jpg", "");
  folder.write("mug.yaml", "pixgraph: 1\nparams: {side: {type: integer, default: 8}}\nnodes: {small: {type: Fit}}\n");
  EXPECT_EQ(completed(folder, "che"), "check\n");
  EXPECT_EQ(completed(folder, "run mug.yaml --over"), "--overwrite\n");
  EXPECT_EQ(completed(folder, "describe Unp"), "Unpremultiply\n");
  EXPECT_EQ(completed(folder, "plan mug.yaml --until ''"), "small\n");
  EXPECT_EQ(completed(folder, "run mug.yaml --set ''"), "side=\n");
  EXPECT_EQ(completed(folder, "plan mug.yaml --until = s"), "small\n");
  EXPECT_EQ(completed(folder, "plan mug.yaml --until ="), "small\n");
  EXPECT_EQ(completed(folder, "run mug.yaml --out = p"), "photos\n");
  EXPECT_EQ(completed(folder, "check t"), "two words.yaml\n");
  EXPECT_EQ(completed(folder, "run mug.yaml --out p"), "photos\n");
  EXPECT_EQ(completed(folder, "nosuch ''"), "\n");
}

}  // namespace
}  // namespace pixgraph
