#include "hash.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/random.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include <pixgraph/error.h>

namespace pixgraph {

static const EVP_MD* sha256_method() {
  // Fetched once: an unfetched method costs a look-up per digest.
  static const EVP_MD* method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return method;
}

static EVP_MD_CTX* context_of(void* context) {
  return static_cast<EVP_MD_CTX*>(context);
}

static std::string to_hex(const std::uint8_t* bytes, std::size_t count) {
  static const char digits[] = "0123456789abcdef";
  std::string text(count * 2, '0');
  for (std::size_t i = 0; i < count; ++i) {
    text[2 * i] = digits[bytes[i] >> 4];
    text[2 * i + 1] = digits[bytes[i] & 15];
  }
  return text;
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex2(context_of(context_), sha256_method(), nullptr);
}
Sha256::~Sha256() {
  EVP_MD_CTX_free(context_of(context_));
}
void Sha256::add(std::span<const std::uint8_t> bytes) {
  EVP_DigestUpdate(context_of(context_), bytes.data(), bytes.size());
}
void Sha256::add(std::string_view text) {
  EVP_DigestUpdate(context_of(context_), text.data(), text.size());
}
std::string Sha256::hex() {
  std::uint8_t digest[32];
  EVP_DigestFinal_ex(context_of(context_), digest, nullptr);
  return to_hex(digest, sizeof digest);
}

std::string sha256(std::span<const std::uint8_t> bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hex();
}

std::string sha256(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.hex();
}

std::string sha256_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw Error("E601", "`" + path + "` cannot be read: " + std::strerror(errno));
  Sha256 hash;
  std::vector<std::uint8_t> buffer(1 << 18);
  for (;;) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const std::string why = std::strerror(errno);
      ::close(fd);
      throw Error("E601", "`" + path + "` cannot be read: " + why);
    }
    if (count == 0) break;
    hash.add({buffer.data(), static_cast<std::size_t>(count)});
  }
  ::close(fd);
  return hash.hex();
}

std::string random_hex(int bytes) {
  std::uint8_t buffer[64];
  if (bytes > 64 || getrandom(buffer, bytes, 0) != bytes) throw Error("E990", "the system gives no random numbers");
  return to_hex(buffer, bytes);
}

}  // namespace pixgraph
