#include "pictures.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace pixgraph {

using nlohmann::json;

static constexpr std::size_t kMostOfList = 8;

void tell_inputs(Events& events, const Graph& graph, const Item& item,
                 const std::map<std::string, std::string>& hashes) {
  for (std::size_t i = 0; i < item.inputs.size(); ++i) {
    const FilePtr file = item.inputs[i].file();
    const auto hash = file ? hashes.find(file->path) : hashes.end();
    if (hash == hashes.end()) continue;
    events.emit({{"type", "picture"},
                 {"item", item.name},
                 {"input", graph.inputs[i].name},
                 {"hash", hash->second},
                 {"path", std::filesystem::absolute(file->path).string()}});
  }
}

void tell_pictures(Events& events, Thumbnails& thumbnails, const std::string& item, const std::string& node,
                   const std::vector<Value>& outputs) {
  std::set<std::string> told;
  const auto tell = [&](const Value& value) {
    json event = {{"type", "picture"}, {"item", item}, {"node", node}};
    if (const ImagePtr image = value.image()) {
      event["hash"] = thumbnails.add(*image);
      event.update({{"width", image->width()}, {"height", image->height()}});
    } else if (const FilePtr file = value.file(); file && file->media_type.starts_with("image/")) {
      event["hash"] = file->hash;
      event["path"] = std::filesystem::absolute(file->path).string();
    } else {
      return;
    }
    const std::string hash = event["hash"];
    if (!hash.empty() && told.insert(hash).second) events.emit(std::move(event));
  };
  for (const Value& output : outputs) {
    if (!output.list()) tell(output);
    for (std::size_t i = 0; output.list() && i < std::min(kMostOfList, output.list()->size()); ++i)
      tell((*output.list())[i]);
  }
}

}  // namespace pixgraph
