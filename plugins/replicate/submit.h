// The create call: the one request that costs money, made once, and what its outcome says about the money.
#pragma once

#include <pixgraph/remote.h>

#include "server.h"

namespace pixgraph::replicate {

/// One POST. Never throws for what the network or the server did; every doubt is Submitted::Kind::unknown.
///
/// created   2xx with a usable id
/// not_sent  the connection says that the request did not reach the server
/// throttled 429
/// rejected  any other 4xx but 408, and a redirect that was given instead of doing the work (301, 307, 308)
/// unknown   5xx, 408, other redirects, a connection that broke after sending, a 2xx without an id
Submitted submit_request(const Request& request, const Server& server, Host& host);

}  // namespace pixgraph::replicate
