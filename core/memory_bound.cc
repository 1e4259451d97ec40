#include "memory_bound.h"

#include <malloc.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <string>

namespace pixgraph {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

MemoryBound::MemoryBound(std::uint64_t most, int jobs, Measure measure)
    : most_(most), most_fresh_(std::max(2, jobs * 2)), measure_(std::move(measure)) {}

bool MemoryBound::admits(int running, int fresh) {
  if (most_ == 0) return true;
  const auto time = steady_clock::now();
  if (!base_ || time - measured_ >= milliseconds(2)) {
    now_ = measure_();
    measured_ = time;
  }
  if (!base_) base_ = now_;
  if (running == 0) return true;
  if (fresh >= most_fresh_) return false;
  if (const int working = running - fresh; working > 0) {
    const std::uint64_t each = (now_ - std::min(now_, *base_)) / static_cast<std::uint64_t>(working);
    // What one takes is seen best where many are at it; a single look may come when one has just let go.
    per_item_ = std::max(each, per_item_ - per_item_ / 64);
  }
  return now_ + per_item_ * static_cast<std::uint64_t>(fresh + 1) <= most_;
}

std::uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (!file) return 0;
  unsigned long long all = 0, resident = 0;
  const int read = std::fscanf(file, "%llu %llu", &all, &resident);
  std::fclose(file);
  return read == 2 ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

static std::uint64_t limit_in(const char* path) {
  std::ifstream file(path);
  std::uint64_t bytes = 0;
  return file >> bytes ? bytes : UINT64_MAX;  // "max" is no number
}

std::uint64_t default_memory() {
  struct sysinfo machine = {};
  std::uint64_t all = UINT64_MAX;
  if (::sysinfo(&machine) == 0) all = static_cast<std::uint64_t>(machine.totalram) * machine.mem_unit;
  all = std::min({all, limit_in("/sys/fs/cgroup/memory.max"), limit_in("/sys/fs/cgroup/memory/memory.limit_in_bytes")});
  return all == UINT64_MAX ? 0 : all / 2;
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number == 0 || end + 1 != text.data() + text.size()) return std::nullopt;
  const int shift = *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
  if (shift == 0 || number > (UINT64_MAX >> (shift + 1))) return std::nullopt;
  return number << shift;
}

}  // namespace pixgraph
