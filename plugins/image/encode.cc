// Encode - a picture as a file, for a model that wants small ones or for an output that is written as it is.
#include <algorithm>

#include "colour_text.h"
#include "kernels/alpha.h"
#include "kernels/samples.h"
#include "nodes.h"
#include "profile.h"

namespace pixgraph::image {

static Metadata metadata_named(const std::string& name) {
  if (name == "keep") return Metadata::keep;
  return name == "strip" ? Metadata::strip : Metadata::strip_gps;
}

static std::string extension_of(const std::string& format) {
  return format == "jpeg" ? ".jpg" : format == "tiff" ? ".tif" : "." + format;
}
static std::string media_type_of(const std::string& format) {
  return format == "exr" ? "image/x-exr" : "image/" + format;
}

static ImagePtr prepared(const Call& call, const std::string& format) {
  ImagePtr image = straight(call.image("image"));
  // EXR holds light of no profile; the others keep a profile where it may stay.
  if (image->info.icc && (call.text("profile") == "srgb" || format == "exr")) image = convert_profile(*image, nullptr);
  if (!image->has_alpha() || !call.has("flatten")) return image;
  const Colour behind = opaque_colour_named(call.text("flatten"), "flatten");
  if (image->colour_channels() == 1 && !behind.grey())
    image = grey_to_rgb(image->info.icc ? *convert_profile(*image, nullptr) : *image);
  return flatten(*image, in_profile_of(*image, behind));
}

static void run(Call& call) {
  const std::string& format = call.text("format");
  EncodeRequest request;
  request.quality = static_cast<int>(call.integer("quality"));
  request.lossless = call.boolean("lossless");
  request.subsampling = call.text("subsampling");
  request.compression = static_cast<int>(call.integer("compression"));
  request.metadata = metadata_named(call.text("metadata"));
  const Bytes bytes = call.host().encode(*prepared(call, format), format, request);
  call.set("file", call.host().save(bytes, "image" + extension_of(format), media_type_of(format)));
  call.set("size", static_cast<std::int64_t>(bytes.size()));
}

void add_encode(Registrar& registrar) {
  registrar.add(
      Spec("Encode", "Makes a file of a picture")
          .in("image", Type::image, "the picture")
          .choice("format", "jpeg", {"jpeg", "webp", "png", "tiff", "exr"}, "the kind of file")
          .param("quality", 90, {1, 100}, "", "of jpeg, and of webp unless it is lossless")
          .param("lossless", false, "webp: every pixel stays as it is")
          .choice("subsampling", "4:2:0", {"4:2:0", "4:2:2", "4:4:4"},
                  "jpeg: 4:2:0 is smallest, 4:4:4 keeps the edges of red and blue")
          .param("compression", 1, {0, 9}, "", "png, tiff, exr: 0 none, 9 smallest and slowest; nothing is lost by any")
          .choice("metadata", "strip-gps", {"keep", "strip-gps", "strip"},
                  "EXIF and XMP; tiff holds EXIF without GPS only, exr neither")
          .choice("profile", "keep", {"keep", "srgb"}, "srgb: converts the colours to sRGB and leaves the profile out")
          .optional(
              {.name = "flatten",
               .type = Type::text,
               .doc = "\"#rrggbb\", laid behind what is transparent; not given: jpeg refuses a picture with alpha"})
          .colour("flatten", {}, Form::opaque_colour)
          .rule({.kind = Rule::Kind::only_with,
                 .groups = {{"lossless"}, {"format", "webp"}},
                 .message = "`lossless` is a choice that only WebP has, and `format` is {format}",
                 .hint = "write `format: webp`, or leave it out: png, tiff and exr lose nothing"})
          .out("file", Type::file, "the file")
          .out("size", Type::integer, "of the file, in bytes")
          .since(2)
          .example("small: {type: Encode, image: \"${photo}\", format: webp, quality: 80}"),
      run);
}

}  // namespace pixgraph::image
