// Command line: one table of commands and one of flags. The parser, --help and completion are made from them; adding
// a flag is a row.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pixgraph {

struct Flag {
  const char* name;      // "--out"
  const char* value;     // "DIR"; empty: takes none
  const char* help;      // one line
  const char* commands;  // the commands that know it, separated by spaces
  bool repeats = false;
};

/// What was typed, checked against the tables.
struct Arguments {
  std::string command;
  std::vector<std::string> typed;                         // all of it, as it was typed
  std::vector<std::string> words;                         // everything that is no flag
  std::map<std::string, std::vector<std::string>> flags;  // by name, with the values in order ("" for switches)
  bool has(const std::string& flag) const { return flags.contains(flag); }
  std::string value(const std::string& flag, const std::string& otherwise = {}) const;
};

struct Command {
  const char* name;
  const char* words;  // "FILE [PHOTO|DIR ...]"
  const char* help;   // one line
  int least_words;
  int (*run)(const Arguments&);
};

const std::vector<Command>& commands();
const std::vector<Flag>& flags();

/// Throws Error E80x (exit 2): an unknown command or flag, a flag without its value, missing words; with did-you-mean.
Arguments parse_arguments(const std::vector<std::string>& words);

bool knows(const Flag& flag, const std::string& command);
/// null where there is none.
const Command* find_command(const std::string& name);

std::string render_help();
std::string render_command_help(const Command& command);

/// The whole program: parses, runs, shows errors; returns the exit code.
int run_command_line(const std::vector<std::string>& words);

}  // namespace pixgraph
