// Large blocks: the memory of large pictures, which is handed on from one picture to the next.
//
// Left to malloc, blocks of tens of megabytes end up in its arenas, where what is given back is kept or torn to pieces:
// the same batch was seen to peak between 240 and 430 MB. Taken from the system each time, their pages are cleared each
// time, a sixth of the time that a photo takes. So a few are kept, the oldest of them leave first, and a batch of
// photos of one size works in the same memory from its beginning to its end.
//
// Safe from many threads. Every plugin has its own, for it is all in this header.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace pixgraph {

class LargeBlocks {
 public:
  static constexpr std::size_t kPage = std::size_t{2} << 20;

  /// Keeps at most `most` bytes that nobody uses.
  explicit LargeBlocks(std::size_t most) : most_(most) {}
  ~LargeBlocks() {
    for (const Block& block : kept_) ::munmap(block.address, block.bytes);
  }
  LargeBlocks(const LargeBlocks&) = delete;
  LargeBlocks& operator=(const LargeBlocks&) = delete;

  struct Block {
    void* address = nullptr;  // at a multiple of kPage; null: there is no memory
    std::size_t bytes = 0;    // at least what was asked for
  };

  /// Uninitialised.
  Block take(std::size_t bytes) {
    bytes = (bytes + kPage - 1) / kPage * kPage;
    {
      std::lock_guard lock(mutex_);
      auto best = kept_.end();
      for (auto block = kept_.begin(); block != kept_.end(); ++block)
        if (block->bytes >= bytes && block->bytes <= bytes + bytes / 4 &&
            (best == kept_.end() || block->bytes < best->bytes))
          best = block;
      if (best != kept_.end()) {
        const Block found = *best;
        kept_.erase(best);
        kept_bytes_ -= found.bytes;
        return found;
      }
    }
    void* raw = ::mmap(nullptr, bytes + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED) return {};
    auto* first = static_cast<std::uint8_t*>(raw);
    const std::size_t before = (kPage - reinterpret_cast<std::uintptr_t>(raw) % kPage) % kPage;
    if (before > 0) ::munmap(first, before);
    if (before < kPage) ::munmap(first + before + bytes, kPage - before);
    // In pages of 4 kB the taking alone costs as much as resampling a photo.
    ::madvise(first + before, bytes, MADV_HUGEPAGE);
    return {first + before, bytes};
  }

  void give_back(Block block) {
    std::vector<Block> leaving;
    {
      std::lock_guard lock(mutex_);
      kept_.push_back(block);
      kept_bytes_ += block.bytes;
      for (; kept_bytes_ > most_; kept_.erase(kept_.begin())) {
        kept_bytes_ -= kept_.front().bytes;
        leaving.push_back(kept_.front());
      }
    }
    for (const Block& one : leaving) ::munmap(one.address, one.bytes);
  }

  std::size_t kept_bytes() const {
    std::lock_guard lock(mutex_);
    return kept_bytes_;
  }

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::vector<Block> kept_;  // the oldest first
  std::size_t kept_bytes_ = 0;
};

/// Those of the process, or of this plugin. Never destroyed: pictures may outlive everything else.
inline LargeBlocks& large_blocks() {
  static auto* blocks =
      new LargeBlocks((std::size_t{48} << 20) * std::clamp(std::thread::hardware_concurrency(), 1U, 64U));
  return *blocks;
}

}  // namespace pixgraph
