// Reconcile: did an intent without an id become a prediction? Judged from the server's own list.
//
// The waiting between listings, and what follows, is the driver's (remote.cc).
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/remote.h>

#include "ledger.h"

namespace pixgraph {

/// The input as it is sent, for comparing it with what a server's list echoes: an uploaded file as {"$upload": id}, a
/// URL as it is, a data: URI as {"$data": its SHA-256}, since servers cut those short.
nlohmann::json sent_input(const Request& request);

/// How well an echoed input fits what was sent. The echo may have another key order, 7.0 for 7.
enum class Fit : std::uint8_t {
  no,  // it is another request
  /// Everything that can be compared is equal, but a data: URI was not echoed whole, the input was removed, or it has
  /// more than was sent: the model's defaults, or another request.
  perhaps,
  yes,
};
Fit fits(const nlohmann::json& sent, const nlohmann::json& echoed);

struct Listed {
  std::vector<Candidate> candidates;
  std::optional<std::chrono::system_clock::time_point> intended;  // the intent's time by the server's clock, if known
  std::optional<std::chrono::system_clock::time_point> earliest;  // what the server created before is not it
  bool certain = false;  // so it is; else our clock may have been set since the intent, and it is a doubt
};

/// The server's whole list since shortly before the intent; nullopt where it has none, or one that turns in circles or
/// never ends and so proves nothing about what is not in it. Our clock may be wrong by hours: the time is taken from
/// the server's, by `age` where the intent's is known (the clock that only counts), else by the difference of the two.
/// `before_page` is called before each request.
std::optional<Listed> list_since(const RemoteNode& node, const Purchase& intent,
                                 std::optional<std::chrono::milliseconds> age, Host& host,
                                 const std::function<void()>& before_page);

struct Finding {
  /// contested: another purchase that is in doubt may be it as well; when that one has its id, it can be told.
  enum class Kind : std::uint8_t { none, one, contested, undecided };
  Kind kind = Kind::none;
  std::string id;   // of `one`
  std::string why;  // of `undecided`
};

/// `taken` are the ids that ledger entries name already, `others` the other intents of that server without an id. A
/// candidate that is certain beats those that are not, and an intent whose whole input it has beats those that it may
/// have: an exact echo of an upload's id can be nobody else's. What was created before the intent is not it. The model
/// and version of an answer may be aliases, so that they never exclude a candidate; but where they are exactly what one
/// of two intents asked for and not what the other did, they tell which of the two it is, and an input that says next
/// to nothing (an empty one) proves nothing without them.
Finding judge(const Purchase& intent, const Listed& listed, const std::set<std::string>& taken,
              const std::vector<Purchase>& others);

/// The finding out about one intent, listing by listing. Used by one thread at a time.
class Inquiry {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// `doubt`: why it is not known whether it was bought; "" for an earlier run's intent. The connection was gone by
  /// `died_at`.
  Inquiry(std::string doubt, Time died_at) : doubt_(std::move(doubt)), died_at_(died_at) {}

  struct Step {
    enum class Kind : std::uint8_t {
      wait,        // for `wait`, then look again
      adopt,       // it became the prediction `text`
      maybe_paid,  // cannot be found out: `text` says why
      not_bought,  // two full lists, 30 s apart and the last one 60 s after the connection died, do not have it
    };
    Kind kind = Kind::wait;
    std::string text;
    std::chrono::milliseconds wait{0};
    bool tell = false;  // whoever shows the run should hear of the wait
  };
  struct Asked {
    const RemoteNode& node;
    Host& host;
    const Ledger& ledger;
    std::function<void()> before_page;
    /// A wait of the protocol, in real time.
    std::function<std::chrono::milliseconds(std::chrono::milliseconds)> real;
  };
  /// Reads the server's list once. Throws Throttled, and Error E514 (stops the run) for a list that cannot be read:
  /// nothing is decided by it, the intent stays.
  Step look(const Purchase& intent, const Asked& asked);

  const std::string& doubt() const { return doubt_; }

 private:
  std::string doubt_;
  Time died_at_;
  std::optional<Time> first_empty_;  // a full list that did not have it
  int failures_ = 0, contested_ = 0;
};

}  // namespace pixgraph
