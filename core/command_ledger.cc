// pixgraph ledger: what was bought, and the decisions that only a person can make.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>

#include <nlohmann/json.hpp>

#include <pixgraph/error.h>

#include "commands.h"
#include "ledger.h"
#include "run.h"
#include "spell.h"

namespace pixgraph {

static Purchase find_purchase(const Ledger& ledger, const std::string& prefix) {
  std::map<std::string, Purchase> found;  // the latest of each key
  std::vector<Error> unreadable;
  for (Purchase& purchase : ledger.all(&unreadable))
    if (purchase.key.starts_with(prefix)) {
      Purchase& latest = found[purchase.key];
      if (purchase.number > latest.number) latest = std::move(purchase);
    }
  if (prefix.size() < 6)
    throw Error("E516", "`" + prefix + "` is too short for a key",
                "give at least six digits of it; pixgraph ledger list shows them");
  if (found.empty())
    throw Error("E516", "no purchase has a key that begins with `" + prefix + "`", "pixgraph ledger list shows them");
  if (found.size() > 1)
    throw Error("E516", fmt::format("{} requests have keys that begin with `{}`", found.size(), prefix),
                "give more of it");
  return ledger.latest(found.begin()->first).value();  // its newest entry may be one that cannot be read
}

/// Every purchase that may have cost something; tries that cost nothing only where no other followed.
static std::vector<Purchase> listed_purchases(const Ledger& ledger, std::vector<Error>& unreadable) {
  std::vector<Purchase> all = ledger.all(&unreadable);
  std::map<std::string, int> latest;
  for (const Purchase& p : all) latest[p.key] = std::max(latest[p.key], p.number);
  std::erase_if(all, [&](const Purchase& p) {
    return free_to_buy(p.state) && p.state != PurchaseState::released && p.number < latest[p.key];
  });
  return all;
}

static void list(const Ledger& ledger, bool as_json, std::vector<Error>& unreadable) {
  const std::vector<Purchase> all = listed_purchases(ledger, unreadable);
  if (as_json) {
    nlohmann::json rows = nlohmann::json::array();
    for (const Purchase& p : all)
      rows.push_back({{"key", p.key},
                      {"number", p.number},
                      {"state", state_name(p.state)},
                      {"server", p.server},
                      {"lane", p.lane},
                      {"id", p.id},
                      {"time", p.wall},
                      {"error", p.error},
                      {"price", p.price ? usd_number(*p.price) : nlohmann::json()},
                      {"cost", p.cost ? usd_number(*p.cost) : nlohmann::json()},
                      {"files", p.files.size()}});
    std::printf("%s\n", rows.dump(1).c_str());
    return;
  }
  if (all.empty() && unreadable.empty()) std::puts("nothing was bought yet");
  bool open = false;
  for (const Purchase& p : all) {
    const std::string lane = p.lane.size() == 64 ? p.lane.substr(0, 12) : p.lane;
    // What it has cost, else what was reserved for it.
    const std::string price = p.cost ? show_usd(*p.cost) + " USD" : p.price ? "<= " + show_usd(*p.price) + " USD" : "-";
    std::puts(fmt::format("{}  {:<10}  {}  {:<26}  {:>12}  {}{}", p.key.substr(0, 12), state_name(p.state), p.wall,
                          p.id.empty() ? "-" : p.id, price, lane, p.error.empty() ? "" : "  " + p.error)
                  .c_str());
    open = open || p.state == PurchaseState::maybe_paid;
  }
  if (open)
    std::puts(
        "\nmaybe-paid: look at the server's own list of predictions, then\n"
        "  pixgraph ledger adopt KEY ID    it is there under this id: fetch its output\n"
        "  pixgraph ledger retry KEY       it is not there: buy it in the next run\n"
        "  pixgraph ledger give-up KEY     leave it: its items fail, the others go on");
}

/// What a person names a prediction by: its id, or the address of its page, which ends in it.
static std::string prediction_id(const std::string& named) {
  std::string id = named.substr(0, named.find_last_not_of('/') + 1);
  id = id.substr(id.rfind('/') + 1);
  const bool plain = !id.empty() && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
  // An id that no server can know would be asked for again and again.
  if (!plain || id.size() > 100)
    throw Error("E805", "`" + named + "` is not the id of a prediction", "the server's list of predictions shows it");
  return id;
}

int command_ledger(const Arguments& arguments) {
  const std::string kept_in = arguments.value("--state", ".pixgraph");
  const std::string folder = ledger_folder(kept_in, arguments.has("--sandbox"));
  if (!real_disk().exists(kept_in))  // without a ledger in it nothing was ever bought, which is an answer
    throw Error("E517", "there is no ledger in `" + folder + "`",
                "name the state directory with --state DIR; pixgraph run prints it");
  Ledger ledger(real_disk(), folder);
  const std::vector<std::string>& words = arguments.words;
  const std::string& what = words[0];
  const std::size_t wanted = what == "list" ? 1 : what == "retry" || what == "give-up" ? 2 : what == "adopt" ? 3 : 0;
  if (wanted == 0)
    throw Error(
        "E805", "`pixgraph ledger " + what + "` is not known",
        suggestion(what, {"list", "retry", "give-up", "adopt"}, "list, retry KEY, give-up KEY or adopt KEY ID"));
  if (words.size() != wanted) throw Error("E805", "pixgraph ledger takes list, retry KEY, give-up KEY or adopt KEY ID");
  if (what == "list") {
    std::vector<Error> unreadable;
    list(ledger, arguments.has("--json"), unreadable);
    if (unreadable.empty()) return kExitDone;
    std::fflush(stdout);
    for (std::size_t i = 0; i + 1 < unreadable.size(); ++i)
      std::fprintf(stderr, "%s\n", unreadable[i].message().c_str());
    throw Error(unreadable.back());
  }
  Purchase purchase = find_purchase(ledger, words[1]);
  const PurchaseState state = purchase.state;
  const bool open = state == PurchaseState::created || state == PurchaseState::intent;
  if (open && !ledger.owner_gone(purchase))
    throw Error("E518", fmt::format("that purchase is {}, and the run that makes it goes on", state_name(state)),
                "wait for its end, or end it with Ctrl-C");
  if (what == "adopt") {
    if (state != PurchaseState::maybe_paid && state != PurchaseState::intent && state != PurchaseState::lost &&
        state != PurchaseState::timed_out && state != PurchaseState::expired)
      throw Error("E518",
                  fmt::format("that purchase is {}; only one that is maybe-paid, lost, expired, timed-out or an intent "
                              "can be given an id",
                              state_name(state)));
    const std::string id = prediction_id(words[2]);
    if (id != purchase.id && ledger.all_ids().contains(id))
      throw Error("E518", "the prediction " + id + " belongs to another purchase already",
                  "pixgraph ledger list shows which");
    ledger.created(purchase, id);
    std::puts("adopted: the next run fetches its output");
    return kExitDone;
  }
  if (free_to_buy(state) && what == "retry")
    throw Error("E518", fmt::format("that purchase is {}: the next run buys it anyway", state_name(state)));
  if (state == PurchaseState::succeeded) throw Error("E518", "that purchase succeeded; --rebuy NODE buys it again");
  ledger.ended(
      purchase, what == "retry" ? PurchaseState::released : PurchaseState::given_up,
      what == "retry" ? "bought again on request" : fmt::format("it was {} when it was given up", state_name(state)),
      nullptr);
  if (state == PurchaseState::created)
    std::puts(
        fmt::format("prediction {} was running or has ended by itself: it is paid all the same", purchase.id).c_str());
  std::puts(what == "retry" ? "released: the next run buys it again" : "given up: the next run does not buy it");
  return kExitDone;
}

}  // namespace pixgraph
