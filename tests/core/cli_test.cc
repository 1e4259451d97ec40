#include "cli.h"

#include <gtest/gtest.h>

#include "support/fake_call.h"

namespace pixgraph {
namespace {

std::string refusal(const std::vector<std::string>& words) {
  return test::error_of([&] { parse_arguments(words); });
}

TEST(Cli, WordsAndFlagsMayMix) {
  const Arguments got = parse_arguments({"run", "p.yaml", "--out", "there", "a.jpg", "--set", "a=1", "--set=b=2=3",
                                         "--sandbox", "--events", "-", "--", "--odd.jpg", "-"});
  EXPECT_EQ(got.command, "run");
  EXPECT_EQ(got.words, (std::vector<std::string>{"p.yaml", "a.jpg", "--odd.jpg", "-"}));
  EXPECT_EQ(got.value("--out"), "there");
  EXPECT_EQ(got.flags.at("--set"), (std::vector<std::string>{"a=1", "b=2=3"}));
  EXPECT_TRUE(got.has("--sandbox"));
  EXPECT_FALSE(got.has("--overwrite"));
  EXPECT_EQ(got.value("--events"), "-");
  EXPECT_EQ(got.value("--state", "otherwise"), "otherwise");
}

TEST(Cli, MistakesAreToldWithWhatWasMeant) {
  EXPECT_EQ(refusal({"rnu"}), "E802: unknown command `rnu` (did you mean `run`?)");
  EXPECT_EQ(refusal({"--hlep"}), "E803: unknown option `--hlep` of pixgraph (did you mean `--help`?)");
  EXPECT_EQ(refusal({"--sandbox", "run"}),
            "E803: unknown option `--sandbox` of pixgraph (a command comes first: pixgraph --help)");
  EXPECT_EQ(refusal({"nodes", "Fit"}),
            "E805: pixgraph nodes takes no words, and `Fit` is one (pixgraph describe NODE says everything about one)");
  EXPECT_EQ(refusal({"schema", "x"}), "E805: pixgraph schema takes no words, and `x` is one");
  EXPECT_EQ(refusal({"xyzzy"}), "E802: unknown command `xyzzy` (pixgraph --help lists the commands)");
  EXPECT_EQ(refusal({"run", "p.yaml", "--ouy", "x"}),
            "E803: unknown option `--ouy` of pixgraph run (did you mean `--out`?)");
  EXPECT_EQ(refusal({"run", "p.yaml", "--zzz=1"}),
            "E803: unknown option `--zzz` of pixgraph run (pixgraph run --help lists them)");
  EXPECT_EQ(refusal({"check", "p.yaml", "--out", "x"}),
            "E803: unknown option `--out` of pixgraph check (pixgraph check --help lists them)");
  EXPECT_EQ(refusal({"run", "p.yaml", "--out"}), "E804: `--out` needs a value: --out DIR");
  EXPECT_EQ(refusal({"run", "p.yaml", "--out", "--sandbox"}), "E804: `--out` needs a value: --out DIR");
  EXPECT_EQ(refusal({"run", "p.yaml", "--sandbox=yes"}), "E804: `--sandbox` takes no value");
  EXPECT_EQ(refusal({"run", "p.yaml", "--out", "a", "--out", "b"}), "E804: `--out` is given twice");
  EXPECT_EQ(refusal({"run"}), "E805: pixgraph run needs more: pixgraph run FILE [PHOTO|DIR|items.csv ...]");
  EXPECT_EQ(refusal({"run", "--help"}), "");
  EXPECT_EQ(refusal({"run", "-h"}), "");
}

TEST(Cli, HelpShowsEveryRowOfTheTables) {
  const std::string help = render_help();
  for (const Command& command : commands()) {
    EXPECT_NE(help.find(std::string("pixgraph ") + command.name + " "), std::string::npos) << command.name;
    EXPECT_NE(help.find(command.help), std::string::npos) << command.name;
  }
  const std::string run = render_command_help(commands()[0]);
  EXPECT_TRUE(run.starts_with("pixgraph run FILE [PHOTO|DIR|items.csv ...]\n  run a pipeline over photos\n\n"));
  EXPECT_NE(run.find("  --out DIR                  where outputs are written (default: out)\n"), std::string::npos);
  EXPECT_EQ(run.find("--json"), std::string::npos);  // another command's
}

int exit_of(const std::vector<std::string>& words, std::string* errors = nullptr) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int exit = run_command_line(words);
  testing::internal::GetCapturedStdout();
  const std::string text = testing::internal::GetCapturedStderr();
  if (errors) *errors = text;
  return exit;
}

TEST(Cli, ExitCodesOfRequestsThatAreWrong) {
  std::string errors;
  EXPECT_EQ(exit_of({}), 2);
  EXPECT_EQ(exit_of({"--help"}), 0);
  EXPECT_EQ(exit_of({"--version"}), 0);
  EXPECT_EQ(exit_of({"rnu"}, &errors), 2);
  EXPECT_EQ(errors, "error[E802]: unknown command `rnu`\n  = help: did you mean `run`?\n");
  EXPECT_EQ(exit_of({"run", "--help"}), 0);
  EXPECT_EQ(exit_of({"check", "/no/such/file.yaml"}, &errors), 2);
  EXPECT_TRUE(errors.starts_with("error[E601]: ")) << errors;
}

}  // namespace
}  // namespace pixgraph
