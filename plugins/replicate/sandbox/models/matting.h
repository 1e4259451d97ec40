// From a rough subject mask to a cut-out: sharp soft-edged alpha at full size, and colours without the background's.
#pragma once

#include "../pixels.h"

namespace sandbox {

// `rough` is 0..1 at any size. The result has the picture's size and straight alpha; where alpha is 255 the colours are
// the picture's own, where it is 0 they are 0.
Picture cut_out(const Picture& picture, const Floats& rough);

}  // namespace sandbox
