// Finds the subject of a photo without any learned model: the background is what the picture's border looks like, the
// subject is what differs from it, is in focus, and lies near the middle. Pure; safe on any thread.
#pragma once

#include "../pixels.h"

namespace sandbox {

// How much each pixel belongs to the subject, 0..1, at a reduced size (longer side at most 288).
Floats find_subject(const Picture& picture);

}  // namespace sandbox
