// Budget: the cap of one run (`--max-cost`). Every purchase reserves the most that it can cost before its intent is
// written, and settles what it has cost when that is known; so the cap can never be passed, however many are in flight.
//
// Safe from many threads. What a purchase reserves need not be what it costs: one that does not fit waits while others
// are still to be settled, and the cap is reached only where it does not fit with nothing left to settle. Without a cap
// it only counts.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include <pixgraph/error.h>

#include "prices.h"

namespace pixgraph {

class Budget {
 public:
  explicit Budget(Prices prices = {}, std::optional<NanoUsd> cap = {}) : prices_(std::move(prices)), cap_(cap) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  /// null where the model has none.
  const Price* price_of(const std::string& model) const;
  /// The most that a prediction costs; nullopt where that is not known. Throws, under a cap, for what cannot be
  /// reserved: Error E530 (no price) or E531 (paid by the second, and nothing limits its time), which stop the run.
  std::optional<NanoUsd> reservation(const std::string& model, std::optional<std::chrono::nanoseconds> run_limit,
                                     int images) const;

  enum class Answer : std::uint8_t {
    reserved,  // settle() must follow
    wait,      // `resume` is called once, when it is worth asking again
    reached,   // the cap is, now and for the rest of the run
  };
  Answer reserve(NanoUsd most, std::function<void()> resume);
  /// Calls resume()s, with no lock held.
  void settle(NanoUsd reserved, NanoUsd cost);

  /// What could not be reserved, because it has no limit, is counted when it is known. Without a cap only.
  void spend(NanoUsd cost);

  NanoUsd spent() const;
  std::optional<NanoUsd> cap() const { return cap_; }
  bool reached() const;
  /// What the items end with that are not bought any more: Error E532.
  Error refusal() const;

 private:
  bool fits(NanoUsd most) const;  // REQUIRES: mutex_ held

  struct Waiting {
    NanoUsd most;
    std::function<void()> resume;
  };
  const Prices prices_;
  const std::optional<NanoUsd> cap_;
  mutable std::mutex mutex_;
  NanoUsd spent_ = 0, reserved_ = 0;
  int pending_ = 0;                 // reservations that are not settled
  std::optional<NanoUsd> refused_;  // what did not fit when the cap was reached
  std::deque<Waiting> waiting_;
};

/// Why nothing can be reserved for a model: E530, E531. `where` is its node's place, "file:line:column", or empty.
Error unpriced(const std::string& model, std::string where = {});
Error unlimited(const std::string& model, std::string where = {});

}  // namespace pixgraph
