#include "money.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace pixgraph {

static constexpr NanoUsd kDollar = 1'000'000'000, kMost = std::numeric_limits<NanoUsd>::max();
static constexpr std::size_t kPlaces = 9;
__extension__ typedef __int128 Wide;

static NanoUsd bounded(Wide amount) {
  return amount > kMost ? kMost : static_cast<NanoUsd>(amount);
}

std::optional<NanoUsd> parse_usd(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view dollars = text.substr(0, point);
  std::string places(point == text.npos ? "" : text.substr(point + 1));
  if (dollars.empty() || dollars.size() > 9 || (point != text.npos && places.empty())) return std::nullopt;
  while (places.size() > kPlaces && places.back() == '0') places.pop_back();
  if (places.size() > kPlaces) return std::nullopt;
  places.resize(kPlaces, '0');
  NanoUsd amount = 0;
  for (const char digit : std::string(dollars) + places) {
    if (digit < '0' || digit > '9') return std::nullopt;
    amount = amount * 10 + (digit - '0');
  }
  return amount;
}

std::string show_usd(NanoUsd amount) {
  std::string text = fmt::format("{}.{:09}", amount / kDollar, amount % kDollar);
  while (text.back() == '0' && text[text.size() - 3] != '.') text.pop_back();
  return text;
}

nlohmann::json usd_number(NanoUsd amount) {
  return nlohmann::json::parse(show_usd(amount));
}

NanoUsd sum_of(NanoUsd a, NanoUsd b) {
  return bounded(static_cast<Wide>(a) + b);
}

NanoUsd times(NanoUsd price, std::int64_t count) {
  return bounded(static_cast<Wide>(price) * count);
}

NanoUsd for_time(NanoUsd per_second, std::chrono::nanoseconds time) {
  return bounded((static_cast<Wide>(per_second) * time.count() + 999'999'999) / 1'000'000'000);
}

}  // namespace pixgraph
