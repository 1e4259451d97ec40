// Small text and digest helpers: identifiers, base64, percent encoding, hashes. Pure functions; safe on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sandbox {

// A fresh random identifier of the shape that Replicate uses: 26 lower-case base32-like characters.
std::string new_id();

std::string sha256_hex(std::string_view bytes);
std::string hmac_sha256_base64(std::string_view key, std::string_view text);

// A 64-bit hash that is the same on every run and machine (stand-in pictures depend on it).
std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);
// One step of splitmix64: turns a counter into well mixed bits.
std::uint64_t mix64(std::uint64_t value);
// mix64 as a number in [0, 1).
double unit(std::uint64_t value);

// Unknown characters end the decoding: nullopt. White space is skipped, padding may be missing.
std::optional<std::string> base64_decode(std::string_view text);
std::string percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);

// The content of a data: URI (base64 or percent form); nullopt when it is not one.
std::optional<std::string> decode_data_uri(std::string_view uri);

// The media type that the first bytes tell; application/octet-stream when they tell none.
std::string media_type_of(std::string_view bytes);

bool starts_with_no_case(std::string_view text, std::string_view prefix);
std::string lower(std::string_view text);

}  // namespace sandbox
