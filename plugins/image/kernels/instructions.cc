#include "kernels/instructions.h"

#include <atomic>

namespace pixgraph::image {

namespace {
std::atomic<bool> portable_only{false};
}

bool use_avx2() {
#if PIXGRAPH_HAS_AVX2
  return __builtin_cpu_supports("avx2") && !portable_only.load(std::memory_order_relaxed);
#else
  return false;
#endif
}

void use_portable_only(bool portable) {
  portable_only.store(portable, std::memory_order_relaxed);
}

}  // namespace pixgraph::image
