// MemoryBound: how many items may be under way, from the memory that those before them were seen to take.
//
// An item holds its pictures while a model works on one of them, so the number of items decides how much is held. What
// it takes is known when it has worked for a while, not when it begins; so few begin at once, and the others wait until
// those show what they take.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace pixgraph {

/// Used under the Scheduler's lock.
class MemoryBound {
 public:
  /// The bytes that are held now. Called at most every few milliseconds.
  using Measure = std::function<std::uint64_t()>;

  /// `most` bytes, 0: without bound. `jobs`: how many items are worked on at once.
  MemoryBound(std::uint64_t most, int jobs, Measure measure);

  /// Whether one more may begin beside `running`, of which `fresh` have not done anything yet. One alone always may.
  bool admits(int running, int fresh);

 private:
  const std::uint64_t most_;
  const int most_fresh_;
  const Measure measure_;
  std::optional<std::uint64_t> base_;  // before any item
  std::uint64_t now_ = 0, per_item_ = 0;
  std::chrono::steady_clock::time_point measured_{};
};

/// What the process holds. Gives what malloc keeps for itself back to the system first, where that is asked for.
std::uint64_t resident_bytes();

/// Half of what the machine, or the cgroup that this process is in, has.
std::uint64_t default_memory();

/// "512M", "4G": of 1024; nullopt for anything else.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

}  // namespace pixgraph
