// Pictures out of nothing but a prompt and a seed: a landscape, a sea, a night, a table before a wall, or shapes.
// Clearly synthetic on purpose. Words of the prompt choose the kind and the colours; its hash decides the rest. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "../pixels.h"

namespace sandbox {

enum class SceneKind { hills, sea, night, table, shapes };

// What the prompt's words ask for; nullopt-like fall-back is decided by the hash, or `otherwise` where that is given.
SceneKind scene_kind(const std::string& prompt);
SceneKind scene_kind(const std::string& prompt, SceneKind otherwise);

// Opaque colours 0..255.
Floats paint_scene(SceneKind kind, const std::string& prompt, std::uint64_t seed, int width, int height);

}  // namespace sandbox
