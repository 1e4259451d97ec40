// SHA-256 through OpenSSL's EVP (which uses the processor's SHA instructions), as 64 hex digits.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace pixgraph {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::span<const std::uint8_t> bytes);
  void add(std::string_view text);
  /// The digest of all that was added. Call it once.
  std::string hex();

 private:
  void* context_;
};

std::string sha256(std::span<const std::uint8_t> bytes);
std::string sha256(std::string_view text);
/// Of a file's content; throws Error E601 where it cannot be read.
std::string sha256_file(const std::string& path);

/// Random hex digits from the kernel, for names that must not meet: two per byte.
std::string random_hex(int bytes);

}  // namespace pixgraph
