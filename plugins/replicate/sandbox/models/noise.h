// Smooth random fields that are the same on every machine. Pure.
#pragma once

#include <cstdint>

namespace sandbox {

// Value noise, 0..1, one lump per unit.
float noise(float x, float y, std::uint64_t seed);
// Several octaves of it, 0..1.
float layered_noise(float x, float y, int octaves, std::uint64_t seed);

}  // namespace sandbox
