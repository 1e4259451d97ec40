#include "prices.h"

#include <utility>

namespace pixgraph {

std::optional<NanoUsd> highest_cost(const Price& price, std::optional<std::chrono::nanoseconds> run_limit, int images) {
  return measured_cost(price, run_limit, images);
}

std::optional<NanoUsd> measured_cost(const Price& price, std::optional<std::chrono::nanoseconds> ran,
                                     std::optional<int> images) {
  if ((price.per_second && !ran) || (price.per_image && !images)) return std::nullopt;
  NanoUsd cost = price.per_run.value_or(0);
  if (price.per_second) cost = sum_of(cost, for_time(*price.per_second, *ran));
  if (price.per_image) cost = sum_of(cost, times(*price.per_image, *images));
  return cost;
}

std::string show_price(const Price& price) {
  std::string text;
  for (const auto& [amount, what] :
       {std::pair(price.per_run, "run"), std::pair(price.per_second, "second"), std::pair(price.per_image, "image")})
    if (amount) text += (text.empty() ? "" : " + ") + show_usd(*amount) + " USD per " + what;
  return text;
}

}  // namespace pixgraph
