#include "uploads.h"

#include <chrono>

#include <nlohmann/json.hpp>

#include "clock.h"

namespace pixgraph {

using nlohmann::json;
using std::chrono::system_clock;

// They live 24 hours, and a prediction may wait in a queue before it reads its input.
static constexpr std::chrono::hours kLife(20);

static std::string name_of(const Request& request, const RequestFile& file) {
  return request.server + " " + file.key;
}

/// null where it is not known or too old.
static json known_upload(Index& index, const std::string& name) {
  const auto text = index.upload(name);
  json known = text ? json::parse(*text, nullptr, false) : json();
  if (!known.is_object()) return nullptr;
  const auto at = parse_iso_time(known.value("at", ""));
  const auto now = system_clock::now();
  return at && *at <= now && now - *at < kLife ? known : json();
}

void Uploads::recall(Request& request) const {
  if (!index_) return;
  for (RequestFile& file : request.files) {
    if (!file.reference.empty() || !file.live_url.empty()) continue;
    const json known = known_upload(*index_, name_of(request, file));
    if (known.is_null()) continue;
    file.upload_id = known.value("id", "");
    file.reference = file.upload_id.empty() ? "" : known.value("reference", "");
  }
}

void Uploads::remember(const Request& request) const {
  if (!index_) return;
  for (const RequestFile& file : request.files) {
    if (file.upload_id.empty()) continue;
    const std::string name = name_of(request, file);
    if (const json known = known_upload(*index_, name); !known.is_null() && known.value("id", "") == file.upload_id)
      continue;
    index_->remember_upload(
        name,
        json{{"id", file.upload_id}, {"reference", file.reference}, {"at", iso_time(system_clock::now())}}.dump());
  }
}

}  // namespace pixgraph
