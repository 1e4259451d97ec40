#include "cli.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sstream>

#include <pixgraph/error.h>

#include "commands.h"
#include "completion.h"
#include "diagnostics.h"
#include "run.h"
#include "sandbox_process.h"
#include "spell.h"
#include "terminal.h"
#include "unicode.h"

namespace pixgraph {

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {"run", "FILE [PHOTO|DIR|items.csv ...]", "run a pipeline over photos", 1, command_run},
      {"check", "FILE ...", "find mistakes in pipeline files, without running or asking anyone", 1, command_check},
      {"plan", "FILE [PHOTO|DIR|items.csv ...]", "say what would run, and why, without running it", 1, command_plan},
      {"explain", "FILE ITEM [NODE]|CODE", "say what an item was made from and what was tried, or what a code means", 1,
       command_explain},
      {"lock", "FILE", "ask the server what FILE's models take, and write it down in FILE.lock", 1, command_lock},
      {"ledger", "list|retry KEY|give-up KEY|adopt KEY ID", "show what was bought, and decide what only you can", 1,
       command_ledger},
      {"gc", "--dry-run|--keep 30d", "remove what no run in that time used; never what was paid for", 0, command_gc},
      {"report", "RUN [PAGE.html]", "write the report of a run anew; RUN is its id, or last", 1, command_report},
      {"graph", "FILE [PHOTO|DIR|items.csv ...]", "draw a pipeline; with --plan, and what would run in it", 1,
       command_graph},
      {"nodes", "", "list the node types", 0, command_nodes},
      {"describe", "NODE|OWNER/NAME", "say everything about a node type, or what a model takes", 1, command_describe},
      {"new", "NAME", "write a pipeline to start from: NAME.yaml", 1, command_new},
      {"schema", "", "print the JSON Schema of pipeline files, for editors", 0, command_schema},
      {"completion", "bash|zsh|fish", "print what makes a shell complete pixgraph's words", 1, command_completion},
      {"sandbox", "[--port N]", "serve stand-in models on this machine (pixgraph sandbox --help)", 0, nullptr},
  };
  return all;
}

const std::vector<Flag>& flags() {
  static const std::vector<Flag> all = {
      {"--out", "DIR", "where outputs are written (default: out)", "run plan explain graph"},
      {"--state", "DIR", "where pixgraph keeps its state (default: .pixgraph beside FILE)",
       "run plan check ledger explain gc report graph"},
      {"--set", "NAME=VALUE", "give a param of the pipeline a value", "run plan check lock explain graph", true},
      {"--sandbox", "", "use stand-in models on this machine instead of a server; costs nothing",
       "run plan lock ledger explain graph"},
      {"--max-cost", "USD", "buy nothing that could bring this run's cost above that", "run"},
      {"--overwrite", "", "replace output files that pixgraph did not write or that were changed since", "run"},
      {"--jobs", "N", "images worked on at once (default: the processors)", "run"},
      {"--memory", "SIZE", "how much memory to use: fewer items are worked on at once (default: half of it)", "run"},
      {"--max-pixels", "N", "the largest picture that is read, as 800M or 24000000 pixels (default: 500M)", "run"},
      {"--jobs-remote", "N", "predictions in flight at once (default: 32)", "run"},
      {"--rate", "N/min|unlimited", "predictions created per minute at most (default: 600/min)", "run"},
      {"--limit", "N", "only the first N items", "run plan"},
      {"--shard", "I/N", "only the items of part I of N, counted from 0: N runs share a batch", "run plan"},
      {"--until", "NODE", "go no further than that node: only what it needs, and outputs that need no more",
       "run plan"},
      {"--only", "failed",
       "only the items that failed in their last run, or that it did not get to; what may have cost part of its price "
       "is "
       "bought again",
       "run plan"},
      {"--rebuy", "NODE", "buy again what that node bought before this run", "run plan", true},
      {"--rebuy-before", "TIME", "with --rebuy: only what was bought before that time", "run plan"},
      {"--fresh", "", "make every output again; nothing is bought again (that is --rebuy)", "run plan"},
      {"--fail-fast", "", "start nothing new after the first failed item", "run"},
      {"--events", "FILE|-", "write what happens as JSON lines too", "run"},
      {"--progress", "auto|tty|plain|none", "how progress is shown: in place, as lines for a log, or not", "run"},
      {"--live", "", "show the run in a browser on this machine: its address is printed", "run"},
      {"--port", "N", "with --live: the port of that page (default: one that is free)", "run"},
      {"--quiet", "", "show failures and the end only; also -q", "run"},
      {"--exact", "", "look at the content of photos that are not known yet", "plan graph"},
      {"--exit-code", "", "exit with 4 where there is work to do", "plan"},
      {"--keep", "TIME", "keep what runs of that time used: 30d, 12h (default: 30d)", "gc"},
      {"--dry-run", "", "only say what would be removed", "gc"},
      {"--paid", "", "remove also what was bought and no run in that time used", "gc"},
      {"--plan", "", "mark what would run and be bought for these photos", "graph"},
      {"--format", "svg|dot|mermaid", "what the drawing is written as (default: svg)", "graph"},
      {"--markdown", "", "everything about all of them, as Markdown: docs/nodes.md", "nodes"},
      {"--json", "", "answer as JSON", "check plan explain nodes ledger"},
      {"--plugins", "DIR", "look for plugins there first",
       "run check plan explain lock nodes describe report graph schema", true},
      {"--color", "auto|always|never", "whether messages have colours (default: where a terminal shows them)",
       "run plan check explain lock ledger graph report gc describe nodes new schema completion"},
      {"--help", "", "show help",
       "run check plan explain lock ledger gc nodes describe report graph new schema completion"},
      {"--version", "", "show the version", ""},
  };
  return all;
}

