#include "item_choice.h"

#include <charconv>

#include <pixgraph/error.h>

#include "hash.h"

namespace pixgraph {

bool Shard::takes(std::string_view item) const {
  if (count == 1) return true;
  // The same on every machine and in every version: another hash would hand items to other shards.
  std::uint64_t number = 0;
  const std::string hash = sha256(item);
  std::from_chars(hash.data(), hash.data() + 16, number, 16);
  return number % static_cast<std::uint64_t>(count) == static_cast<std::uint64_t>(index);
}

Shard parse_shard(const std::string& text) {
  const auto refuse = [&](const std::string& why, const std::string& help) {
    throw Error("E804", "`--shard " + text + "` " + why, help);
  };
  const std::string form = "write it as i/n: --shard 0/4, 1/4, 2/4 and 3/4 are four runs that share the items";
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto [slash, bad_index] = std::from_chars(text.data(), end, shard.index);
  if (bad_index != std::errc() || slash == end || *slash != '/') refuse("is no shard", form);
  const auto [rest, bad_count] = std::from_chars(slash + 1, end, shard.count);
  if (bad_count != std::errc() || rest != end || shard.index < 0 || shard.count < 1) refuse("is no shard", form);
  if (shard.count > 100'000) refuse("is too many shards", "there are at most 100000");
  if (shard.index >= shard.count)
    refuse("is no shard: they are counted from 0",
           shard.count == 1 ? "the only one is 0/1"
                            : "the last one is " + std::to_string(shard.count - 1) + "/" + std::to_string(shard.count));
  return shard;
}

std::optional<std::string> ItemNames::admit(std::string name, const std::string& id, const std::string& outcome) {
  if (!taken_.insert(name).second) {
    const std::string base = std::move(name);
    name = id.empty() ? base + " (2)" : base + " (" + id + ")";
    for (int copy = id.empty() ? 3 : 2; !taken_.insert(name).second; ++copy)
      name = base + " (" + (id.empty() ? "" : id + " ") + std::to_string(copy) + ")";
  }
  if (full()) return std::nullopt;
  if (choice_.failed_before &&
      !(outcome.empty() ? choice_.failed_before().contains(name) : outcome == "failed" || outcome == "canceled"))
    return std::nullopt;
  if (!choice_.shard.takes(name)) return std::nullopt;
  ++admitted_;
  return name;
}

}  // namespace pixgraph
