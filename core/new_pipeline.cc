#include "new_pipeline.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include <nlohmann/json.hpp>

#include "reference.h"

namespace pixgraph {

static constexpr std::string_view kText = R"(# What this pipeline is for.
#
#   find mistakes, for free:               pixgraph check %FILE%
#   try it with stand-in models, for free: pixgraph run %FILE% photo.jpg --sandbox
#   what a run over a folder would buy:    pixgraph plan %FILE% photos
#   run it, with REPLICATE_API_TOKEN set:  pixgraph run %FILE% photos
#
# `pixgraph nodes` lists what there is to build with, `pixgraph describe Fit` says everything about one.
#
# For completion and help in an editor run `pixgraph schema > pixgraph.schema.json` here, and begin this file with
#   # yaml-language-server: $schema=./pixgraph.schema.json
pixgraph: 1
name: %NAME%
description: Put the subject of a photo on a plain background.

# One value per photo.
inputs:
  photo: {type: image, doc: The photo}

# One value per run: --set background="#dde4ee". Colours stand in quotes, for # begins a comment.
params:
  background: {type: text, default: "#ffffff", doc: The colour behind the subject}

# What is done. "${name}" is an input, a param or what a node made; the order follows from that, not from the lines.
nodes:
  # Models want moderate sizes: at most 768 x 768 here, upright, nothing stretched.
  fitted: {type: Fit, image: "${photo}", width: 768, height: 768, multiple_of: 64}

  # A hosted model, by its version. `input` is what the model takes; pictures are sent along.
  cutout:
    type: ReplicatePredict
    version: cjwbw/rembg:fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003
    input: {image: "${fitted}"}
    timeout: 5m

  # It answers with the URL of a file.
  subject: {type: Fetch, url: "${cutout.output}"}

  final: {type: Flatten, image: "${subject}", background: "${background}"}

# What is written, below --out (out). The extension decides the format.
outputs:
  result: {value: "${final}", file: "${photo.stem}.jpg", quality: 90}
)";

static void put(std::string& text, std::string_view hole, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(hole, at)) != std::string::npos; at += with.size())
    text.replace(at, hole.size(), with);
}

static bool is_plain_path(std::string_view path) {
  return std::ranges::all_of(path, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '/';
  });
}

std::string new_pipeline(const std::string& file) {
  const std::string name = std::filesystem::path(file).stem().string();
  std::string text(kText);
  // A name that a shell or YAML could take for something else is left to the user, or stands in quotes; JSON's are
  // YAML's.
  put(text, "%FILE%", is_plain_path(file) ? file : "FILE");
  put(text, "%NAME%",
      is_name(name) ? name : nlohmann::json(name).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return text;
}

}  // namespace pixgraph