std::string Arguments::value(const std::string& flag, const std::string& otherwise) const {
  const auto found = flags.find(flag);
  return found == flags.end() ? otherwise : found->second.back();
}

bool knows(const Flag& flag, const std::string& command) {
  std::istringstream known(flag.commands);
  for (std::string name; known >> name;)
    if (name == command) return true;
  return false;
}

const Command* find_command(const std::string& name) {
  for (const Command& command : commands())
    if (name == command.name) return &command;
  return nullptr;
}

Arguments parse_arguments(const std::vector<std::string>& words) {
  Arguments arguments;
  arguments.command = words.at(0);
  arguments.typed = words;
  const Command* command = find_command(arguments.command);
  if (!command) {
    if (arguments.command.starts_with("-"))
      throw Error("E803", "unknown option `" + arguments.command + "` of pixgraph",
                  suggestion(arguments.command, {"--help", "--version"}, "a command comes first: pixgraph --help"));
    std::vector<std::string> names;
    for (const Command& one : commands()) names.emplace_back(one.name);
    throw Error("E802", "unknown command `" + arguments.command + "`",
                suggestion(arguments.command, names, "pixgraph --help lists the commands"));
  }
  bool only_words = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (only_words || words[i].size() < 2 || words[i][0] != '-') {
      arguments.words.push_back(words[i]);
      continue;
    }
    if (words[i] == "--") {
      only_words = true;
      continue;
    }
    const std::size_t equals = words[i].find('=');
    const std::string name = words[i] == "-h" ? "--help" : words[i] == "-q" ? "--quiet" : words[i].substr(0, equals);
    const Flag* flag = nullptr;
    std::vector<std::string> names;
    for (const Flag& one : flags())
      if (knows(one, arguments.command)) {
        names.emplace_back(one.name);
        if (name == one.name) flag = &one;
      }
    if (!flag)
      throw Error("E803", "unknown option `" + name + "` of pixgraph " + arguments.command,
                  suggestion(name, names, "pixgraph " + arguments.command + " --help lists them"));
    std::string value;
    if (*flag->value) {
      if (equals != std::string::npos)
        value = words[i].substr(equals + 1);
      else if (i + 1 < words.size() && !words[i + 1].starts_with("--"))
        value = words[++i];
      else
        throw Error("E804", "`" + name + "` needs a value: " + name + " " + flag->value);
    } else if (equals != std::string::npos) {
      throw Error("E804", "`" + name + "` takes no value");
    }
    auto& values = arguments.flags[flag->name];
    if (!values.empty() && !flag->repeats) throw Error("E804", "`" + name + "` is given twice");
    values.push_back(value);
  }
  if (!arguments.has("--help") && static_cast<int>(arguments.words.size()) < command->least_words)
    throw Error("E805",
                "pixgraph " + arguments.command + " needs more: pixgraph " + arguments.command + " " + command->words);
  if (!arguments.has("--help") && !*command->words && !arguments.words.empty())
    throw Error("E805",
                "pixgraph " + arguments.command + " takes no words, and " + ticked(arguments.words[0]) + " is one",
                arguments.command == "nodes" ? "pixgraph describe NODE says everything about one" : "");
  return arguments;
}

