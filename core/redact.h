// Redactor: takes secrets out of text by their value, at the places where text leaves the program.
//
// Safe from many threads; costs one atomic read where no secret is known.
#pragma once

#include <atomic>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

namespace pixgraph {

class Redactor {
 public:
  /// From now on `secret` is replaced, also where it is percent-encoded, escaped for JSON, or inside base64
  /// ("user:secret" of Basic authorization). Values under 8 bytes are not taken: they would be found everywhere. False
  /// for those.
  bool add(std::string_view secret);

  /// Every word in the values of `Name: value` pairs, parted by `;` or written one per line.
  void add_headers(std::string_view text);

  /// Every known secret becomes "[secret]".
  std::string clean(std::string text) const;

  static constexpr std::size_t kShortest = 8;

 private:
  std::atomic<bool> any_{false};
  mutable std::shared_mutex mutex_;
  std::vector<std::string> forms_;  // longest first, so that no form is broken up by a part of it
};

/// Those of the environment that a run may use: REPLICATE_API_TOKEN and REPLICATE_EXTRA_HEADERS.
void add_secrets(Redactor& redactor);

}  // namespace pixgraph
