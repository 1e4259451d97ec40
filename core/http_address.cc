#include "http_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "http_errors.h"

namespace pixgraph {

namespace {

using V4 = std::uint32_t;

AddressKind kind_of(V4 ip) {
  const auto in = [ip](V4 network, int bits) { return ip >> (32 - bits) == network >> (32 - bits); };
  if (in(0x7f000000, 8)) return AddressKind::loopback;
  if (in(0xa9fe0000, 16)) return AddressKind::link_local;
  if (in(0x0a000000, 8) || in(0xac100000, 12) || in(0xc0a80000, 16) || in(0x64400000, 10))
    return AddressKind::private_network;
  if (in(0x00000000, 8)) return AddressKind::loopback;  // connecting to 0.0.0.0 reaches this machine
  if (in(0xc0000000, 24) || in(0xc0000200, 24) || in(0xc6120000, 15) || in(0xc6336400, 24) || in(0xcb007100, 24) ||
      in(0xe0000000, 3))
    return AddressKind::special;
  return AddressKind::global;
}

AddressKind kind_of(const unsigned char (&ip)[16]) {
  const auto v4_at = [&ip](int at) {
    return V4{ip[at]} << 24 | V4{ip[at + 1]} << 16 | V4{ip[at + 2]} << 8 | ip[at + 3];
  };
  static constexpr unsigned char kZero[16] = {};
  static constexpr unsigned char kNat64[12] = {0, 0x64, 0xff, 0x9b};
  if (std::memcmp(ip, kZero, 15) == 0 && ip[15] <= 1) return AddressKind::loopback;  // ::1, and :: reaches it too
  if (std::memcmp(ip, kZero, 10) == 0 && ((ip[10] == 0xff && ip[11] == 0xff) || (ip[10] == 0 && ip[11] == 0)))
    return kind_of(v4_at(12));
  if (std::memcmp(ip, kNat64, 12) == 0) return kind_of(v4_at(12));
  if (ip[0] == 0x20 && ip[1] == 0x02) return kind_of(v4_at(2));  // 6to4
  if (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80) return AddressKind::link_local;
  if (ip[0] == 0xfe && (ip[1] & 0xc0) == 0xc0) return AddressKind::private_network;  // site-local
  if ((ip[0] & 0xfe) == 0xfc) return AddressKind::private_network;                   // unique local
  if ((ip[0] & 0xe0) != 0x20) return AddressKind::special;                           // only 2000::/3 is handed out
  if (ip[0] == 0x20 && ip[1] == 0x01 && (ip[2] == 0 || (ip[2] == 0x0d && ip[3] == 0xb8))) return AddressKind::special;
  return AddressKind::global;
}

std::vector<std::string> ask_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  std::vector<std::string> addresses;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) {
    hints.ai_flags = 0;  // a machine without a network has no configured address, but it has localhost
    if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return addresses;
  }
  for (const addrinfo* one = found; one; one = one->ai_next) {
    char text[NI_MAXHOST];
    if (getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
      addresses.emplace_back(text);
  }
  freeaddrinfo(found);
  return addresses;
}

}  // namespace

AddressKind address_kind(const std::string& address) {
  const std::string plain = address.substr(0, address.find('%'));  // fe80::1%eth0
  in_addr v4{};
  if (inet_pton(AF_INET, plain.c_str(), &v4) == 1) return kind_of(ntohl(v4.s_addr));
  unsigned char v6[16];
  if (inet_pton(AF_INET6, plain.c_str(), v6) == 1) return kind_of(v6);
  return AddressKind::special;
}

bool is_address(const std::string& host) {
  unsigned char space[16];
  return inet_pton(AF_INET, host.c_str(), space) == 1 || inet_pton(AF_INET6, host.c_str(), space) == 1;
}

std::string describe(AddressKind kind) {
  switch (kind) {
    case AddressKind::global: return "a public address";
    case AddressKind::loopback: return "a loopback address";
    case AddressKind::link_local: return "a link-local address";
    case AddressKind::private_network: return "a private address";
    case AddressKind::special: return "a reserved address";
  }
  return "?";
}

bool allowed(AddressKind kind, Reach reach) {
  return kind != AddressKind::link_local && (reach == Reach::anywhere || kind == AddressKind::global);
}

std::vector<std::string> resolve(const std::string& host, const Resolver& resolver, Clock::time_point deadline) {
  if (is_address(host)) return {host};
  std::vector<std::string> addresses;
  if (resolver) {
    addresses = resolver(host);
  } else {
    struct Shared {
      std::mutex mutex;
      std::condition_variable ready;
      bool done = false;
      std::vector<std::string> addresses;
    };
    auto shared = std::make_shared<Shared>();
    const auto ask = [shared, host] {
      std::vector<std::string> found = ask_system(host);
      const std::lock_guard lock(shared->mutex);
      shared->addresses = std::move(found);
      shared->done = true;
      shared->ready.notify_all();
    };
    try {
      std::thread(ask).detach();
    } catch (const std::system_error&) {  // no more threads: better late than not
      ask();
    }
    std::unique_lock lock(shared->mutex);
    if (!shared->ready.wait_until(lock, deadline, [&] { return shared->done; })) throw DeadlinePassed{};
    addresses = std::move(shared->addresses);
  }
  if (addresses.empty())
    throw HttpError("E201", fmt::format("cannot resolve the host `{}`", host), HttpError::Sent::no,
                    "check its spelling and the network connection");
  return addresses;
}

std::vector<std::string> reachable(const std::string& host, const std::vector<std::string>& addresses, Reach reach) {
  std::vector<std::string> good;
  const std::string* refused = nullptr;
  for (const std::string& address : addresses) {
    if (allowed(address_kind(address), reach))
      good.push_back(address);
    else if (!refused)
      refused = &address;
  }
  if (!good.empty() || !refused) return good;
  const AddressKind kind = address_kind(*refused);
  const std::string what = *refused == host ? fmt::format("`{}` is {}", host, describe(kind))
                                            : fmt::format("`{}` is at {}, {}", host, *refused, describe(kind));
  if (kind == AddressKind::link_local)
    throw HttpError("E207", what + ", which is never contacted", HttpError::Sent::no,
                    "link-local addresses hold the keys of cloud machines");
  throw HttpError("E207", what + ", and this URL may lead to public ones only", HttpError::Sent::no,
                  "a URL that a server sent must be public; write it into the pipeline or the manifest to allow it");
}

}  // namespace pixgraph