std::string render_help() {
  std::string text = "pixgraph runs image pipelines that are written as a graph in a YAML file.\n\n";
  constexpr std::size_t kColumn = 36;
  for (const Command& command : commands()) {
    const std::string words = std::string(command.name) + (*command.words ? " " : "") + command.words;
    text += words.size() <= kColumn ? fmt::format("  pixgraph {:<{}} {}\n", words, kColumn, command.help)
                                    : fmt::format("  pixgraph {}\n{:{}}{}\n", words, "", kColumn + 12, command.help);
  }
  return text +
         "\npixgraph COMMAND --help says more. REPLICATE_API_TOKEN is the key to the models, REPLICATE_BASE_URL "
         "another server.\n";
}

std::string render_command_help(const Command& command) {
  std::string text =
      fmt::format("pixgraph {}{}{}\n  {}\n\n", command.name, *command.words ? " " : "", command.words, command.help);
  for (const Flag& flag : flags())
    if (knows(flag, command.name))
      text += fmt::format("  {:<26} {}\n", std::string(flag.name) + (*flag.value ? " " : "") + flag.value, flag.help);
  return text;
}

static ColourChoice colour_choice(const Arguments& arguments) {
  const std::string when = arguments.value("--color");
  if (when == "always") return ColourChoice::always;
  if (when == "never") return ColourChoice::never;
  if (when == "auto") return ColourChoice::automatic;
  throw Error("E804", "`--color " + when + "` is not known",
              suggestion(when, {"auto", "always", "never"}, "auto, always or never"));
}

/// As git does: `pixgraph NAME` runs the program pixgraph-NAME beside this one. Returns only where there is none.
static void run_beside(const std::vector<std::string>& words) {
  if (words[0].find('/') != std::string::npos) return;
  const std::string program = beside_program("pixgraph-" + words[0]);
  std::vector<char*> arguments = {const_cast<char*>(program.c_str())};
  for (std::size_t i = 1; i < words.size(); ++i) arguments.push_back(const_cast<char*>(words[i].c_str()));
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
}

int run_command_line(const std::vector<std::string>& words) {
  try {
    if (words.empty()) {
      std::fputs(
          "pixgraph runs image pipelines that are written as a graph in a YAML file. Try:\n\n"
          "  pixgraph run pipelines/cutout-inpaint.yaml photo.jpg --sandbox   with stand-in models, for free\n"
          "  pixgraph check FILE                                              find mistakes before they cost money\n"
          "  pixgraph --help                                                  all commands\n",
          stdout);
      return kExitWrongRequest;
    }
    if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
      const Command* about = words.size() > 1 ? find_command(words[1]) : nullptr;
      if (about && about->run) {
        std::fputs(render_command_help(*about).c_str(), stdout);
        return kExitDone;
      }
      std::fputs(render_help().c_str(), stdout);
      return kExitDone;
    }
    if (words[0] == "--version" || words[0] == "-V" || words[0] == "version") {
      std::fputs("pixgraph " PIXGRAPH_VERSION "\n", stdout);
      return kExitDone;
    }
    if (words[0] == "__complete") {  // asked by the scripts of `completion`
      std::fputs(completion_answer({words.begin() + 1, words.end()}).c_str(), stdout);
      return kExitDone;
    }
    const Command* command = find_command(words[0]);
    if (!command || !command->run) {
      run_beside(words);
      if (command) throw Error("E801", "the program pixgraph-" + words[0] + " is not beside this one");
    }
    const Arguments arguments = parse_arguments(words);
    if (arguments.has("--color")) choose_colour(colour_choice(arguments));
    if (arguments.has("--help")) {
      std::fputs(render_command_help(*command).c_str(), stdout);
      return kExitDone;
    }
    return command->run(arguments);
  } catch (const Mistakes& mistakes) {
    std::fputs(mistakes.text().c_str(), stderr);
    return kExitWrongRequest;
  } catch (const Error& error) {
    std::fputs(render_error(error, colour_on(2)).c_str(), stderr);
    if (error.stops_run()) return kExitStopped;
    return error.code().starts_with("E99") ? kExitBug : kExitWrongRequest;
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "error[E990]: something unexpected happened: %s\n", bug.what());
    return kExitBug;
  }
}

}  // namespace pixgraph
