// Gc: removes from a state directory what no run of the last days used. What a ledger entry names was paid for and is
// never removed, unless that is asked for by name.
//
// A file of the store counts as used where it was written, or a run that is kept names it, within that time. Kept with
// the runs of that time are those that wrote the outputs which are still there: a run that finds them up to date uses
// them and what they were made of, and has nothing to say of it. The newest run always stays: `--only failed` reads it.
// REQUIRES: no other process works with the directory, which collect() makes sure of; none begins to until it is done.
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
  Kind store, runs, thumbnails, leftovers;  // removed, or to be
  Kind paid;                                // old, and kept because a ledger entry names it
};

/// Throws Error E631 (stops the run) where another process works with `state`.
GcReport collect(const std::string& state, const GcOptions& options);

/// For one who begins to work with `state` and has locked what tells so: throws Error E631 (stops the run) where
/// collect() is at work.
void refuse_while_collected(const std::string& state);

/// "removed 3 files of the store (1.2 MB), ...": one line a kind.
std::string render_gc(const GcReport& report, const GcOptions& options);

}  // namespace pixgraph
