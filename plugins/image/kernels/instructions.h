// instructions: which variant of a kernel runs. Every kernel has a portable variant, and some a faster one for AVX2;
// both give the same bits, so the choice never enters a result (tests/plugins/image/kernels_test.cc).
//
// Two ways to have both, seen in the kernels: one always_inline body compiled twice (PIXGRAPH_TARGET_AVX2 lets the
// compiler use wider registers; it never fuses multiply and add, which would change floats), or intrinsics.
#pragma once

namespace pixgraph::image {

#if defined(__x86_64__)
#define PIXGRAPH_HAS_AVX2 1
#define PIXGRAPH_TARGET_AVX2 __attribute__((target("avx2")))
#else
#define PIXGRAPH_HAS_AVX2 0
#define PIXGRAPH_TARGET_AVX2
#endif
#define PIXGRAPH_BODY [[gnu::always_inline]] static inline

/// True where the processor has AVX2 and the portable variant was not asked for. Safe from many threads.
bool use_avx2();

/// For tests: only portable variants from now on, in the whole process, or the choice by processor again.
void use_portable_only(bool portable);

}  // namespace pixgraph::image
