#include "outcome.h"

namespace pixgraph {

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::done: return "done";
    case Outcome::reused: return "reused";
    case Outcome::failed: return "failed";
    case Outcome::skipped: return "skipped";
    case Outcome::canceled: return "canceled";
  }
  return "?";
}

void Ending::tell(nlohmann::json& event) const {
  if (error) {
    event["code"] = error->code();
    event["cause"] = cause + error->message();
    if (!error->hint().empty()) event["hint"] = error->hint();
  } else if (!cause.empty()) {
    event["cause"] = cause;
  }
}

Error unexpected(const std::string& what) {
  return Error("E990", "something unexpected happened: " + what);
}

}  // namespace pixgraph
