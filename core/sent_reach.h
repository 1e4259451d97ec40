// SentReach: where a URL may lead that a server sent.
//
// A model's output could otherwise make pixgraph read from the user's own network: such URLs lead to public addresses
// only, unless the server that sent them is itself at a loopback or private address, as a sandbox is. Link-local ones
// are refused by Http in any case. Safe from many threads.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "http_address.h"

namespace pixgraph {

class SentReach {
 public:
  explicit SentReach(Resolver resolver = {}) : resolver_(std::move(resolver)) {}

  /// This run deals with the server at this base URL.
  void asked(const std::string& server);
  /// For a URL that it sent. Resolves its host when first asked, for at most 5 s; one without an address counts as
  /// public.
  Reach of(const std::string& server);
  /// For a URL of which it is not known which of them sent it: what every one of them would allow.
  Reach of_all();

 private:
  const Resolver resolver_;
  std::mutex mutex_;
  std::set<std::string> asked_;
  std::map<std::string, Reach> known_;
};

}  // namespace pixgraph
