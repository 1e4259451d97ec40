#include "consent.h"

#include "clock.h"

namespace pixgraph {

bool agreed(const Consent& consent, const Purchase& known) {
  if (known.state == PurchaseState::intent || known.state == PurchaseState::created ||
      known.state == PurchaseState::maybe_paid)
    return false;
  const auto wall = parse_iso_time(known.wall);
  const auto older_than = [&](const std::optional<Consent::Time>& time) { return time && wall && *wall < *time; };
  const bool failed = known.state != PurchaseState::succeeded && known.state != PurchaseState::given_up;
  return older_than(consent.before) || (failed && older_than(consent.failed_before));
}

bool agreed(const Retry& retry, const Purchase& known) {
  if (known.state != PurchaseState::failed || known.attempt >= retry.attempts) return false;
  const auto reason = known.answer.is_object() ? known.answer.find("error") : known.answer.end();
  if (!known.answer.is_object() || reason == known.answer.end()) return worth_buying_again(retry, "");
  return worth_buying_again(retry, reason->is_string() ? reason->get<std::string>() : reason->dump());
}

std::optional<Purchase> saved_before(const Ledger& ledger, const Purchase& latest) {
  switch (latest.state) {
    case PurchaseState::intent:
    case PurchaseState::created:
    case PurchaseState::succeeded:
    case PurchaseState::maybe_paid:
    case PurchaseState::released:
    case PurchaseState::given_up: return std::nullopt;
    default: break;
  }
  for (int number = latest.number - 1; number > 0; --number)
    if (Purchase earlier = ledger.purchase(latest.key, number); earlier.state == PurchaseState::succeeded)
      return earlier;
  return std::nullopt;
}

std::string ledger_command(const std::string& verb, const Purchase& purchase, const std::string& flags) {
  return "pixgraph ledger " + verb + (verb == "list" ? "" : " " + purchase.key.substr(0, 12)) + flags;
}

static std::string your_word(const Purchase& known, const std::string& flags) {
  return "nothing is bought twice without your word: where the server's own list has it, `" +
         ledger_command("adopt", known, " ID" + flags) + "`, else `" + ledger_command("retry", known, flags) + "`";
}

Error refusal(const Purchase& known, const std::string& flags) {
  const std::string what = "prediction " + (known.id.empty() ? "of " + known.wall : known.id);
  const std::string state(state_name(known.state));
  switch (known.state) {
    case PurchaseState::given_up:
      return Error("E515", "this purchase was given up: " + known.error, ledger_command("retry", known, flags));
    case PurchaseState::failed:
    case PurchaseState::canceled:
    case PurchaseState::timed_out:
      return Error("E511", "an earlier " + what + " ended as " + state + ": " + known.error,
                   "it may have been paid for in part, so it is bought again only with --only failed, --rebuy or " +
                       ledger_command("retry", known, flags));
    case PurchaseState::lost:
    case PurchaseState::expired:
      return Error("E512",
                   "the paid " + what + (known.price ? " (up to " + show_usd(*known.price) + " USD)" : "") + " is " +
                       state + " on the server: " + known.error,
                   "it is bought again only with --only failed, --rebuy or " + ledger_command("retry", known, flags));
    default:
      return Error("E510",
                   "an earlier run ended while it was buying this prediction (" + known.lane + ", " + known.wall +
                       "), so it may be paid for already",
                   your_word(known, flags))
          .stopping_run();
  }
}

Error unsaved(const Error& error, const Purchase& known, const std::string& flags) {
  return Error(error.code(), error.message() + "; prediction " + known.id + " is paid",
               "the next run fetches it again; it is bought again only with --only failed, --rebuy or " +
                   ledger_command("retry", known, flags));
}

Error runs_elsewhere(const Purchase& known, const std::string& server, const std::string& flags) {
  return Error("E402",
               "prediction " + known.id + " of this request was created at " + known.server +
                   " and is not fetched yet, and this run asks " + server,
               "go on at the server where it is paid; or let go of it with `" + ledger_command("retry", known, flags) +
                   "`, and it is bought here too")
      .stopping_run();
}

Error maybe_paid(const Purchase& known, const std::string& model, const std::string& doubt, const std::string& why,
                 const std::string& flags) {
  return Error("E510",
               "a prediction of " + model + " may be paid for already (" +
                   (doubt.empty() ? "an earlier run ended while it was buying" : doubt) + "), and " + why,
               your_word(known, flags))
      .stopping_run();
}

}  // namespace pixgraph
