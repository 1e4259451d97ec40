// Descriptions of node types and codecs as the real plugins have them, for tests of what only needs descriptions.
#pragma once

#include "registry.h"

namespace pixgraph::test {

inline void add_test_specs(Registry& registry) {
  registry.add(Spec("Fit", "Resizes an image to fit a box")
                   .in("image", Type::image, "the image to resize")
                   .param("width", 1024, {1, 65500}, "px", "width of the box")
                   .param("height", 1024, {1, 65500}, "px", "height of the box")
                   .choice("mode", "inside", {"inside", "cover", "stretch"}, "how it fits")
                   .param("multiple_of", 1, {1, 1024}, "px", "both sides become multiples of it")
                   .out("image", Type::image, "the resized image"),
               "image.pixgraph.so");
  registry.add(Spec("Resize", "Resizes an image")
                   .in("image", Type::image, "the image to resize")
                   .param("width", 1024, {1, 65500}, "px", "new width")
                   .param("scale", 1.0, {0.01, 100}, "", "factor")
                   .out("image", Type::image, "the resized image"),
               "image.pixgraph.so");
  registry.add(Spec("AlphaToMask", "Makes a mask of an image's alpha")
                   .in("image", Type::image, "an image with alpha")
                   .param("invert", false, "selects what is transparent instead")
                   .param("grow", 0, {-500, 500}, "px", "widens the selected area; negative narrows")
                   .param("feather", 0.0, {0, 500}, "px", "softens the edge")
                   .out("mask", Type::mask, "white is selected"),
               "image.pixgraph.so");
  registry.add(Spec("Composite", "Lays one image over another")
                   .in("over", Type::image, "the upper image")
                   .in("under", Type::image, "the lower image")
                   .optional_in("mask", Type::mask, "where the upper one shows")
                   .out("image", Type::image, "both"),
               "image.pixgraph.so");
  registry.add(Spec("Fetch", "Downloads files")
                   .in("url", list_of(Type::text), "one URL or a list of them")
                   .out("file", Type::file, "the first file")
                   .out("files", list_of(Type::file), "all files")
                   .runs_in(Pool::net, Cost::remote),
               "http.pixgraph.so");
  registry.add(Spec("ReplicatePredict", "Runs a model on Replicate")
                   .open_in("input", "what the model takes")
                   .optional({.name = "version", .type = Type::text, .doc = "the model's version"})
                   .optional({.name = "model", .type = Type::text, .doc = "owner/name"})
                   .optional({.name = "deployment", .type = Type::text, .doc = "owner/name of a deployment"})
                   .out("output", Type::json, "what the model answered")
                   .out("files", list_of(Type::file), "the files of the answer")
                   .out("file", Type::file, "the first of them")
                   .out("id", Type::text, "the prediction's id")
                   .out("logs", Type::text, "what the model logged")
                   .out("metrics", Type::json, "times and counts")
                   .out("seed", Type::integer, "the seed that the model named in its logs")
                   .runs_in(Pool::predict, Cost::paid),
               "replicate.pixgraph.so");
  registry.add(CodecInfo{.name = "jpeg", .media_type = "image/jpeg", .extensions = {".jpg", ".jpeg"}},
               "image.pixgraph.so");
  registry.add(CodecInfo{.name = "png", .media_type = "image/png", .extensions = {".png"}, .writes_alpha = true},
               "image.pixgraph.so");
  registry.add(CodecInfo{.name = "webp", .media_type = "image/webp", .extensions = {".webp"}, .writes_alpha = true},
               "image.pixgraph.so");
  registry.add(CodecInfo{.name = "gif", .media_type = "image/gif", .extensions = {".gif"}, .writes = false},
               "oiio.pixgraph.so");
}

/// Filled once.
inline const Registry& test_registry() {
  static const Registry* registry = [] {
    auto* made = new Registry;
    add_test_specs(*made);
    return made;
  }();
  return *registry;
}

/// The pipeline that the manual explains.
inline constexpr const char* kSample = R"(# yaml-language-server: $schema=./pixgraph.schema.json
pixgraph: 1                                  # format version, required
name: cutout-inpaint
description: Cut the subject out and repaint what is behind it.

inputs:                                      # one value per item of the batch
  photo: {type: image, doc: The product photo}
params:                                      # one value per run; --set prompt=...
  prompt: {type: text, default: a marble table in soft daylight, doc: What to paint behind the subject}

nodes:
  fitted:  {type: Fit, image: "${photo}", width: 768, height: 768, multiple_of: 64}
  cutout:
    type: ReplicatePredict
    version: cjwbw/rembg:fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003
    input: {image: "${fitted}"}
  subject: {type: Fetch, url: "${cutout.output}"}
  mask:    {type: AlphaToMask, image: "${subject}", invert: true, grow: 4, feather: 3}
  scene:
    type: ReplicatePredict
    version: stability-ai/stable-diffusion-inpainting:95b7223104132402a9ae91cc677285bc5eb997834bd2349fa486f53910fd68b3
    input: {image: "${fitted}", mask: "${mask}", prompt: "${prompt}", seed: 7, width: "${fitted.width}", height: "${fitted.height}"}
    timeout: 5m
  repainted: {type: Fetch, url: "${scene.output}"}
  final:   {type: Composite, over: "${subject}", under: "${repainted}"}     # refuses unequal sizes and says how to mend it

outputs:
  result: {value: "${final}", file: "${photo.stem}.jpg", quality: 90}
)";

}  // namespace pixgraph::test
