// Prices: what predictions of a model cost, as the user has written it down; no server tells.
//
// Plain values.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "money.h"

namespace pixgraph {

/// Several parts of a price add up; what is absent is not charged.
struct Price {
  std::optional<NanoUsd> per_run, per_second, per_image;
};

using Prices = std::map<std::string, Price>;  // by owner/name

/// What one prediction costs at most that runs so long and is asked for so many images. nullopt where it is paid by the
/// second and nothing limits its time.
std::optional<NanoUsd> highest_cost(const Price& price, std::optional<std::chrono::nanoseconds> run_limit, int images);

/// What one has cost, by what the server has measured; nullopt where it does not tell what the price goes by.
std::optional<NanoUsd> measured_cost(const Price& price, std::optional<std::chrono::nanoseconds> ran,
                                     std::optional<int> images);

/// "0.0023 USD per run + 0.000225 USD per second".
std::string show_price(const Price& price);

}  // namespace pixgraph
