// Where a model's file inputs come from: data: URIs, this server's own outputs and uploads, and other servers on
// loopback. Nothing else is fetched: a sandbox must not reach out of the machine. One object per prediction.
#pragma once

#include <map>
#include <string>

#include "models/model.h"
#include "world.h"

namespace sandbox {

// Data URIs longer than this are taken out of the input at once (kept as a blob, echoed cut short), so that a
// thousand waiting predictions do not hold a thousand pictures in memory. Replicate's own advice is 256 kB at most.
inline constexpr std::size_t kLongDataUri = 400'000;

class WorldResources : public Resources {
 public:
  explicit WorldResources(World& world) : world_(world) {}
  // Makes `name` stand for these bytes.
  void keep(const std::string& name, Blobs::Handle bytes) { kept_[name] = std::move(bytes); }
  std::string fetch(const std::string& url) override;

 private:
  World& world_;
  std::map<std::string, Blobs::Handle> kept_;
};

}  // namespace sandbox
