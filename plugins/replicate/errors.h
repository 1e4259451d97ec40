// What a server's refusal means, in words: what happened and what to do about it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <pixgraph/error.h>
#include <pixgraph/http.h>
#include <pixgraph/remote.h>

#include "server.h"

namespace pixgraph::replicate {

/// The reason that an error answer gives, as one clean line: problem+json (title, detail), Cog's list of details, error
/// as text, list or object, plain text, or what an HTML page says. Without the token; at most 300 bytes; may be empty.
std::string reason_of(const HttpResponse& response, const Server& server);
/// The same for a JSON value (the `error` of a prediction).
std::string reason_of(const nlohmann::json& value);

/// How long a 429 asks to wait: the longest of Retry-After (seconds or a date), `retry_after` and "resets in ~Ns".
/// 0 where it does not say.
std::chrono::milliseconds wait_of(const HttpResponse& response);

/// What was asked for, for the hints.
struct Asked {
  std::string model;  // for messages
  /// `name`: as a version, but by owner/name alone.
  enum class Way { version, name, path, deployment, prediction, file } way = Way::prediction;
};

/// For a 4xx: E431 token (stops the run), E432 payment (stops the run), E433 forbidden, E434 unknown, E435 too large,
/// E436 version refused, E437 input or anything else refused.
Error refusal(const HttpResponse& response, const Server& server, const Asked& asked);

/// For calls other than a create: throws Throttled for 429, the refusal for 401 and 402, and Error E419 for every other
/// status than 2xx. What it throws may be repeated unless it stops the run.
void check_answer(const HttpResponse& response, const Server& server, const Asked& asked);

}  // namespace pixgraph::replicate
