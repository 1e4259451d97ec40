// The command line of pixgraph-sandbox: one table of options makes parser and help. Durations are simulated seconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

struct Rate {
  double per_second = 0;  // 0 = unlimited
  double burst = 0;       // 0 = six seconds' worth, at least 1
};

struct Options {
  int port = 0;                   // 0 = a free one
  std::optional<double> latency;  // run time of every prediction; absent = each model's own
  double queue = 0;               // time in `starting`
  double time_scale = 1;
  double links_live = 3600;
  Rate creates;
  Rate other;
  std::vector<std::string> faults;
  std::uint64_t fault_seed = 1;
  bool until_stdin_closes = false;
  bool help = false;
  bool version = false;
};

// Throws std::invalid_argument with a sentence for the user.
Options parse_options(const std::vector<std::string>& arguments);
std::string help_text();

}  // namespace sandbox
