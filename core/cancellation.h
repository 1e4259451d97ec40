// Cancellation: telling a server that a prediction shall end, until it has taken that or it is clear that it will not.
#pragma once

#include <chrono>
#include <string>

#include <pixgraph/remote.h>

namespace pixgraph {

/// Of one prediction. Used by one thread at a time.
class Cancellation {
 public:
  /// Asks once more, unless the server has taken it or cannot; what the server does is no error here. Throws Throttled
  /// where it asks for a pause.
  void ask(const RemoteNode& node, const std::string& server, const std::string& id, Host& host);

  /// Not taken yet, and worth another try.
  bool wants_to_ask() const { return state_ == State::none || state_ == State::asked; }
  bool begun() const { return state_ != State::none; }
  /// Whether to look again before it counts as ended: the next try comes, or it has this long since it was told, for
  /// its end says what it cost.
  bool goes_on(std::chrono::milliseconds moment) const;
  /// Until the next look, while it goes on.
  std::chrono::milliseconds pause() const;
  /// " was told to end", or " could not be told to end: " and why.
  std::string text() const;
  bool taken() const { return why_not_.empty(); }

 private:
  enum class State : std::uint8_t { none, asked, taken, impossible };
  State state_ = State::none;
  int tries_ = 0;
  std::string why_not_;
  std::chrono::steady_clock::time_point asked_at_{};
};

}  // namespace pixgraph
