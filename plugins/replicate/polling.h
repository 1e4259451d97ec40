// Questions about predictions that exist: their state, their list, their end. All of them may be repeated.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <pixgraph/remote.h>

#include "server.h"

namespace pixgraph::replicate {

/// GET {base}/predictions/{id}. 404 and 410 are RemoteStatus::lost. Throws HttpError, Throttled, E419 (ask again), E431
/// and E432 (stop the run).
Snapshot poll_prediction(const Server& server, const std::string& id, Host& host);

/// One page of GET {base}/predictions, newest first, down to `since`. nullopt where the server has no list that this
/// token may read. The cursor is the query of the answer's `next`: where that points to is not where the token may go.
std::optional<ListPage> list_predictions(const Server& server, std::chrono::system_clock::time_point since,
                                         const std::string& cursor, Host& host);

/// POST {base}/predictions/{id}/cancel. A server without that route, or a prediction that has ended, is no error.
bool cancel_prediction(const Server& server, const std::string& id, Host& host);

}  // namespace pixgraph::replicate
