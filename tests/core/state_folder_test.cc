#include "state_folder.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/fake_call.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using test::error_of;
using test::TempFolder;

TEST(StateFolder, StandsBesideThePipelineOrWhereItIsAsked) {
  const TempFolder folder;
  RunOptions options;
  EXPECT_EQ(state_folder(folder.path("p.yaml"), options), folder.path(".pixgraph"));
  options.state = folder.path("deep/state");
  EXPECT_EQ(state_folder(folder.path("p.yaml"), options), folder.path("deep/state"));
  EXPECT_TRUE(std::filesystem::is_directory(folder.path("deep/state")));
}

TEST(StateFolder, OneThatCannotBeWrittenIsNotReplaced) {
  const TempFolder folder;
  RunOptions options;
  options.out = folder.path("out");
  const auto nowhere = [](const std::string&) { return false; };
  EXPECT_EQ(state_folder(folder.path("p.yaml"), options, nowhere), folder.path("out/.pixgraph"));  // there was none
  std::filesystem::create_directories(folder.path(".pixgraph"));
  EXPECT_EQ(error_of([&] { state_folder(folder.path("p.yaml"), options, nowhere); }),
            "E602: `" + folder.path(".pixgraph") +
                "`, which says what was bought, cannot be written (make it writable, or name another state directory "
                "with --state DIR: it knows nothing of what was bought, and would buy it again)");
}

}  // namespace
}  // namespace pixgraph
