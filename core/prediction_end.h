// PredictionEnd: what the end of a prediction means for the ledger, for the items that wait for it, and for the bill.
//
// Pure functions.
#pragma once

#include <optional>
#include <string>

#include <pixgraph/remote.h>

#include "ledger.h"
#include "prices.h"

namespace pixgraph {

struct PredictionEnd {
  PurchaseState state = PurchaseState::succeeded;
  std::optional<Error> error;  // of its items; absent where it succeeded
};

/// `past_limit`: why our cancel was sent and whether that was taken, "" where none was; the snapshot may then be one
/// that still runs. Throws Error E991 for any other that has not ended.
PredictionEnd end_of(const std::string& id, const Snapshot& snapshot, const std::string& past_limit);

/// What it costs: nothing where it never ran, by the server's metrics where they say so, else all that was reserved,
/// for what is not known counts as spent. nullopt where there is no price.
std::optional<NanoUsd> cost_of(PurchaseState state, const Snapshot& snapshot, const Price* price,
                               std::optional<NanoUsd> reserved);

}  // namespace pixgraph
