// What the lower half of the http room throws; http.cc turns it into HttpError with the URL and what was sent.
#pragma once

#include <string>

namespace pixgraph {

/// The deadline of the whole call is over.
struct DeadlinePassed {};

/// The connection is gone. `why` is a few words, such as "connection reset by peer".
struct ConnectionLost {
  std::string why;
};

/// The peer's bytes are not HTTP. `why` is a few words.
struct MalformedAnswer {
  std::string why;
};

/// The body is larger than the caller takes.
struct BodyTooLarge {};

/// The body ended early. `expected` is 0 where the length was not announced (chunked).
struct BodyTruncated {
  unsigned long long received, expected;
};

}  // namespace pixgraph
