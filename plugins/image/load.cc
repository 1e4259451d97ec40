// Load - a file as a picture, and what the file says about it.
// Wherever an image is wanted a file is decoded by itself; this node is for what else one wants to know of it.
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  const FilePtr file = call.file("file");
  const ImagePtr image = call.host().decode(*file);
  call.set("image", image);
  call.set("width", image->width());
  call.set("height", image->height());
  call.set("channels", image->channels());
  call.set("alpha", image->has_alpha());
  call.set("depth", image->sample() == Sample::u8 ? "8" : image->sample() == Sample::u16 ? "16" : "float");
  call.set("profile", image->info.icc != nullptr);
  call.set("media_type", file->media_type);
}

void add_load(Registrar& registrar) {
  registrar.add(Spec("Load", "Decodes a file, and tells what it holds")
                    .in("file", Type::file, "a picture's file: an input, or what Fetch or Encode made")
                    .out("image", Type::image, "the picture, upright; of an animation its first frame")
                    .out("width", Type::integer, "in pixels, of the upright picture")
                    .out("height", Type::integer, "in pixels, of the upright picture")
                    .out("channels", Type::integer, "1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha")
                    .out("alpha", Type::boolean, "whether it has alpha")
                    .out("depth", Type::text, "bits per channel: 8, 16 or float")
                    .out("profile", Type::boolean, "whether it brings an ICC profile")
                    .out("media_type", Type::text, "what the file is by its content, for example image/png")
                    .example("loaded: {type: Load, file: \"${upload}\"}"),
                run);
}

}  // namespace pixgraph::image
