#include "cancellation.h"

#include <algorithm>

namespace pixgraph {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

static constexpr int kTries = 7;  // within some 16 s

void Cancellation::ask(const RemoteNode& node, const std::string& server, const std::string& id, Host& host) {
  if (!wants_to_ask()) return;
  asked_at_ = steady_clock::now();
  state_ = ++tries_ < kTries ? State::asked : State::impossible;
  try {
    const bool taken = node.cancel(server, id, host);
    state_ = taken ? State::taken : State::impossible;
    why_not_ = taken ? "" : "the server has no way to do that";
  } catch (const Throttled& throttled) {
    why_not_ = throttled.message();
    throw;
  } catch (const Error& error) {  // the poll that follows says what became of it
    why_not_ = error.message();
  }
}

bool Cancellation::goes_on(milliseconds moment) const {
  return state_ == State::asked || (state_ == State::taken && steady_clock::now() - asked_at_ < moment);
}

milliseconds Cancellation::pause() const {
  return std::min(milliseconds(8000), milliseconds(125) * (1 << std::min(tries_, 6)));
}

std::string Cancellation::text() const {
  return taken() ? " was told to end" : " could not be told to end: " + why_not_;
}

}  // namespace pixgraph
