// `limits:` and `prices:`: how much may be asked of whom, and what it costs.
#include <limits>

#include "binding.h"
#include "unicode.h"

namespace pixgraph {

namespace {

void read_count(Binding& binding, const DocumentEntry& field, std::optional<int>& into) {
  const auto read = read_scalar(field.value, Type::integer);
  if (!read.ok())
    binding.misread(field.value, field.key, "an integer", read.why, read.help);
  else if (*read.value.integer() < 1 || *read.value.integer() > std::numeric_limits<int>::max())
    binding.diagnostics.error(
        "E025", field.value.place,
        ticked(field.key) + " takes 1 or more, and " + ticked(field.value.text) + " is none of these");
  else
    into = static_cast<int>(*read.value.integer());
}

void read_price(Binding& binding, const DocumentEntry& field, std::optional<NanoUsd>& into) {
  const auto read = read_scalar(field.value, Type::number);
  if (!read.ok()) {
    std::string help = read.help;
    if (field.value.text.starts_with('$'))
      help = "prices are in US dollars: write `" + printable(field.value.text.substr(1)) + "`";
    binding.misread(field.value, field.key, "a number", read.why, help);
  } else if (*read.value.number() < 0) {
    binding.diagnostics.error("E025", field.value.place,
                              ticked(field.key) + " takes 0 or more, and " + ticked(field.value.text) + " is less");
  } else if (const auto price = parse_usd(field.value.text)) {
    into = price;
  } else {
    binding.diagnostics.error(
        "E015", field.value.place,
        ticked(field.key) + " takes US dollars, and " + ticked(field.value.text) + " cannot be counted in nano-dollars",
        "write it with at most nine decimal places and no exponent, as `0.000225`");
  }
}

bool is_model(std::string_view name) {
  const std::size_t slash = name.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < name.size() &&
         name.find('/', slash + 1) == std::string_view::npos && name.find(':') == std::string_view::npos &&
         name.find(' ') == std::string_view::npos;
}

}  // namespace

void bind_limits(Binding& binding, const DocumentValue& limits) {
  if (!binding.expect_map(limits, "`limits`", "write `default: {in_flight: 20}` below it")) return;
  static const std::vector<std::string> kKeys = {"in_flight", "creates_per_minute", "other_per_minute"};
  for (const DocumentEntry& entry : limits.entries) {
    const bool of_server = entry.key == "default" || entry.key.find("://") != std::string::npos;
    if (!binding.expect_map(entry.value, "limit " + ticked(entry.key),
                            "write `" + printable(entry.key) + ": {in_flight: 20}`"))
      continue;
    Limit limit;
    for (const DocumentEntry& field : entry.value.entries) {
      if (!of_server && (field.key == kKeys[1] || field.key == kKeys[2]))
        binding.diagnostics.error("E012", field.place,
                                  ticked(field.key) + " is a limit of a server, and " + ticked(entry.key) + " is none",
                                  "write it below `default` or the server's URL; a model takes `in_flight`");
      else if (field.key == "in_flight")
        read_count(binding, field, limit.in_flight);
      else if (field.key == "creates_per_minute")
        read_count(binding, field, limit.creates_per_minute);
      else if (field.key == "other_per_minute")
        read_count(binding, field, limit.other_per_minute);
      else
        binding.unknown_key(field, "in limit " + ticked(entry.key), kKeys, entry.place);
    }
    binding.graph.limits[entry.key] = limit;
  }
}

void bind_prices(Binding& binding, const DocumentValue& prices) {
  if (!binding.expect_map(prices, "`prices`", "write `owner/name: {per_run: 0.01}` below it")) return;
  static const std::vector<std::string> kKeys = {"per_run", "per_second", "per_image"};
  for (const DocumentEntry& entry : prices.entries) {
    if (!is_model(entry.key))
      binding.diagnostics.error("E014", entry.place, ticked(entry.key) + " names no model",
                                "a model is written `owner/name`, without a version");
    if (!binding.expect_map(entry.value, "price " + ticked(entry.key),
                            "write `" + printable(entry.key) + ": {per_run: 0.01}`"))
      continue;
    if (entry.value.entries.empty())
      binding.diagnostics.error("E013", entry.value.place, "price " + ticked(entry.key) + " says nothing",
                                "write `{per_run: 0.01}`; a model that is free has `{per_run: 0}`");
    Price price;
    for (const DocumentEntry& field : entry.value.entries) {
      if (field.key == "per_run")
        read_price(binding, field, price.per_run);
      else if (field.key == "per_second")
        read_price(binding, field, price.per_second);
      else if (field.key == "per_image")
        read_price(binding, field, price.per_image);
      else
        binding.unknown_key(field, "in price " + ticked(entry.key), kKeys, entry.place);
    }
    binding.graph.prices[entry.key] = price;
  }
}

}  // namespace pixgraph
