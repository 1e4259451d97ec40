// Consent: whether a request that was bought before may be bought again, and what a person is told where it may not.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "ledger.h"
#include "retry.h"

namespace pixgraph {

/// What the user has agreed to have bought again: never what is bought within this run.
struct Consent {
  using Time = std::chrono::system_clock::time_point;
  // --only failed: what failed, was canceled, timed out, got lost or expired, and whose intent is older
  std::optional<Time> failed_before;
  std::optional<Time> before;  // --rebuy NODE: everything whose intent is older
};

struct Consents {
  const Consent& of(const std::string& node) const {
    const auto own = of_node.find(node);
    return own == of_node.end() ? all : own->second;
  }
  Consent all;
  std::map<std::string, Consent> of_node;  // instead of `all`
};

/// By word of the command line.
bool agreed(const Consent& consent, const Purchase& known);

/// By word of the pipeline file: the prediction failed for a reason that `retry` names, and it was not the last try.
bool agreed(const Retry& retry, const Purchase& known);

/// What an earlier purchase of the same request brought, where `latest` came after it (--rebuy) and brought nothing: it
/// was not paid, or has failed.
std::optional<Purchase> saved_before(const Ledger& ledger, const Purchase& latest);

/// The command that decides about a purchase: "pixgraph ledger retry 0123456789ab --state s". `flags` are those that
/// reach the ledger, beginning with a blank, or empty.
std::string ledger_command(const std::string& verb, const Purchase& purchase, const std::string& flags);

/// Why a purchase that has ended, and is neither a success nor free to buy, stands in the way: Error E510 (stops the
/// run), E511, E512 or E515.
Error refusal(const Purchase& known, const std::string& flags);

/// Its output cannot be had for the reason that `error` gives, which says what can be done.
Error unsaved(const Error& error, const Purchase& known, const std::string& flags);

/// It was created at another server than the one that is to be asked now: Error E402, which stops the run.
Error runs_elsewhere(const Purchase& known, const std::string& server, const std::string& flags);

/// It may be paid for and cannot be found out: Error E510, which stops the run. `doubt`: why it is not known, "" for an
/// earlier run's.
Error maybe_paid(const Purchase& known, const std::string& model, const std::string& doubt, const std::string& why,
                 const std::string& flags);

}  // namespace pixgraph
