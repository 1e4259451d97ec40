// Descriptions of node types and codecs as the real plugins have them, for tests of what only needs descriptions.
#pragma once

#include "registry.h"

namespace pixgraph::test {

inline void add_test_specs(Registry& registry) {
  registry.add(
      Spec("Fit", "Brings a picture into a box with sides that a model accepts")
          .in("image", Type::image, "the picture")
          .param("width", 0, {0, 100000}, "px", "of the box")
          .param("height", 0, {0, 100000}, "px", "of the box")
          .choice("mode", "inside", {"inside", "pad", "crop"}, "how the picture fills the box")
          .param("multiple_of", 1, {1, 4096}, "px", "the result's sides are multiples of it")
          .choice("filter", "lanczos3", {"lanczos3", "cubic", "triangle", "box", "nearest"}, "how it is scaled")
          .param("background", "auto", "what pad fills the rest with")
          .param("enlarge", true, "scale smaller pictures up")
          .colour("background", {"edge", "auto"})
          .rule({.kind = Rule::Kind::needs_any,
                 .groups = {{"width", "height"}},
                 .message = "Fit has no size",
                 .hint = "give `width`, `height` or both"})
          .rule({.kind = Rule::Kind::at_least,
                 .groups = {{"width", "height"}, {"multiple_of"}},
                 .message = {},
                 .hint = "raise `width` and `height` or lower `multiple_of`"})
          .rule({.kind = Rule::Kind::product,
                 .groups = {{"width", "height"}},
                 .factor = 500e6,
                 .message = "a result of {width}x{height} would have more than 500 million pixels",
                 .hint = "give a smaller `width` or `height`"})
          .out("image", Type::image, "the picture at its new size")
          .out("width", Type::integer, "of the result, in pixels")
          .out("height", Type::integer, "of the result, in pixels")
          .out("transform", Type::json, "how to find a place again"),
      "image.pixgraph.so");
  registry.add(Spec("Resize", "Scales a picture")
                   .in("image", Type::image, "the picture")
                   .param("width", 0, {0, 100000}, "px", "new width")
                   .param("height", 0, {0, 100000}, "px", "new height")
                   .param("scale", 1.0, {0.0001, 100}, "", "a factor instead of width and height")
                   .rule({.groups = {{"scale"}, {"width", "height"}}})
                   .out("image", Type::image, "the scaled picture"),
               "image.pixgraph.so");
  registry.add(Spec("Crop", "Takes a part of a picture")
                   .in("image", Type::image, "the picture")
                   .optional_in("mask", Type::mask, "crops to what it selects")
                   .choice("to", "box", {"box", "alpha"}, "what it is cropped to")
                   .param("width", 0, {0, 100000}, "px", "of the box")
                   .rule({.groups = {{"mask"}, {"to"}, {"width"}},
                          .message = "Crop is told more than one box",
                          .hint = "give `mask`, `to: alpha` or width"})
                   .out("image", Type::image, "the part"),
               "image.pixgraph.so");
  registry.add(Spec("Encode", "Makes a file of a picture")
                   .in("image", Type::image, "the picture")
                   .choice("format", "jpeg", {"jpeg", "webp", "png"}, "the kind of file")
                   .param("lossless", false, "webp: every pixel stays as it is")
                   .optional({.name = "flatten", .type = Type::text, .doc = "laid behind what is transparent"})
                   .colour("flatten", {}, Form::opaque_colour)
                   .rule({.kind = Rule::Kind::only_with,
                          .groups = {{"lossless"}, {"format", "webp"}},
                          .message = "`lossless` is a choice that only WebP has, and `format` is {format}",
                          .hint = "write `format: webp`"})
                   .out("file", Type::file, "the file"),
               "image.pixgraph.so");
  registry.add(Spec("Levels", "Sets what is black and what is white")
                   .in("image", Type::image, "the picture")
                   .param("black", 0.0, {0, 1}, "", "what is at or below it becomes black")
                   .param("white", 1.0, {0, 1}, "", "what is at or above it becomes white")
                   .rule({.kind = Rule::Kind::below, .groups = {{"black", "white"}}})
                   .out("image", Type::image, "the picture"),
               "image.pixgraph.so");
  registry.add(Spec("Tile", "Cuts a picture into overlapping tiles of one size")
                   .in("image", Type::image, "the picture")
                   .param("size", 512, {16, 8192}, "px", "sides of a tile")
                   .param("overlap", 64, {0, 4096}, "px", "two neighbours share at least this")
                   .rule({.kind = Rule::Kind::ordered,
                          .groups = {{"overlap", "size"}},
                          .factor = 2,
                          .message = "an overlap of {overlap} is more than half of a tile of {size}",
                          .hint = "lower `overlap` or raise `size`"})
                   .out("tiles", list_of(Type::image), "row by row"),
               "image.pixgraph.so");
  registry.add(Spec("AlphaToMask", "Makes a mask of an image's alpha")
                   .in("image", Type::image, "a cutout: an image with alpha")
                   .param("invert", false, "select what is around the subject instead of the subject")
                   .param("grow", 0, {-500, 500}, "px", "widens the selected area")
                   .param("feather", 0.0, {0, 500}, "px", "softens the border")
                   .out("mask", Type::mask, "same size; white is selected"),
               "image.pixgraph.so");
  registry.add(Spec("Composite", "Lays one picture over another of the same size")
                   .in("over", Type::image, "the upper picture, with alpha")
                   .in("under", Type::image, "the lower picture; its profile and metadata stay")
                   .param("opacity", 1.0, {0, 1}, "", "of the upper picture as a whole")
                   .out("image", Type::image, "same size; has alpha where `under` has it"),
               "image.pixgraph.so");
  registry.add(Spec("Fetch", "Brings a file in from a URL, or one from each of a list")
                   .in("url", list_of(Type::text), "one URL or a list: https, http or data")
                   .out("file", Type::file, "the file, or the first of the list")
                   .out("files", list_of(Type::file), "all of them, in the order of the URLs")
                   .runs_in(Pool::net, Cost::remote),
               "http.pixgraph.so");
  registry.add(Spec("ReplicatePredict", "Runs a hosted model on Replicate or a compatible server")
                   .open_in("input", "the model's inputs by name")
                   .param("version", "", "the model's version")
                   .param("model", "", "an official model as owner/name")
                   .param("deployment", "", "a deployment as owner/name")
                   .out("output", Type::json, "what the model answered")
                   .out("files", list_of(Type::file), "every file in the output")
                   .out("file", Type::file, "the first file")
                   .out("id", Type::text, "the prediction's id")
                   .out("logs", Type::text, "what the model logged")
                   .out("metrics", Type::json, "what the server measured")
                   .out("seed", Type::integer, "the seed that the model says it used")
                   .runs_in(Pool::predict, Cost::paid),
               "replicate.pixgraph.so");
  auto codec = [&](const char* name, std::vector<std::string> extensions, bool writes, const char* plugin) {
    CodecInfo info;
    info.name = name;
    info.media_type = std::string("image/") + name;
    info.extensions = std::move(extensions);
    info.writes = writes;
    registry.add(info, plugin);
  };
  codec("jpeg", {".jpg", ".jpeg", ".jpe", ".jfif"}, true, "image.pixgraph.so");
  codec("png", {".png"}, true, "image.pixgraph.so");
  codec("webp", {".webp"}, true, "image.pixgraph.so");
  codec("bmp", {".bmp", ".dib"}, true, "oiio.pixgraph.so");
  codec("exr", {".exr"}, true, "oiio.pixgraph.so");
  codec("pnm", {".pnm", ".pbm", ".pgm", ".ppm"}, true, "oiio.pixgraph.so");
  codec("tga", {".tga"}, true, "oiio.pixgraph.so");
  codec("tiff", {".tif", ".tiff"}, true, "oiio.pixgraph.so");
  codec("gif", {".gif"}, false, "oiio.pixgraph.so");
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
    input: {image: "${fitted}", mask: "${mask}", prompt: "${prompt}", seed: 7, width: "${fitted.width}",
            height: "${fitted.height}"}
    timeout: 5m
  repainted: {type: Fetch, url: "${scene.output}"}
  final:   {type: Composite, over: "${subject}", under: "${repainted}"}     # refuses unequal sizes and says what to do

outputs:
  result: {value: "${final}", file: "${photo.stem}.jpg", quality: 90}
)";

}  // namespace pixgraph::test
