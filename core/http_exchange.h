// One request on one connection: how the connection is made, and how the request is written and its answer begins.
//
// Free functions for the thread that makes the call.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include <pixgraph/http.h>

#include "http.h"
#include "http_connection.h"
#include "http_framing.h"
#include "http_url.h"

namespace pixgraph {

/// A proxy resolves the name itself, so only what is known here can be refused: literals, and under public_only names
/// that resolve here. Throws HttpError E207, DeadlinePassed.
void check_reach_behind_proxy(const Url& url, Reach reach, const Resolver& resolver, Clock::time_point deadline);

/// A new connection for `url`, through the proxy where one is given, with TLS done for https. Throws HttpError E201,
/// E202, E203, E207 (all Sent::no), DeadlinePassed.
std::unique_ptr<HttpConnection> connect(const Url& url, const std::optional<Url>& proxy, const HttpRequest& request,
                                        Reach reach, const HttpOptions& options, TlsClient& tls,
                                        Clock::time_point deadline);

/// The head of the request for this hop of a call. `first` is the origin of the URL that was asked for: headers that
/// may be keys go to it alone. Throws HttpError E208 for a header that cannot be sent.
std::string request_head(const HttpRequest& request, const Url& url, const std::string& first,
                         const std::optional<Url>& proxy, const HttpOptions& options);

/// Writes the request and reads the head of the final answer. An answer that comes while the body is still being sent
/// ("413") ends the sending. `written` counts what went out, also where this throws what http_errors.h says.
AnswerHead talk(HttpConnection& connection, std::string_view head, std::string_view body, Clock::time_point deadline,
                std::uint64_t& written);

}  // namespace pixgraph
