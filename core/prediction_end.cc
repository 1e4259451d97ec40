#include "prediction_end.h"

namespace pixgraph {

PredictionEnd end_of(const std::string& id, const Snapshot& snapshot, const std::string& past_limit) {
  const std::string prediction = "prediction " + id;
  if (!past_limit.empty() && (!terminal(snapshot.status) || snapshot.status == RemoteStatus::canceled))
    return {
        PurchaseState::timed_out,
        Error("E413", prediction + " " + past_limit,
              "raise `timeout:` of the node and run again: if it ends after all it is fetched, and not bought again")};
  if (!past_limit.empty() && snapshot.status == RemoteStatus::aborted)
    return {PurchaseState::aborted,
            Error("E413", prediction + " " + past_limit + "; it had not begun and was not charged", "run again")};
  switch (snapshot.status) {
    case RemoteStatus::starting:
    case RemoteStatus::processing: break;
    case RemoteStatus::succeeded: return {PurchaseState::succeeded, {}};
    case RemoteStatus::failed:
      return {PurchaseState::failed,
              Error("E411",
                    snapshot.error.empty() ? prediction + " failed, and the server does not say why" : snapshot.error)};
    case RemoteStatus::canceled: return {PurchaseState::canceled, Error("E412", prediction + " was canceled")};
    case RemoteStatus::aborted:
      return {PurchaseState::aborted,
              Error("E414", prediction + " was aborted before it ran; it was not charged", "run again")};
    case RemoteStatus::lost:
      return {PurchaseState::lost, Error("E415", "the server does not know " + prediction + " any more")};
    case RemoteStatus::expired:
      return {PurchaseState::expired, Error("E416", "the output of " + prediction +
                                                        " has been removed from the server (it is kept for one hour)")};
  }
  throw Error("E991", prediction + " has not ended");
}

std::optional<NanoUsd> cost_of(PurchaseState state, const Snapshot& snapshot, const Price* price,
                               std::optional<NanoUsd> reserved) {
  if (free_to_buy(state)) return price || reserved ? std::optional<NanoUsd>(0) : std::nullopt;
  if (!price) return reserved;
  // Without metrics a success counts the files that came; any other end is not known.
  const auto measured = measured_cost(*price, snapshot.ran, snapshot.images);
  return measured ? measured : reserved;
}

}  // namespace pixgraph
