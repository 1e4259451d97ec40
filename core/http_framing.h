// Framing of HTTP/1.1 answers: heads, and bodies whose end is checked.
//
// Own code instead of HTTPClientSession's streams, which end a truncated body like a whole one (Content-Length and
// chunked alike), and instead of HTTPResponse::read, which refuses a header value over 8 kB or more than 100 fields.
// Used by one thread at a time. Throws what http_errors.h says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http_connection.h"

namespace pixgraph {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

bool same_name(std::string_view a, std::string_view b);

struct AnswerHead {
  int status = 0;
  int minor_version = 1;
  HttpHeaders headers;

  /// First of that name; empty where there is none.
  std::string_view header(std::string_view name) const;
  /// Whether a header that is a list of words has this one ("Connection: close, foo").
  bool has_word(std::string_view name, std::string_view word) const;
  bool keeps_connection() const;
};

/// Takes one head out of what is buffered; nothing where it is not complete yet. Throws MalformedAnswer, also for a
/// head over 64 kB. REQUIRES: the buffer starts where a head starts.
std::optional<AnswerHead> take_head(HttpConnection& connection);

/// The head of the final answer: waits for it and skips 1xx. Throws ConnectionLost where the stream ends before it.
AnswerHead read_head(HttpConnection& connection, Clock::time_point deadline);

class BodyReader {
 public:
  /// `without_body`: the answer to HEAD. Throws MalformedAnswer, and BodyTooLarge where Content-Length says so already.
  BodyReader(HttpConnection& connection, const AnswerHead& head, bool without_body, std::uint64_t max_bytes);

  /// The next bytes, valid until the next call; empty at the end of a whole body. Throws BodyTruncated, BodyTooLarge,
  /// MalformedAnswer, DeadlinePassed.
  std::string_view next(Clock::time_point deadline);

  /// What Content-Length says.
  std::optional<std::uint64_t> length() const { return length_; }
  /// The whole body was read, and its end is not the end of the connection.
  bool framed_to_the_end() const { return done_ && kind_ != Kind::until_close; }

 private:
  enum class Kind { counted, chunked, until_close };
  std::string_view give(std::uint64_t at_most);
  bool fill(Clock::time_point deadline);
  /// A line of the chunked framing, without its end.
  std::string line(Clock::time_point deadline);
  /// Reads the framing up to the next chunk's bytes; false after the last chunk and the trailers.
  bool next_chunk(Clock::time_point deadline);

  HttpConnection& connection_;
  Kind kind_ = Kind::counted;
  std::optional<std::uint64_t> length_;
  std::uint64_t left_ = 0;  // of the body (counted) or of the chunk
  std::uint64_t received_ = 0;
  std::uint64_t max_bytes_;
  bool in_chunks_ = false;  // after the first chunk's size line
  bool done_ = false;
};

}  // namespace pixgraph
