// Addresses: what a name resolves to, and which addresses a call may reach.
//
// An address is text, a literal without brackets. Free functions, safe from many threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <pixgraph/http.h>

namespace pixgraph {

using Clock = std::chrono::steady_clock;

/// From a host name to its addresses, in the order in which they should be tried; empty where it has none.
using Resolver = std::function<std::vector<std::string>(const std::string& host)>;

enum class AddressKind : std::uint8_t { global, loopback, link_local, private_network, special };

/// Sees through IPv4 inside IPv6 (mapped, NAT64, 6to4). `special`: unspecified, multicast, reserved, documentation.
/// What is no address at all is `special` too.
AddressKind address_kind(const std::string& address);
bool is_address(const std::string& host);

/// "a loopback address"
std::string describe(AddressKind kind);

bool allowed(AddressKind kind, Reach reach);

/// Asks the system in a thread of its own, because getaddrinfo knows no deadline: a thread that is not back in time is
/// left behind and ends by itself. Throws HttpError E201, DeadlinePassed.
std::vector<std::string> resolve(const std::string& host, const Resolver& resolver, Clock::time_point deadline);

/// The addresses of `host` that `reach` allows. Throws HttpError E207 where there is none left.
std::vector<std::string> reachable(const std::string& host, const std::vector<std::string>& addresses, Reach reach);

}  // namespace pixgraph
