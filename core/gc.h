// Gc: removes from a state directory what no run of the last days used. What a ledger entry names was paid for and is
// never removed, unless that is asked for by name.
//
// A file of the store counts as used where it was written, or a run that is kept names it, within that time. The newest
// run always stays: `--only failed` reads it. REQUIRES: no other process works with the directory, which collect()
// makes sure of as it begins.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace pixgraph {

struct GcOptions {
  std::chrono::hours keep{24 * 30};
  bool dry_run = false;  // only says what would be removed
  bool paid = false;     // also what ledger entries name that are older than `keep`
};

struct GcReport {
  struct Kind {
    int count = 0;
    std::uint64_t bytes = 0;
  };
  Kind store, runs, leftovers;  // removed, or to be
  Kind paid;                    // old, and kept because a ledger entry names it
};

/// Throws Error E631 (stops the run) where another process works with `state`.
GcReport collect(const std::string& state, const GcOptions& options);

/// "removed 3 files of the store (1.2 MB), ...": one line a kind.
std::string render_gc(const GcReport& report, const GcOptions& options);

}  // namespace pixgraph
